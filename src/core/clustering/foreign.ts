import { distanceBetween, type Vectors } from '../neighbours/graph.ts';

/** A question for the nearest face of another group, where lists of nearest neighbours end too early. */
export type ForeignQuestion = {
  /** Faces that ask. */
  readonly rows: Int32Array;
  /** [count] the group of each face; faces of group -1 are looked at by nobody. */
  readonly groups: Int32Array;
  /** [count] core distances: then the distance is the mutual reachability, the largest of both cores and the distance; null for none. */
  readonly cores: Float64Array | null;
  /** For each that asks: only what is as near or nearer counts. */
  readonly bounds: Float64Array;
};

/** For each face that asked the nearest of another group, the one with the lower index of two; -1 where none is within its bound. */
export type ForeignAnswer = { readonly indices: Int32Array; readonly distances: Float64Array };

/** Exact: every pair that matters was looked at. */
export type ForeignSearch = (question: ForeignQuestion) => Promise<ForeignAnswer>;

/** The search, pair by pair. */
export const createPlainForeignSearch =
  (vectors: Vectors): ForeignSearch =>
  ({ rows, groups, cores, bounds }) => {
    const indices = new Int32Array(rows.length).fill(-1);
    const distances = new Float64Array(rows.length).fill(Infinity);
    rows.forEach((row, place) => {
      const own = groups[row] ?? -1;
      let nearest = bounds[place] ?? 0;
      for (let index = 0; index < vectors.count; index += 1) {
        const group = groups[index] ?? -1;
        if (group < 0 || group === own) continue;
        const plain = distanceBetween(vectors, row, index);
        const distance = cores === null ? plain : Math.max(plain, cores[row] ?? 0, cores[index] ?? 0);
        const isFirst = indices[place] === -1;
        if (distance > nearest || (distance === nearest && !isFirst)) continue;
        nearest = distance;
        indices[place] = index;
        distances[place] = distance;
      }
    });
    return Promise.resolve({ indices, distances });
  };
