import type { Vectors } from '../neighbours/graph.ts';
import { referencesAsked, type Reference } from './set-distance.ts';

/** Faces that speak for what is searched for; of more, so many that are spread evenly. */
const MOST_ASKED = 64;

/** What faces are looked for that are near to it. */
export type FaceSearch = {
  /** Rows of the vectors, or a vector of its own: [dimensions]. */
  readonly near: Int32Array | Float32Array;
  /** The faces that may be found. */
  readonly among: Int32Array;
};

/** [asked, dimensions] */
const rowsNear = ({ values, dimensions }: Vectors, near: FaceSearch['near']): readonly Float32Array[] => {
  if (near instanceof Float32Array) return [near];
  const step = Math.max(1, near.length / MOST_ASKED);
  return Array.from({ length: Math.min(near.length, MOST_ASKED) }, (_, at) => {
    const row = near[Math.floor(at * step)] ?? 0;
    return values.subarray(row * dimensions, (row + 1) * dimensions);
  });
};

const squaredDistance = (values: Float32Array, from: number, row: Float32Array): number => {
  let sum = 0;
  for (let d = 0; d < row.length; d += 1) {
    const difference = (values[from + d] ?? 0) - (row[d] ?? 0);
    sum += difference * difference;
  }
  return sum;
};

/**
 * All faces of `among` by their Euclidean distance, nearest first, equals in the order of their rows: to one face or vector, or to several as in
 * every queue the mean of those to the nearest half, at most three. Nothing is near to nothing.
 */
export const searchFaces = (vectors: Vectors, { near, among }: FaceSearch): readonly Reference[] => {
  const rows = rowsNear(vectors, near);
  if (rows.length === 0) return [];
  const asked = referencesAsked(rows.length);
  const squares = new Float64Array(rows.length);
  const { values, dimensions } = vectors;
  return Array.from(among, (face): Reference => {
    rows.forEach((row, at) => {
      squares[at] = squaredDistance(values, face * dimensions, row);
    });
    if (rows.length > 1) squares.sort();
    let sum = 0;
    for (let at = 0; at < asked; at += 1) sum += Math.sqrt(squares[at] ?? 0);
    return { face, distance: sum / asked };
  }).sort((a, b) => a.distance - b.distance || a.face - b.face);
};
