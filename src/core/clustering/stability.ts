import { createRandom } from '../cleaning/random.ts';
import type { NeighbourGraph, Vectors } from '../neighbours/graph.ts';
import { measureClusters } from './quality.ts';

export type StabilitySettings = {
  /** How often faces are left out. */
  readonly rounds: number;
  /** The share of faces that is kept in each round. */
  readonly share: number;
  readonly seed: number;
};

/**
 * The neighbour graph of some of the faces, which is exact for as many neighbours as all of them have left.
 * @param kept ascending
 */
export const graphOfSome = (
  { count, k, indices, distances }: NeighbourGraph,
  kept: Int32Array,
): NeighbourGraph => {
  const places = new Int32Array(count).fill(-1);
  kept.forEach((face, place) => {
    places[face] = place;
  });
  let fewest = Math.min(k, Math.max(0, kept.length - 1));
  for (const face of kept) {
    let left = 0;
    for (let at = face * k; at < (face + 1) * k; at += 1)
      if ((places[indices[at] ?? 0] ?? -1) >= 0) left += 1;
    fewest = Math.min(fewest, left);
  }
  const some = {
    count: kept.length,
    k: fewest,
    indices: new Int32Array(kept.length * fewest),
    distances: new Float32Array(kept.length * fewest),
  };
  kept.forEach((face, place) => {
    let filled = place * fewest;
    for (let at = face * k; at < (face + 1) * k && filled < (place + 1) * fewest; at += 1) {
      const other = places[indices[at] ?? 0] ?? -1;
      if (other < 0) continue;
      some.indices[filled] = other;
      some.distances[filled] = distances[at] ?? 0;
      filled += 1;
    }
  });
  return some;
};

/** The vectors of some of the faces. */
export const vectorsOfSome = ({ dimensions, values }: Vectors, kept: Int32Array): Vectors => {
  const some = new Float32Array(kept.length * dimensions);
  kept.forEach((face, place) => {
    some.set(values.subarray(face * dimensions, (face + 1) * dimensions), place * dimensions);
  });
  return { count: kept.length, dimensions, values: some };
};

const chooseSome = (count: number, share: number, random: () => number): Int32Array =>
  Int32Array.from({ length: count }, (_, face) => face).filter(() => random() < share);

/**
 * How little clusters change when some faces are left out, where no labels tell whether they are right: the mean pairwise F of the clusters of all faces
 * and those of a part, over the part (after Hennig, 2007). 1 for clusters that do not change at all.
 * @param labels of all faces
 * @param cluster clusters some of the faces, by the neighbour graph that they have among themselves
 */
export const measureStability = async (
  graph: NeighbourGraph,
  labels: Int32Array,
  cluster: (graph: NeighbourGraph, kept: Int32Array) => Promise<Int32Array>,
  { rounds, share, seed }: StabilitySettings,
): Promise<number> => {
  const random = createRandom(seed);
  let sum = 0;
  for (let round = 0; round < rounds; round += 1) {
    const kept = chooseSome(graph.count, share, random);
    const found = await cluster(graphOfSome(graph, kept), kept);
    sum += measureClusters(
      found,
      kept.map((face) => labels[face] ?? 0),
    ).pairwiseF;
  }
  return sum / rounds;
};
