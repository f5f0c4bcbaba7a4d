import { setImmediate as nextTurn } from 'node:timers/promises';
import type { QualityFacts } from '../../core/cleaning/quality-queue.ts';
import { decisionReader } from '../edits/decisions.ts';
import { geometryOf, type FoundGeometryRow } from '../edits/face-geometry.ts';
import { keptFaceIds } from '../embeddings/kept-faces.ts';
import { placeOf } from '../faces/columns.ts';
import type { Workspace } from '../workspace/open.ts';
import { truncationOf } from './truncation.ts';

type Row = FoundGeometryRow & {
  readonly id: number;
  readonly width_px: number | null;
  readonly height_px: number | null;
};

const ROWS = `SELECT faces.id, left_px, top_px, right_px, bottom_px, landmarks, width_px, height_px
  FROM faces JOIN photos ON photos.id = faces.photo_id WHERE faces.id BETWEEN ? AND ? ORDER BY faces.id`;

/** Rows that are read before others get a turn. */
const ROWS_AT_ONCE = 5000;

/** The kept faces of a workspace, ascending, and what was measured of each. */
export type WorkspaceQuality = { readonly ids: readonly number[]; readonly facts: readonly QualityFacts[] };

/** For each face the share of its box that lies outside its photo. */
const readTruncations = async (
  { catalogue }: Pick<Workspace, 'catalogue'>,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, number>> => {
  const truncations = new Map<number, number>();
  const decided = decisionReader(catalogue, 'face.geometry', ids.length);
  for (let next = 0; next < ids.length;) {
    signal.throwIfAborted();
    const from = ids[next] ?? 0;
    const to = from + ROWS_AT_ONCE - 1;
    for (const row of catalogue.all<Row>(ROWS, from, to))
      if (row.width_px !== null && row.height_px !== null) {
        const { box } = geometryOf(row, decided(row.id));
        truncations.set(row.id, truncationOf(box, row.width_px, row.height_px));
      }
    while (next < ids.length && (ids[next] ?? 0) <= to) next += 1;
    await nextTurn();
  }
  return truncations;
};

const measured = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

/** Reads what was measured of the kept faces of a workspace. @throws the signal's reason */
export const readQuality = async (
  workspace: Pick<Workspace, 'catalogue' | 'faces'>,
  signal: AbortSignal,
): Promise<WorkspaceQuality> => {
  const index = workspace.faces();
  const ids = keptFaceIds(index);
  const truncations = await readTruncations(workspace, ids, signal);
  const columns = index.columns();
  const facts = ids.map((id): QualityFacts => {
    const place = placeOf(columns, id);
    return {
      score: measured(columns.scores[place]),
      sizePx: measured(columns.sizes[place]),
      sharpness: measured(columns.sharpness[place]),
      exposure: measured(columns.exposures[place]),
      turnedDegrees: Math.max(Math.abs(columns.yaws[place] ?? 0), Math.abs(columns.pitches[place] ?? 0)),
      truncation: truncations.get(id) ?? null,
    };
  });
  return { ids, facts };
};
