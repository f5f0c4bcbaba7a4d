import { eachFaceBelow, type Dendrogram } from './dendrogram.ts';

/** A cluster of the condensed tree. It ends where it falls apart into two large enough ones, or into faces. */
export type CondensedCluster = {
  /** The cluster that it came out of; -1 for the root. A parent comes before its children. */
  readonly parent: number;
  /** 1 / distance at which it came to be. */
  readonly birth: number;
  /** Sum over its faces of the time that each stayed, in 1 / distance: how long-lived it is. */
  stability: number;
};

export type CondensedTree = {
  readonly clusters: CondensedCluster[];
  /** [count] the cluster that each face left last. */
  readonly clusterOf: Int32Array;
  /** [count] 1 / distance at which it left it. */
  readonly leaving: Float64Array;
};

/** Equal vectors have distance 0; what they would weigh stays finite. */
const LEAST_DISTANCE = 1e-12;

const density = (distance: number): number => 1 / Math.max(distance, LEAST_DISTANCE);

/**
 * What a node falls into below its distance. Core distances make many joins equally long; all of one distance are one, so that the result does not
 * depend on the order of the faces.
 */
const partsOf = ({ count, left, right, distances }: Dendrogram, node: number): readonly number[] => {
  const distance = distances[node - count] ?? 0;
  const parts: number[] = [];
  const waiting = [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next >= count && distances[next - count] === distance)
      waiting.push(right[next - count] ?? 0, left[next - count] ?? 0);
    else parts.push(next);
  }
  return parts;
};

/**
 * The condensed tree (Campello et al., 2013): walking down from the root, a part smaller than `minClusterSize` is faces that leave, and only several larger
 * parts are a split.
 */
export const condense = (tree: Dendrogram, minClusterSize: number): CondensedTree => {
  const { count, distances, sizes } = tree;
  const clusterOf = new Int32Array(count);
  const leaving = new Float64Array(count);
  const root: CondensedCluster = { parent: -1, birth: 0, stability: 0 };
  const clusters = [root];
  const waiting: { readonly node: number; readonly cluster: number }[] = [
    { node: 2 * count - 2, cluster: 0 },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, cluster } = next;
    const own = clusters[cluster] ?? root;
    if (node < count) {
      clusterOf[node] = cluster;
      leaving[node] = own.birth;
      continue;
    }
    const at = density(distances[node - count] ?? 0);
    const parts = partsOf(tree, node);
    const isSplit = parts.filter((part) => (sizes[part] ?? 0) >= minClusterSize).length > 1;
    for (const part of parts) {
      const size = sizes[part] ?? 0;
      if (isSplit && size >= minClusterSize) {
        own.stability += (at - own.birth) * size;
        clusters.push({ parent: cluster, birth: at, stability: 0 });
        waiting.push({ node: part, cluster: clusters.length - 1 });
      } else if (size >= minClusterSize) {
        waiting.push({ node: part, cluster });
      } else {
        own.stability += (at - own.birth) * size;
        eachFaceBelow(tree, part, (face) => {
          clusterOf[face] = cluster;
          leaving[face] = at;
        });
      }
    }
  }
  return { clusters, clusterOf, leaving };
};

/**
 * The clusters that together live longest, none inside another (excess of mass). The root is none of them. Gives for each cluster the chosen one that it
 * belongs to; -1 for none.
 */
export const chooseClusters = ({ clusters }: Pick<CondensedTree, 'clusters'>): Int32Array => {
  const below = new Float64Array(clusters.length);
  const isBetter = new Uint8Array(clusters.length);
  for (let cluster = clusters.length - 1; cluster > 0; cluster -= 1) {
    const { stability = 0, parent = 0 } = clusters[cluster] ?? {};
    const sum = below[cluster] ?? 0;
    if (sum <= stability) isBetter[cluster] = 1;
    below[parent] = (below[parent] ?? 0) + Math.max(sum, stability);
  }
  const chosen = new Int32Array(clusters.length).fill(-1);
  for (let cluster = 1; cluster < clusters.length; cluster += 1) {
    const above = chosen[clusters[cluster]?.parent ?? 0] ?? -1;
    chosen[cluster] = above >= 0 ? above : isBetter[cluster] === 1 ? cluster : -1;
  }
  return chosen;
};
