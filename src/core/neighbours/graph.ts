/**
 * For each of `count` vectors the `k` others nearest to it by Euclidean distance, nearest first, equals in the order of their indices.
 * Exact: every pair was looked at.
 */
export type NeighbourGraph = {
  readonly count: number;
  readonly k: number;
  /** [count, k] */
  readonly indices: Int32Array;
  /** [count, k] in the unit of the vectors */
  readonly distances: Float32Array;
};

/** Vectors as rows of one array: [count, dimensions] float32, all finite. */
export type Vectors = {
  readonly count: number;
  readonly dimensions: number;
  readonly values: Float32Array;
};

/** Euclidean distance of two rows, in the unit of the vectors. */
export const distanceBetween = ({ values, dimensions }: Vectors, a: number, b: number): number => {
  let sum = 0;
  const [fromA, fromB] = [a * dimensions, b * dimensions];
  for (let d = 0; d < dimensions; d += 1) {
    const difference = (values[fromA + d] ?? 0) - (values[fromB + d] ?? 0);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
};
