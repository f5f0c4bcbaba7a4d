import type { Vectors } from '../neighbours/graph.ts';
import { plainSearch } from '../neighbours/plain-search.ts';

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

/** For each face that asked a nearest one of another group; -1 where none is within its bound. */
export type ForeignAnswer = { readonly indices: Int32Array; readonly distances: Float64Array };

/** Exact: every pair that matters was looked at. */
export type ForeignSearch = (question: ForeignQuestion) => Promise<ForeignAnswer>;

/** The search in one thread, pair by pair. */
export const createPlainForeignSearch =
  ({ values, count, dimensions }: Vectors): ForeignSearch =>
  ({ rows, groups, cores, bounds }) => {
    const none = new Float32Array(0);
    const indices = new Int32Array(rows.length);
    const distances = new Float64Array(rows.length);
    const last = rows.length;
    plainSearch.searchForeign(
      values,
      count,
      dimensions,
      none,
      none,
      groups,
      cores,
      rows,
      bounds,
      0,
      last,
      indices,
      distances,
    );
    return Promise.resolve({ indices, distances });
  };
