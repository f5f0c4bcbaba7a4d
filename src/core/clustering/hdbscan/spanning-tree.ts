import type { NeighbourGraph } from '../../neighbours/graph.ts';
import { createDisjointSets, type DisjointSets } from '../disjoint-sets.ts';
import type { ForeignSearch } from '../foreign.ts';

/** Edges of a tree over all faces, in ascending order of their distances. */
export type SpanningTree = {
  /** [count - 1] */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Mutual reachability distances. */
  readonly distances: Float64Array;
  /** False when the budget of searches ended before, so that some edges are the shortest of the graph only. */
  readonly isExact: boolean;
};

/**
 * The distance of each face to its `minSamples`-th nearest, itself counted as the first: its core distance.
 * @param graph with at least `minSamples - 1` neighbours
 */
export const coreDistances = ({ count, k, distances }: NeighbourGraph, minSamples: number): Float64Array =>
  Float64Array.from({ length: count }, (_, face) =>
    minSamples < 2 ? 0 : (distances[face * k + Math.min(minSamples - 1, k) - 1] ?? 0),
  );

type Work = {
  readonly graph: NeighbourGraph;
  readonly cores: Float64Array;
  readonly sets: DisjointSets;
  /** [count] no face of another group that is in neither's list, or was not searched for, is nearer than this. */
  readonly bounds: Float64Array;
  /** [count] the foreign face that a search found at that distance; -1 for none. */
  readonly found: Int32Array;
  /** [count] neighbours at the beginning of a list that are in the face's own group. */
  readonly passed: Int32Array;
  /** The shortest edge out of each group, by the face that stands for it. */
  readonly best: Float64Array;
  readonly bestFrom: Int32Array;
  readonly bestTo: Int32Array;
  readonly edges: [from: number, to: number, distance: number][];
};

const offer = (work: Work, group: number, from: number, to: number, distance: number): void => {
  if (distance >= (work.best[group] ?? Infinity)) return;
  work.best[group] = distance;
  work.bestFrom[group] = from;
  work.bestTo[group] = to;
};

/** Finds the shortest known edge out of each group: in the lists, and among what was searched for. */
const lookOutward = (work: Work): void => {
  const { graph, cores, sets, bounds, found, passed, best } = work;
  const { count, k, indices, distances } = graph;
  best.fill(Infinity);
  for (let face = 0; face < count; face += 1) {
    const group = sets.find(face);
    const core = cores[face] ?? 0;
    const other = found[face] ?? -1;
    if (other >= 0 && sets.find(other) !== group) {
      offer(work, group, face, other, bounds[face] ?? 0);
      offer(work, sets.find(other), face, other, bounds[face] ?? 0);
    }
    let isStart = true;
    for (let place = passed[face] ?? 0; place < k; place += 1) {
      const neighbour = indices[face * k + place] ?? 0;
      const foreign = sets.find(neighbour);
      if (foreign === group) {
        if (isStart) passed[face] = place + 1;
        continue;
      }
      isStart = false;
      const plain = distances[face * k + place] ?? 0;
      const distance = Math.max(plain, core, cores[neighbour] ?? 0);
      offer(work, group, face, neighbour, distance);
      offer(work, foreign, face, neighbour, distance);
    }
  }
};

/** Faces, group by group, that might have a nearer foreign face than the shortest edge that their group knows. */
const openFaces = ({ graph, sets, bounds, best }: Work): readonly number[] => {
  const open: number[] = [];
  for (let face = 0; face < graph.count; face += 1)
    if ((bounds[face] ?? 0) < (best[sets.find(face)] ?? Infinity)) open.push(face);
  return open;
};

/** Joins each group that has no open face, or every group when `isSettling`, along its shortest edge; gives how many edges that were. */
const joinGroups = (work: Work, undecided: ReadonlySet<number>): number => {
  const { graph, sets, best, bestFrom, bestTo, edges } = work;
  const before = edges.length;
  for (let group = 0; group < graph.count; group += 1) {
    const distance = best[group] ?? Infinity;
    // Only those that stand for a group have a best edge.
    if (distance === Infinity || undecided.has(group)) continue;
    const [from, to] = [bestFrom[group] ?? 0, bestTo[group] ?? 0];
    if (sets.union(from, to)) edges.push([from, to, distance]);
  }
  return edges.length - before;
};

/** Has the open faces of all groups but the largest search among all others. Gives how many searched. */
const searchOpen = async (work: Work, open: readonly number[], search: ForeignSearch): Promise<number> => {
  const { graph, cores, sets, bounds, found, best } = work;
  const groups = Int32Array.from({ length: graph.count }, (_, face) => sets.find(face));
  let largest = 0;
  for (const group of groups) if (sets.sizeOf(group) > sets.sizeOf(largest)) largest = group;
  const rows = Int32Array.from(open.filter((face) => groups[face] !== sets.find(largest)));
  const within = Float64Array.from(rows, (face) => best[groups[face] ?? 0] ?? Infinity);
  const answer = await search({ rows, groups, cores, bounds: within });
  rows.forEach((face, place) => {
    found[face] = answer.indices[place] ?? -1;
    bounds[face] = found[face] >= 0 ? (answer.distances[place] ?? 0) : (within[place] ?? 0);
  });
  return rows.length;
};

/** Joins what the lists leave apart, as far as can be without distance. */
const joinRest = ({ graph, sets, edges }: Work): void => {
  for (let face = 1; face < graph.count; face += 1) if (sets.union(0, face)) edges.push([0, face, Infinity]);
};

const sorted = (edges: Work['edges'], isExact: boolean): SpanningTree => {
  edges.sort((a, b) => a[2] - b[2]);
  return {
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    distances: Float64Array.from(edges, ([, , distance]) => distance),
    isExact,
  };
};

/**
 * The minimum spanning tree of mutual reachability distances (Campello et al., 2013), by Borůvka's rounds over the neighbour graph: a group whose shortest
 * listed edge is shorter than anything that its lists can leave out is joined along it; only where none is left, faces search beyond their lists.
 * @param budget faces that may search in all; beyond it the tree is that of the graph, and groups that it leaves apart are infinitely far
 */
export const spanningTree = async (
  graph: NeighbourGraph,
  cores: Float64Array,
  search: ForeignSearch,
  budget: number,
): Promise<SpanningTree> => {
  const { count, k, distances } = graph;
  const lastOf = (face: number): number => (k === count - 1 ? Infinity : (distances[face * k + k - 1] ?? 0));
  const work: Work = {
    graph,
    cores,
    sets: createDisjointSets(count),
    bounds: Float64Array.from({ length: count }, (_, face) => lastOf(face)),
    found: new Int32Array(count).fill(-1),
    passed: new Int32Array(count),
    best: new Float64Array(count),
    bestFrom: new Int32Array(count),
    bestTo: new Int32Array(count),
    edges: [],
  };
  let searched = 0;
  let isExact = true;
  while (work.edges.length < count - 1) {
    lookOutward(work);
    const open = openFaces(work);
    const undecided = new Set(open.map((face) => work.sets.find(face)));
    if (joinGroups(work, isExact ? undecided : new Set()) > 0) continue;
    if (!isExact) {
      joinRest(work);
    } else if (searched + open.length > budget) {
      isExact = false;
    } else {
      searched += await searchOpen(work, open, search);
    }
  }
  return sorted(work.edges, isExact);
};
