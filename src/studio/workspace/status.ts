import type { WorkspaceStatus } from '../../contract/workspace.ts';
import { stepToRedo, stepToUndo } from '../edits/journal.ts';
import { countStaleCrops } from '../ingest/stale.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { countStatuses } from './ledger.ts';
import type { Workspace } from './open.ts';
import { alignSettings } from './properties.ts';
import { keptSources } from './sources.ts';

type Totals = Pick<WorkspaceStatus, 'files' | 'statuses' | 'photos' | 'staleCrops'>;

const countTotals = (workspace: Workspace, workKey: Uint8Array): Totals => {
  const { catalogue } = workspace;
  const photos = catalogue.get<{ readonly n: number }>(
    'SELECT count(*) AS n FROM photos WHERE main_file_id IS NOT NULL AND failure_code IS NULL',
  );
  return {
    ...countStatuses(catalogue, workspace.faces(), workKey),
    photos: photos?.n ?? 0,
    staleCrops: countStaleCrops(catalogue),
  };
};

const counted = new WeakMap<Workspace, { readonly key: string; readonly totals: Totals }>();

/** Totals take a look at every file: a decision that cannot change them, as one key in a review, should not wait for it. */
const totalsOf = (workspace: Workspace): Totals => {
  const workKey = workKeyOf(alignSettings(workspace.catalogue));
  // Whoever only reads does not know when another process writes.
  if (workspace.isReadOnly) return countTotals(workspace, workKey);
  const revisions = [workspace.filesRevision(), workspace.faces().ledgerRevision()];
  const key = [...revisions, Buffer.from(workKey).toString('hex')].join();
  const known = counted.get(workspace);
  if (known?.key === key) return known.totals;
  const totals = countTotals(workspace, workKey);
  counted.set(workspace, { key, totals });
  return totals;
};

/** The totals of a workspace. */
export const readStatus = (workspace: Workspace): WorkspaceStatus => {
  const { catalogue, paths, isReadOnly } = workspace;
  const { states, identities } = workspace.faces().counts();
  return {
    folder: paths.folder,
    isReadOnly,
    ...totalsOf(workspace),
    faces: [...states.values()].reduce((sum, count) => sum + count, 0),
    identities: [...identities.keys()].filter((id) => id !== 0).length,
    states: Object.fromEntries(states),
    sources: [...keptSources(catalogue)],
    notices: [...workspace.notices()],
    undo: stepToUndo(catalogue)?.label ?? null,
    redo: stepToRedo(catalogue)?.label ?? null,
  };
};
