import { createRandom } from '../cleaning/random.ts';
import type { NeighbourGraph } from '../neighbours/graph.ts';
import { numbered, type Clustering } from './clustering.ts';
import { shuffle } from './shuffle.ts';

export type ChineseWhispersSettings = {
  /** Faces whose similarity is above this are joined by an edge: the cosine of the angle between their vectors. */
  readonly threshold: number;
  /** Rounds at most; it ends before when a round changes nothing. */
  readonly iterations: number;
  readonly seed: number;
};

/** Edges of faces as rows: those of face `i` are at places `starts[i]` to below `starts[i + 1]`. */
export type SimilarityEdges = {
  readonly starts: Uint32Array;
  readonly targets: Int32Array;
  readonly similarities: Float32Array;
};

/** Cosine from a distance and two lengths: the law of cosines. */
const cosineOf = (distance: number, a: number, b: number): number =>
  a === 0 || b === 0 ? 0 : (a * a + b * b - distance * distance) / (2 * a * b);

const lists = ({ k, indices }: NeighbourGraph, from: number, to: number): boolean => {
  for (let at = from * k; at < (from + 1) * k; at += 1) if (indices[at] === to) return true;
  return false;
};

/**
 * The edges between neighbours that are more alike than `threshold`, each in the rows of both its faces.
 * @param lengths [count] of the vectors
 */
export const similarityEdges = (
  graph: NeighbourGraph,
  lengths: Float32Array,
  threshold: number,
): SimilarityEdges => {
  const { count, k, indices, distances } = graph;
  const each = (visit: (a: number, b: number, similarity: number) => void): void => {
    for (let face = 0; face < count; face += 1)
      for (let at = face * k; at < (face + 1) * k; at += 1) {
        const other = indices[at] ?? 0;
        const similarity = cosineOf(distances[at] ?? 0, lengths[face] ?? 0, lengths[other] ?? 0);
        if (similarity <= threshold) continue;
        visit(face, other, similarity);
        if (!lists(graph, other, face)) visit(other, face, similarity);
      }
  };
  const starts = new Uint32Array(count + 1);
  each((face) => {
    starts[face + 1] = (starts[face + 1] ?? 0) + 1;
  });
  for (let face = 0; face < count; face += 1)
    starts[face + 1] = (starts[face + 1] ?? 0) + (starts[face] ?? 0);
  const ends = starts.slice(0, count);
  const targets = new Int32Array(starts[count] ?? 0);
  const similarities = new Float32Array(targets.length);
  each((face, other, similarity) => {
    const at = ends[face] ?? 0;
    targets[at] = other;
    similarities[at] = similarity;
    ends[face] = at + 1;
  });
  return { starts, targets, similarities };
};

/**
 * The cluster with the largest sum of similarities around a face, the lower number of two; the face's own where it has no edge. `sums` is
 * [count], zeros before and after.
 */
const strongest = (
  { starts, targets, similarities }: SimilarityEdges,
  labels: Int32Array,
  face: number,
  sums: Float64Array,
): number => {
  const from = starts[face] ?? 0;
  const around = targets.subarray(from, starts[face + 1]);
  const labelAt = (place: number): number => labels[around[place] ?? 0] ?? 0;
  for (let place = 0; place < around.length; place += 1)
    sums[labelAt(place)] = (sums[labelAt(place)] ?? 0) + (similarities[from + place] ?? 0);
  let best = labels[face] ?? 0;
  let most = 0;
  for (let place = 0; place < around.length; place += 1) {
    const label = labelAt(place);
    const sum = sums[label] ?? 0;
    if (sum > most || (sum === most && label < best)) [best, most] = [label, sum];
  }
  for (let place = 0; place < around.length; place += 1) sums[labelAt(place)] = 0;
  return best;
};

/**
 * Chinese whispers (Biemann, 2006), as facenet's contributed/clustering.py has it: each face in turn, in a random order, takes the cluster that the edges
 * around it speak for. Seeded, and faces without an edge stay clusters of one, where the seed system loses them.
 */
export const chineseWhispers = (
  edges: SimilarityEdges,
  { iterations, seed }: Omit<ChineseWhispersSettings, 'threshold'>,
): Clustering => {
  const count = edges.starts.length - 1;
  const random = createRandom(seed);
  const labels = Int32Array.from({ length: count }, (_, face) => face);
  const order = labels.slice();
  const sums = new Float64Array(count);
  for (let round = 0; round < iterations; round += 1) {
    shuffle(order, random);
    let changed = 0;
    for (const face of order) {
      const label = strongest(edges, labels, face, sums);
      if (label === labels[face]) continue;
      labels[face] = label;
      changed += 1;
    }
    if (changed === 0) break;
  }
  return { ...numbered(labels), links: [] };
};
