import type { DisjointSets } from './disjoint-sets.ts';

/** Two faces that an algorithm holds together although neither is among the other's nearest, and their distance. */
export type Link = { readonly a: number; readonly b: number; readonly distance: number };

/** Stands for the cluster of a face that came after the run and has none yet. */
export const NEW = -1;
/** The same for a face that takes no part. */
export const LEFT_OUT = -2;

/** A cluster for each face; a face alone is a cluster of one. */
export type Clustering = {
  /** [count] the cluster of each face, numbered from 0 in the order of their first faces. */
  readonly labels: Int32Array;
  readonly clusters: number;
  /** What holds clusters together besides the neighbour graph. */
  readonly links: readonly Link[];
};

/** Numbers clusters from 0 in the order of their first faces, whatever they were called. */
export const numbered = (
  called: ArrayLike<number>,
): { readonly labels: Int32Array; readonly clusters: number } => {
  const numbers = new Map<number, number>();
  const labels = new Int32Array(called.length);
  for (let face = 0; face < called.length; face += 1) {
    const name = called[face] ?? 0;
    const number = numbers.get(name) ?? numbers.size;
    numbers.set(name, number);
    labels[face] = number;
  }
  return { labels, clusters: numbers.size };
};

/** The sets of `count` items as labels. */
export const labelsOfSets = (sets: Pick<DisjointSets, 'find'>, count: number): ReturnType<typeof numbered> =>
  numbered(Int32Array.from({ length: count }, (_, item) => sets.find(item)));

/** The faces of each cluster, ascending. */
export const facesByCluster = ({
  labels,
  clusters,
}: Pick<Clustering, 'labels' | 'clusters'>): readonly (readonly number[])[] => {
  const faces = Array.from({ length: clusters }, (): number[] => []);
  labels.forEach((label, face) => faces[label]?.push(face));
  return faces;
};

/** How many clusters have a single face. */
export const countSingletons = (clustering: Pick<Clustering, 'labels' | 'clusters'>): number => {
  const sizes = new Int32Array(clustering.clusters);
  for (const label of clustering.labels) sizes[label] = (sizes[label] ?? 0) + 1;
  return sizes.reduce((singles, size) => singles + (size === 1 ? 1 : 0), 0);
};
