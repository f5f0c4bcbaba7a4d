import type { NeighbourGraph } from '../neighbours/graph.ts';
import { labelsOfSets, type Clustering, type Link } from './clustering.ts';
import { createDisjointSets, type DisjointSets } from './disjoint-sets.ts';
import type { ForeignSearch } from './foreign.ts';

export type DbscanSettings = {
  /** Faces at most this far apart are neighbours: Euclidean distance, in the unit of the vectors. */
  readonly eps: number;
  /** So many faces within `eps`, the face itself among them, make it a core face. */
  readonly minSamples: number;
};

export type DbscanResult = Clustering & {
  /** [count] 1 for core faces. */
  readonly isCore: Uint8Array;
};

/** Neighbours that a graph must have so that it tells which faces are core faces. */
export const neighboursForDbscan = ({ minSamples }: Pick<DbscanSettings, 'minSamples'>): number =>
  Math.max(1, minSamples - 1);

const findCores = (
  { count, k, distances }: NeighbourGraph,
  { eps, minSamples }: DbscanSettings,
): Uint8Array => {
  const isCore = new Uint8Array(count);
  const others = minSamples - 1;
  for (let face = 0; face < count; face += 1)
    isCore[face] =
      others === 0 || (others <= k && (distances[face * k + others - 1] ?? Infinity) <= eps) ? 1 : 0;
  return isCore;
};

const joinListed = (
  { count, k, indices, distances }: NeighbourGraph,
  eps: number,
  isCore: Uint8Array,
  sets: DisjointSets,
): void => {
  for (let face = 0; face < count; face += 1) {
    if (isCore[face] === 0) continue;
    for (let at = face * k; at < (face + 1) * k && (distances[at] ?? Infinity) <= eps; at += 1)
      if (isCore[indices[at] ?? 0] === 1) sets.union(face, indices[at] ?? 0);
  }
};

/**
 * Joins what is within `eps` but in neither list: both are core faces whose lists are full of nearer ones. In each turn every group but the
 * largest asks for its nearest foreign face, until nobody finds one.
 */
const joinUnlisted = async (
  { count, k, distances }: NeighbourGraph,
  eps: number,
  isCore: Uint8Array,
  sets: DisjointSets,
  search: ForeignSearch,
): Promise<readonly Link[]> => {
  const isFull = (face: number): boolean =>
    isCore[face] === 1 && k < count - 1 && (distances[face * k + k - 1] ?? Infinity) <= eps;
  const full: number[] = [];
  for (let face = 0; face < count; face += 1) if (isFull(face)) full.push(face);
  const links: Link[] = [];
  for (;;) {
    const groups = new Int32Array(count).fill(-1);
    const sizes = new Map<number, number>();
    for (const face of full) {
      const group = sets.find(face);
      groups[face] = group;
      sizes.set(group, (sizes.get(group) ?? 0) + 1);
    }
    if (sizes.size < 2) return links;
    const [largest] = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a));
    const rows = Int32Array.from(full.filter((face) => groups[face] !== largest));
    const bounds = new Float64Array(rows.length).fill(eps);
    const found = await search({ rows, groups, cores: null, bounds });
    const before = links.length;
    rows.forEach((a, place) => {
      const b = found.indices[place] ?? -1;
      if (b >= 0 && sets.union(a, b)) links.push({ a, b, distance: found.distances[place] ?? 0 });
    });
    if (links.length === before) return links;
  }
};

/** A face that is no core face goes to the cluster of its nearest core face within `eps`. */
const joinBorder = (
  { count, k, indices, distances }: NeighbourGraph,
  eps: number,
  isCore: Uint8Array,
  sets: DisjointSets,
): void => {
  for (let face = 0; face < count; face += 1) {
    if (isCore[face] === 1) continue;
    for (let at = face * k; at < (face + 1) * k && (distances[at] ?? Infinity) <= eps; at += 1)
      if (isCore[indices[at] ?? 0] === 1) {
        sets.union(face, indices[at] ?? 0);
        break;
      }
  }
};

/**
 * DBSCAN (Ester et al., 1996), as facenet's contributed/cluster.py uses it, over the exact radius graph: the clusters of scikit-learn's, but that a border
 * face goes to its nearest core face, and that noise becomes clusters of one.
 * @param graph with at least `neighboursForDbscan` neighbours, where there are so many faces
 * @param search finds what the graph's lists leave out; asked only where they are full
 * @throws RangeError for a graph with fewer neighbours
 */
export const dbscan = async (
  graph: NeighbourGraph,
  settings: DbscanSettings,
  search: ForeignSearch,
): Promise<DbscanResult> => {
  const { count, k } = graph;
  if (k < Math.min(neighboursForDbscan(settings), count - 1))
    throw new RangeError(`DBSCAN with ${String(settings.minSamples)} samples needs as many neighbours.`);
  const isCore = findCores(graph, settings);
  const sets = createDisjointSets(count);
  joinListed(graph, settings.eps, isCore, sets);
  const links = await joinUnlisted(graph, settings.eps, isCore, sets, search);
  joinBorder(graph, settings.eps, isCore, sets);
  return { ...labelsOfSets(sets, count), links, isCore };
};
