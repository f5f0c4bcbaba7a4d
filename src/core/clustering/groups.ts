import { distanceBetween, type NeighbourGraph, type Vectors } from '../neighbours/graph.ts';

/** Clusters laid out for people: who is in each, the most typical face first, and how surely they belong together. */
export type Groups = {
  /** [clusters + 1] where each cluster begins in `members`. */
  readonly starts: Int32Array;
  /** [faces in clusters] the faces of each cluster, the nearest to its middle first. */
  readonly members: Int32Array;
  /**
   * [clusters] from 0 to 1: how much nearer faces are to the rest of their cluster than to the nearest face outside of it; 0 for a face
   * alone. See `certaintyOf`.
   */
  readonly certainties: Float32Array;
};

/** Clusters as lists of faces in one array; faces of a negative cluster are in none. */
const layOut = (labels: Int32Array, clusters: number): Pick<Groups, 'starts' | 'members'> => {
  const starts = new Int32Array(clusters + 1);
  for (const label of labels) if (label >= 0) starts[label + 1] = (starts[label + 1] ?? 0) + 1;
  for (let cluster = 0; cluster < clusters; cluster += 1)
    starts[cluster + 1] = (starts[cluster + 1] ?? 0) + (starts[cluster] ?? 0);
  const members = new Int32Array(starts[clusters] ?? 0);
  const ends = starts.slice(0, clusters);
  labels.forEach((label, face) => {
    if (label < 0) return;
    const at = ends[label] ?? 0;
    members[at] = face;
    ends[label] = at + 1;
  });
  return { starts, members };
};

const sumOf = ({ values, dimensions }: Vectors, faces: Int32Array): Float64Array => {
  const sum = new Float64Array(dimensions);
  for (const face of faces)
    for (let d = 0; d < dimensions; d += 1) sum[d] = (sum[d] ?? 0) + (values[face * dimensions + d] ?? 0);
  return sum;
};

/** Distance of a face to the mean of the others that `sum` holds it with. */
const distanceToOthers = (
  { values, dimensions }: Vectors,
  sum: Float64Array,
  size: number,
  face: number,
): number => {
  let squares = 0;
  for (let d = 0; d < dimensions; d += 1) {
    const own = values[face * dimensions + d] ?? 0;
    squares += (own - ((sum[d] ?? 0) - own) / (size - 1)) ** 2;
  }
  return Math.sqrt(squares);
};

/** How far a face is from the nearest one outside of its cluster; where its whole list is of its own, at least as far as that reaches. */
const distanceOutside = (
  { k, indices, distances }: NeighbourGraph,
  labels: Int32Array,
  face: number,
): number => {
  const own = labels[face] ?? -1;
  for (let at = face * k; at < (face + 1) * k; at += 1) {
    const label = labels[indices[at] ?? 0] ?? -1;
    if (label >= 0 && label !== own) return distances[at] ?? Infinity;
  }
  return k === 0 ? Infinity : (distances[face * k + k - 1] ?? Infinity);
};

/** The simplified silhouette of a face (Rousseeuw 1987; Hruschka 2004), with its cluster's mean taken without it. */
const silhouette = (inside: number, outside: number): number =>
  outside === Infinity
    ? 1
    : inside === 0 && outside === 0
      ? 0
      : (outside - inside) / Math.max(inside, outside);

/**
 * Lays clusters out, with the mean silhouette of each as its certainty: two people in one cluster make it low, because their mean lies between both.
 * @param labels [count] the cluster of each face; negative for faces that take no part
 */
export const describeGroups = (
  { labels, clusters }: { readonly labels: Int32Array; readonly clusters: number },
  graph: NeighbourGraph,
  vectors: Vectors,
): Groups => {
  const { starts, members } = layOut(labels, clusters);
  const certainties = new Float32Array(clusters);
  for (let cluster = 0; cluster < clusters; cluster += 1) {
    const faces = members.subarray(starts[cluster], starts[cluster + 1]);
    if (faces.length < 2) continue;
    const sum = sumOf(vectors, faces);
    const inside = new Map<number, number>();
    let certainty = 0;
    for (const face of faces) {
      const distance = distanceToOthers(vectors, sum, faces.length, face);
      inside.set(face, distance);
      certainty += silhouette(distance, distanceOutside(graph, labels, face));
    }
    certainties[cluster] = Math.max(0, certainty / faces.length);
    faces.sort((a, b) => (inside.get(a) ?? 0) - (inside.get(b) ?? 0) || a - b);
  }
  return { starts, members, certainties };
};

/** Two faces and how far they are apart. */
export type Closest = { readonly faces: readonly [number, number]; readonly distance: number };

/**
 * The pairs of faces by which two groups are nearest to each other, no face twice, nearest first. Every pair is looked at.
 * @param most pairs that are given
 */
export const closestPairs = (
  vectors: Vectors,
  ones: Int32Array,
  others: Int32Array,
  most: number,
): readonly Closest[] => {
  const all: Closest[] = [];
  for (const one of ones) {
    let best: Closest | null = null;
    for (const other of others) {
      const distance = distanceBetween(vectors, one, other);
      if (best === null || distance < best.distance) best = { faces: [one, other], distance };
    }
    if (best !== null) all.push(best);
  }
  const used = new Set<number>();
  return all
    .sort((a, b) => a.distance - b.distance)
    .filter(({ faces: [, other] }) => !used.has(other) && used.add(other))
    .slice(0, most);
};
