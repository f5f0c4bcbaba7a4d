/** Euclidean distance of two vectors of one length. */
export const euclidean = (a: Float32Array, b: Float32Array): number => {
  let squared = 0;
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] ?? NaN) - (b[index] ?? NaN);
    squared += difference * difference;
  }
  return Math.sqrt(squared);
};

/** Euclidean distances of all pairs, [vectors, vectors]. */
export const distancesBetween = (vectors: readonly Float32Array[]): number[][] =>
  vectors.map((a) => vectors.map((b) => euclidean(a, b)));
