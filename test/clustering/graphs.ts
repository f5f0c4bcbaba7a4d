import type { NeighbourGraph, Vectors } from '../../src/core/neighbours/graph.ts';
import { plainSearch } from '../../src/core/neighbours/plain-search.ts';

/** Rows of numbers as vectors. */
export const vectorsOf = (rows: readonly (readonly number[])[]): Vectors => ({
  count: rows.length,
  dimensions: rows[0]?.length ?? 0,
  values: Float32Array.from(rows.flat()),
});

/** The exact graph of vectors, at once. */
export const graphOf = ({ count, dimensions, values }: Vectors, wanted: number): NeighbourGraph => {
  const k = Math.max(0, Math.min(wanted, count - 1));
  const indices = new Int32Array(count * k);
  const distances = new Float32Array(count * k);
  const none = new Float32Array(0);
  if (k > 0) plainSearch.search(values, count, dimensions, none, none, k, 0, count, indices, distances);
  return { count, k, indices, distances };
};

/** The length of each vector. */
export const lengthsOf = ({ count, dimensions, values }: Vectors): Float32Array =>
  Float32Array.from({ length: count }, (_, row) =>
    Math.hypot(...values.subarray(row * dimensions, (row + 1) * dimensions)),
  );
