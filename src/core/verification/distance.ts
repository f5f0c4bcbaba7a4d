/** How far two embeddings are from each other. One of them is used from the distance to the threshold that is shown. */
export type DistanceMetric = 'squared-euclidean' | 'angle';

/** Embeddings row by row: [count, dimensions] float32. */
export type Vectors = { readonly values: Float32Array; readonly dimensions: number };

/** Which two rows make each pair; -1 where there is no embedding. */
export type PairRows = { readonly first: Int32Array; readonly second: Int32Array };

/** The sum of squared differences of two rows, less nothing: a mean that is taken off both sides cancels out. */
const squaredEuclidean = ({ values, dimensions }: Vectors, first: number, second: number): number => {
  let sum = 0;
  for (let axis = 0; axis < dimensions; axis += 1) {
    const difference = (values[first * dimensions + axis] ?? 0) - (values[second * dimensions + axis] ?? 0);
    sum += difference * difference;
  }
  return sum;
};

/**
 * The angle between two rows as a share of half a turn, 0 to 1. The cosine is clamped to [-1, 1]: rounding carries that of a vector with
 * itself beyond 1, and the seed then takes two equal pictures for two people (E3). A vector without length is far from everything.
 */
const angle = (
  { values, dimensions }: Vectors,
  first: number,
  second: number,
  mean: Float64Array,
): number => {
  let [dot, firstSquares, secondSquares] = [0, 0, 0];
  for (let axis = 0; axis < dimensions; axis += 1) {
    const here = (values[first * dimensions + axis] ?? 0) - (mean[axis] ?? 0);
    const there = (values[second * dimensions + axis] ?? 0) - (mean[axis] ?? 0);
    dot += here * there;
    firstSquares += here * here;
    secondSquares += there * there;
  }
  if (firstSquares === 0 || secondSquares === 0) return 1;
  const cosine = dot / (Math.sqrt(firstSquares) * Math.sqrt(secondSquares));
  return Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
};

/**
 * The distance of each pair as `facenet.distance` has it: 0 the squared Euclidean distance, 1 the angle over pi. NaN for a pair without
 * embeddings. `mean` is taken off both sides first (of no effect on squared Euclidean distances).
 */
export const pairDistances = (
  vectors: Vectors,
  { first, second }: PairRows,
  metric: DistanceMetric,
  mean: Float64Array = new Float64Array(vectors.dimensions),
): Float64Array => {
  const distances = new Float64Array(first.length).fill(Number.NaN);
  for (let pair = 0; pair < first.length; pair += 1) {
    const [here, there] = [first[pair] ?? -1, second[pair] ?? -1];
    if (here < 0 || there < 0) continue;
    distances[pair] =
      metric === 'angle' ? angle(vectors, here, there, mean) : squaredEuclidean(vectors, here, there);
  }
  return distances;
};

/** The mean over both sides of those pairs that have embeddings and that `isTaken` takes: [dimensions]. Zero of no pair. */
export const meanOfPairs = (
  { values, dimensions }: Vectors,
  { first, second }: PairRows,
  isTaken: (pair: number) => boolean,
): Float64Array => {
  const sum = new Float64Array(dimensions);
  let count = 0;
  for (let pair = 0; pair < first.length; pair += 1) {
    const sides = [first[pair] ?? -1, second[pair] ?? -1];
    if (Math.min(...sides) < 0 || !isTaken(pair)) continue;
    for (const row of sides) {
      for (let axis = 0; axis < dimensions; axis += 1) {
        sum[axis] = (sum[axis] ?? 0) + (values[row * dimensions + axis] ?? 0);
      }
      count += 1;
    }
  }
  return count === 0 ? sum : sum.map((value) => value / count);
};
