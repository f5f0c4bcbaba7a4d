import type { NeighbourGraph } from '../neighbours/graph.ts';

/** Two clusters that may be one person. */
export type Suggestion = {
  readonly clusters: readonly [number, number];
  /** Mean of the shortest edges between both, at most three, in the unit of the vectors. */
  readonly distance: number;
};

/** Edges that a suggestion rests on: one alone may be two look-alikes by chance. */
const EDGES = 3;

/**
 * Pairs of clusters with faces near each other, the nearest first.
 * @param labels [count] the cluster of each face; negative for faces that take no part
 * @param most edges longer than this are no reason to ask, in the unit of the vectors
 * @param mayJoin whether nobody said that these faces are two people, and nothing else says so
 */
export const suggestMerges = (
  { labels, clusters }: { readonly labels: Int32Array; readonly clusters: number },
  { count, k, indices, distances }: NeighbourGraph,
  most: number,
  mayJoin: (a: number, b: number) => boolean,
): readonly Suggestion[] => {
  const shortest = new Map<number, { readonly faces: readonly [number, number]; readonly edges: number[] }>();
  for (let face = 0; face < count; face += 1) {
    const own = labels[face] ?? -1;
    if (own < 0) continue;
    for (let at = face * k; at < (face + 1) * k; at += 1) {
      const distance = distances[at] ?? Infinity;
      if (distance > most) break;
      const other = indices[at] ?? 0;
      const label = labels[other] ?? -1;
      if (label < 0 || label === own) continue;
      // Both lists may have the edge: it counts once.
      if (other < face && lists({ k, indices }, other, face)) continue;
      const key = Math.min(own, label) * clusters + Math.max(own, label);
      const known = shortest.get(key);
      if (known === undefined) shortest.set(key, { faces: [face, other], edges: [distance] });
      else keepShortest(known.edges, distance);
    }
  }
  return [...shortest]
    .filter(([, { faces }]) => mayJoin(...faces))
    .map(([key, { edges }]): Suggestion => ({
      clusters: [Math.floor(key / clusters), key % clusters],
      distance: edges.reduce((sum, edge) => sum + edge, 0) / edges.length,
    }))
    .sort((one, other) => one.distance - other.distance || one.clusters[0] - other.clusters[0]);
};

const lists = ({ k, indices }: Pick<NeighbourGraph, 'k' | 'indices'>, from: number, to: number): boolean => {
  for (let at = from * k; at < (from + 1) * k; at += 1) if (indices[at] === to) return true;
  return false;
};

const keepShortest = (edges: number[], distance: number): void => {
  edges.push(distance);
  edges.sort((a, b) => a - b);
  edges.length = Math.min(edges.length, EDGES);
};
