import type { WorkspaceStatus } from '../../contract/workspace.ts';
import { stepToRedo, stepToUndo } from '../edits/journal.ts';
import { countStaleCrops } from '../ingest/stale.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { countStatuses } from './ledger.ts';
import type { Workspace } from './open.ts';
import { alignSettings } from './properties.ts';
import { keptSources } from './sources.ts';

/** The totals of a workspace. */
export const readStatus = (workspace: Workspace): WorkspaceStatus => {
  const { catalogue, paths, isReadOnly } = workspace;
  const faces = workspace.faces();
  const { states, identities } = faces.counts();
  const shown = [...states.values()].reduce((sum, count) => sum + count, 0);
  const photos = catalogue.get<{ readonly n: number }>(
    'SELECT count(*) AS n FROM photos WHERE main_file_id IS NOT NULL AND failure_code IS NULL',
  );
  return {
    folder: paths.folder,
    isReadOnly,
    ...countStatuses(catalogue, faces, workKeyOf(alignSettings(catalogue))),
    photos: photos?.n ?? 0,
    faces: shown,
    identities: [...identities.keys()].filter((id) => id !== 0).length,
    staleCrops: countStaleCrops(catalogue),
    states: Object.fromEntries(states),
    sources: [...keptSources(catalogue)],
    undo: stepToUndo(catalogue)?.label ?? null,
    redo: stepToRedo(catalogue)?.label ?? null,
  };
};
