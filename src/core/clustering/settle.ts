import type { NeighbourGraph } from '../neighbours/graph.ts';
import { facesByCluster, labelsOfSets, numbered, type Clustering, type Link } from './clustering.ts';
import type { ConstrainedSets } from './constrained-sets.ts';
import { applyConstraints, type ConstraintConflict, type Constraints } from './constraints.ts';
import { createDisjointSets } from './disjoint-sets.ts';

export type Settled = Pick<Clustering, 'labels' | 'clusters'> & {
  readonly conflicts: readonly ConstraintConflict[];
  /** The clusters as sets, which know why two of them may not be one. */
  readonly sets: ConstrainedSets;
};

/** Clusters that hold faces of one set are one. */
const joinedByMust = (found: Clustering, sets: ConstrainedSets): ReturnType<typeof numbered> => {
  const { labels } = found;
  const clusters = createDisjointSets(found.clusters);
  labels.forEach((label, face) => {
    clusters.union(label, labels[sets.find(face)] ?? 0);
  });
  return numbered(labels.map((label) => clusters.find(label)));
};

const edgesWithin = (
  faces: readonly number[],
  labels: Int32Array,
  { k, indices, distances }: NeighbourGraph,
): readonly Link[] =>
  faces.flatMap((a) =>
    Array.from({ length: k }, (_, place) => a * k + place).flatMap((at): Link[] => {
      const b = indices[at] ?? 0;
      return labels[a] === labels[b] ? [{ a, b, distance: distances[at] ?? 0 }] : [];
    }),
  );

/** The shorter first. */
export const byDistance = (one: Link, other: Link): number =>
  one.distance - other.distance || one.a - other.a || one.b - other.b;

/**
 * Makes an algorithm's clusters obey what is known. Clusters with faces that must be together become one. One with faces that must not falls apart:
 * its faces are joined anew along its edges, the shortest first, but for those that would bring such faces together. So each face stays with the
 * side that it is nearer to, and nothing else changes.
 */
export const settle = (found: Clustering, graph: NeighbourGraph, constraints: Constraints): Settled => {
  const { sets, conflicts } = applyConstraints(constraints);
  const wanted = joinedByMust(found, sets);
  const links = new Map<number, Link[]>();
  for (const link of found.links) {
    const cluster = wanted.labels[link.a] ?? 0;
    links.set(cluster, [...(links.get(cluster) ?? []), link]);
  }
  facesByCluster(wanted).forEach((faces, cluster) => {
    const [first] = faces;
    if (first === undefined) return;
    if (sets.mayBeOne(faces)) {
      for (const face of faces) sets.join(first, face);
      return;
    }
    const edges = [...edgesWithin(faces, wanted.labels, graph), ...(links.get(cluster) ?? [])];
    for (const { a, b } of edges.sort(byDistance)) sets.join(a, b);
  });
  return { ...labelsOfSets(sets, graph.count), conflicts, sets };
};
