import type { NeighbourGraph } from '../../neighbours/graph.ts';
import { numbered, type Clustering, type Link } from '../clustering.ts';
import type { ForeignSearch } from '../foreign.ts';
import { chooseClusters, condense, type CondensedTree } from './condense.ts';
import { dendrogramOf } from './dendrogram.ts';
import { coreDistances, spanningTree, type SpanningTree } from './spanning-tree.ts';

export type HdbscanSettings = {
  /** A group of fewer faces is no cluster of its own. At least 2. */
  readonly minClusterSize: number;
  /** A face's core distance is that to its so-many-th nearest, itself counted. */
  readonly minSamples: number;
  /** Faces that may search beyond their lists of neighbours; see `spanningTree`. */
  readonly searchBudget: number;
};

export type HdbscanResult = Clustering & {
  /** [count] how surely a face belongs to its cluster, from 0 to 1: the density at which it left beside that at which the cluster ended; 0 for faces in none. */
  readonly probabilities: Float64Array;
  readonly isExact: boolean;
};

const probabilitiesOf = (
  { clusters, clusterOf, leaving }: CondensedTree,
  chosen: Int32Array,
): Float64Array => {
  // Where the cluster itself ended; inside a part of it a face may have stayed longer.
  const ends = new Float64Array(clusters.length);
  const note = (cluster: number, at: number): void => {
    ends[cluster] = Math.max(ends[cluster] ?? 0, at);
  };
  for (const { parent, birth } of clusters) if (parent >= 0) note(parent, birth);
  leaving.forEach((at, face) => {
    note(clusterOf[face] ?? 0, at);
  });
  return leaving.map((at, face) => {
    const cluster = chosen[clusterOf[face] ?? 0] ?? -1;
    if (cluster < 0) return 0;
    const end = ends[cluster] ?? 0;
    return end === 0 ? 1 : Math.min(at, end) / end;
  });
};

const linksWithin = (tree: SpanningTree, labels: Int32Array): readonly Link[] => {
  const links: Link[] = [];
  tree.distances.forEach((distance, edge) => {
    const [a, b] = [tree.from[edge] ?? 0, tree.to[edge] ?? 0];
    if (labels[a] === labels[b]) links.push({ a, b, distance });
  });
  return links;
};

/**
 * HDBSCAN (Campello et al., 2013) with excess of mass, as scikit-learn's `HDBSCAN` with the same settings; faces in no cluster become clusters of one.
 * @param graph with at least `minSamples - 1` neighbours, where there are so many faces
 * @throws RangeError for a graph with fewer
 */
export const hdbscan = async (
  graph: NeighbourGraph,
  { minClusterSize, minSamples, searchBudget }: HdbscanSettings,
  search: ForeignSearch,
): Promise<HdbscanResult> => {
  const { count, k } = graph;
  if (minClusterSize < 2) throw new RangeError('A cluster of HDBSCAN has at least two faces.');
  if (k < Math.min(minSamples - 1, count - 1))
    throw new RangeError(`HDBSCAN with ${String(minSamples)} samples needs as many neighbours.`);
  if (count < 2)
    return {
      ...numbered(new Int32Array(count)),
      links: [],
      probabilities: new Float64Array(count),
      isExact: true,
    };
  const tree = await spanningTree(graph, coreDistances(graph, minSamples), search, searchBudget);
  const condensed = condense(dendrogramOf(tree), minClusterSize);
  const chosen = chooseClusters(condensed);
  const called = condensed.clusterOf.map((cluster, face) => {
    const own = chosen[cluster] ?? -1;
    return own >= 0 ? own : -1 - face;
  });
  const clustering = numbered(called);
  return {
    ...clustering,
    links: linksWithin(tree, clustering.labels),
    probabilities: probabilitiesOf(condensed, chosen),
    isExact: tree.isExact,
  };
};
