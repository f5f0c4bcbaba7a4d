import { labelsOfSets, type Link } from './clustering.ts';
import { applyConstraints, type Constraints } from './constraints.ts';
import { byDistance, type Settled } from './settle.ts';

/** Faces that came after a run, and their nearest among all. */
export type Arrivals = {
  /** Faces before this one were in the run, those from it on are new. */
  readonly first: number;
  readonly k: number;
  /** [new faces, k], nearest first. */
  readonly indices: Int32Array;
  readonly distances: Float32Array;
};

const edgesOf = ({ first, k, indices, distances }: Arrivals, radius: number): readonly Link[] => {
  const edges: Link[] = [];
  indices.forEach((b, at) => {
    const distance = distances[at] ?? Infinity;
    if (distance <= radius) edges.push({ a: first + Math.floor(at / k), b, distance });
  });
  return edges.sort(byDistance);
};

/**
 * Gives new faces clusters without a run: the shortest edges first, each joins the cluster that it is nearest to within `radius`, or starts one with
 * other new faces. What is known is obeyed; else clusters that were there are neither joined nor changed, so nothing that somebody looked at moves.
 * @param labels [first] the clusters that there are
 * @param constraints of all faces
 */
export const joinArrivals = (
  labels: Int32Array,
  arrivals: Arrivals,
  radius: number,
  constraints: Constraints,
): Settled => {
  const count = constraints.people.length;
  const { sets, conflicts } = applyConstraints(constraints);
  const firstOf = new Map<number, number>();
  labels.forEach((label, face) => {
    const first = firstOf.get(label);
    if (first === undefined) firstOf.set(label, face);
    else sets.join(first, face);
  });
  // By the face that stands for a set: whether it has faces that were there.
  const isOld = new Uint8Array(count);
  labels.forEach((_, face) => {
    isOld[sets.find(face)] = 1;
  });
  for (const { a, b } of edgesOf(arrivals, radius)) {
    const [one, other] = [isOld[sets.find(a)] ?? 0, isOld[sets.find(b)] ?? 0];
    if (one + other < 2 && sets.join(a, b)) isOld[sets.find(a)] = one | other;
  }
  return { ...labelsOfSets(sets, count), conflicts };
};
