import type { WorkspaceStatus } from '../../contract/workspace.ts';
import type { Database } from '../catalogue/database.ts';
import { stepToRedo, stepToUndo } from '../edits/journal.ts';
import { notFound } from '../failure.ts';
import { countStale } from '../faces/photo-facts.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { countInSlices } from './ledger.ts';
import type { Workspace } from './open.ts';
import { alignSettings } from './properties.ts';
import { keptSources } from './sources.ts';

type Totals = Pick<WorkspaceStatus, 'files' | 'statuses' | 'photos' | 'staleCrops'>;

const PHOTOS = `SELECT count(*) AS n FROM photos
  WHERE id BETWEEN ? AND ? AND main_file_id IS NOT NULL AND failure_code IS NULL`;
/** So many photos are counted in some 10 ms. */
const PHOTOS_PER_SLICE = 50_000;

/** How many photos are in the library and could be read. */
function* countPhotosInSlices(catalogue: Database): Generator<void, number, void> {
  type Counted = { readonly n: number };
  const last =
    catalogue.get<{ readonly last: number | null }>('SELECT max(id) AS last FROM photos')?.last ?? 0;
  let photos = 0;
  for (let from = 1; from <= last; from += PHOTOS_PER_SLICE) {
    photos += catalogue.get<Counted>(PHOTOS, from, from + PHOTOS_PER_SLICE - 1)?.n ?? 0;
    yield;
  }
  return photos;
}

function* countTotals(workspace: Workspace, workKey: Uint8Array): Generator<void, Totals, void> {
  const { catalogue } = workspace;
  const counted = yield* countInSlices(catalogue, workspace.faces(), workKey);
  const photos = yield* countPhotosInSlices(catalogue);
  return { ...counted, photos, staleCrops: countStale(workspace.faces().columns()) };
}

const counted = new WeakMap<Workspace, { readonly key: string; readonly totals: Totals }>();

const keyOf = (workspace: Workspace, workKey: Uint8Array): string =>
  [
    workspace.filesRevision(),
    workspace.faces().ledgerRevision(),
    Buffer.from(workKey).toString('hex'),
  ].join();

/** Counting that takes no longer stands back for nobody: whoever asks would wait for himself. */
const AT_ONCE_MS = 8;

/** Totals that are still in change after so many counts are told as they were counted. */
const MOST_COUNTS = 3;

/**
 * Totals take a look at every file. A decision that cannot change them, as one key in a review, does not wait for it, and neither does
 * whoever asks for something else meanwhile.
 */
const totalsOf = async (workspace: Workspace): Promise<Totals> => {
  const workKey = workKeyOf(alignSettings(workspace.catalogue));
  for (let count = 1; ; count += 1) {
    const key = keyOf(workspace, workKey);
    const known = counted.get(workspace);
    // Whoever only reads does not know when another process writes.
    if (known?.key === key && !workspace.isReadOnly) return known.totals;
    const slices = countTotals(workspace, workKey);
    let begunMs = performance.now();
    let slice = slices.next();
    while (slice.done !== true) {
      if (performance.now() - begunMs > AT_ONCE_MS) {
        await workspace.precedence.standBack();
        begunMs = performance.now();
      }
      if (workspace.ended.aborted) throw notFound(`The workspace ${workspace.paths.folder} was closed.`);
      slice = slices.next();
    }
    if (key === keyOf(workspace, workKey)) counted.set(workspace, { key, totals: slice.value });
    else if (count < MOST_COUNTS) continue;
    return slice.value;
  }
};

/** The totals of a workspace. @throws NOT_FOUND when it is closed meanwhile */
export const readStatus = async (workspace: Workspace): Promise<WorkspaceStatus> => {
  const totals = await totalsOf(workspace);
  const { catalogue, paths, isReadOnly } = workspace;
  const { states, identities } = workspace.faces().counts();
  return {
    folder: paths.folder,
    isReadOnly,
    ...totals,
    faces: [...states.values()].reduce((sum, count) => sum + count, 0),
    identities: [...identities.keys()].filter((id) => id !== 0).length,
    states: Object.fromEntries(states),
    sources: [...keptSources(catalogue)],
    notices: [...workspace.problems().map((message) => ({ source: null, message })), ...workspace.notices()],
    undo: stepToUndo(catalogue)?.label ?? null,
    redo: stepToRedo(catalogue)?.label ?? null,
  };
};
