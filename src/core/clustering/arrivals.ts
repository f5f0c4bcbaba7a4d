import type { NeighbourGraph } from '../neighbours/graph.ts';
import { labelsOfSets, NEW, type Link } from './clustering.ts';
import { applyConstraints, type Constraints } from './constraints.ts';
import { byDistance, type Settled } from './settle.ts';

/**
 * The edges from new faces to others at most `radius` away, in the unit of the vectors.
 * @param labels [count] the cluster of each face, or `NEW`
 * @param takesPart whether a face may be joined at all
 */
export const edgesOfNew = (
  labels: Int32Array,
  { k, indices, distances }: NeighbourGraph,
  radius: number,
  takesPart: (face: number) => boolean = () => true,
): readonly Link[] => {
  const edges: Link[] = [];
  labels.forEach((label, a) => {
    if (label !== NEW || !takesPart(a)) return;
    for (let at = a * k; at < (a + 1) * k; at += 1) {
      const distance = distances[at] ?? Infinity;
      if (distance > radius) return;
      const b = indices[at] ?? 0;
      if (takesPart(b)) edges.push({ a, b, distance });
    }
  });
  return edges;
};

/**
 * Gives new faces clusters without a run: the shortest edges first, each joins the cluster that it is nearest to, or starts one with other new faces.
 * What is known is obeyed; else clusters that were there are neither joined nor changed, so nothing that somebody looked at moves.
 * @param labels [count] the clusters that there are; `NEW` for faces that came since
 */
export const joinArrivals = (
  labels: Int32Array,
  edges: readonly Link[],
  constraints: Constraints,
): Settled => {
  const count = labels.length;
  const { sets, conflicts } = applyConstraints(constraints);
  const firstOf = new Map<number, number>();
  labels.forEach((label, face) => {
    if (label === NEW) return;
    const first = firstOf.get(label);
    if (first === undefined) firstOf.set(label, face);
    else sets.join(first, face);
  });
  // By the face that stands for a set: whether it has faces that were there.
  const isOld = new Uint8Array(count);
  labels.forEach((label, face) => {
    if (label !== NEW) isOld[sets.find(face)] = 1;
  });
  for (const { a, b } of edges.toSorted(byDistance)) {
    const [one, other] = [isOld[sets.find(a)] ?? 0, isOld[sets.find(b)] ?? 0];
    if (one + other < 2 && sets.join(a, b)) isOld[sets.find(a)] = one | other;
  }
  return { ...labelsOfSets(sets, count), conflicts, sets };
};
