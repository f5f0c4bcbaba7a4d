import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FaceState } from '../../contract/workspace-faces.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionReader } from '../edits/decisions.ts';
import { geometryOf, type FoundGeometryRow } from '../edits/face-geometry.ts';
import { FACE_STATES } from '../edits/fields.ts';
import type { FaceGeometry } from '../edits/geometry.ts';
import { placeOf } from '../faces/columns.ts';
import type { FaceIndex } from '../faces/index.ts';
import { openablePath, shownPath } from '../scan/names.ts';
import type { Workspace } from '../workspace/open.ts';
import { vectorKeyOf } from './vector-key.ts';

/** Faces that a dataset keeps: nobody said that they do not belong. */
export const KEPT_STATES: readonly FaceState[] = ['confirmed', 'unreviewed'];

/** A face that is kept. */
export type KeptFace = {
  readonly face: number;
  readonly photoSha256: Uint8Array;
  /** Absolute path of the original as people read it. */
  readonly shown: string;
  /** The same for opening it; null where no string can. */
  readonly path: string | null;
  readonly geometry: FaceGeometry;
  readonly key: Uint8Array;
  /** The name of the identity that it bears; empty for none. */
  readonly label: string;
};

type Row = FoundGeometryRow & {
  readonly id: number;
  readonly sha256: Uint8Array;
  readonly folder: Uint8Array;
  readonly path: Uint8Array;
};

const ROWS = `SELECT faces.*, photos.sha256, sources.folder, files.path FROM faces
  JOIN photos ON photos.id = faces.photo_id JOIN files ON files.id = photos.main_file_id
  JOIN sources ON sources.id = files.source_id WHERE faces.id BETWEEN ? AND ? ORDER BY faces.id`;

/** Rows that are read before others get a turn. */
const ROWS_AT_ONCE = 2000;

/** Ids of the faces that are kept, ascending. */
export const keptFaceIds = (index: FaceIndex): readonly number[] => {
  const columns = index.columns();
  return index.select({}).filter((face) => {
    const state = FACE_STATES[columns.states[placeOf(columns, face)] ?? 0];
    return state !== undefined && KEPT_STATES.includes(state);
  });
};

/**
 * Faces, a part at a time, in the order of their ids. One whose photo has no file any more is left out.
 * @param ids ascending; the faces that are kept when left out
 */
export async function* keptFaces(
  catalogue: Database,
  index: FaceIndex,
  ids: ArrayLike<number> = keptFaceIds(index),
): AsyncGenerator<readonly KeptFace[], void, void> {
  const columns = index.columns();
  const people = index.people();
  const labelOf = (face: number): string => {
    const identity = columns.identities[placeOf(columns, face)] ?? 0;
    return identity === 0 ? '' : people.nameOf(identity);
  };
  for (let next = 0; next < ids.length;) {
    const from = ids[next] ?? 0;
    const to = from + ROWS_AT_ONCE - 1;
    const kept = new Set<number>();
    for (; next < ids.length && (ids[next] ?? 0) <= to; next += 1) kept.add(ids[next] ?? 0);
    const decided = decisionReader(catalogue, 'face.geometry', kept.size);
    yield catalogue
      .all<Row>(ROWS, from, to)
      .filter(({ id }) => kept.has(id))
      .map((row): KeptFace => {
        const geometry = geometryOf(row, decided(row.id));
        const whole = Buffer.concat([row.folder, Buffer.from('/'), row.path]);
        return {
          face: row.id,
          photoSha256: row.sha256,
          shown: shownPath(whole),
          path: openablePath(whole),
          geometry,
          key: vectorKeyOf(row.sha256, geometry),
          label: labelOf(row.id),
        };
      });
    await nextTurn();
  }
}

/** All of them. */
export const readKept = async ({
  catalogue,
  faces: index,
}: Pick<Workspace, 'catalogue' | 'faces'>): Promise<readonly KeptFace[]> => {
  const faces: KeptFace[] = [];
  for await (const part of keptFaces(catalogue, index())) for (const face of part) faces.push(face);
  return faces;
};
