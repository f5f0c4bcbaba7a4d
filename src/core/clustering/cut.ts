import { distanceBetween, type Vectors } from '../neighbours/graph.ts';
import { createDisjointSets } from './disjoint-sets.ts';
import { labelsOfSets } from './clustering.ts';

/** Faces that are compared all with all: more of them take longer than somebody waits at a slider. */
export const MOST_CUT = 1500;

type Join = { readonly a: number; readonly b: number; readonly distance: number };

/**
 * Joins faces that are nearest on average, two groups at a time (average linkage, Sokal and Michener 1958), by chains of nearest neighbours
 * (Murtagh 1983): as many joins as there are faces less one, in no order.
 */
const averageLinkage = (distances: Float64Array, count: number): readonly Join[] => {
  const sizes = new Float64Array(count).fill(1);
  const at = (a: number, b: number): number => distances[a * count + b] ?? 0;
  const isThere = (group: number): boolean => (sizes[group] ?? 0) > 0;
  const nearestOf = (group: number, before: number): number => {
    let best = before;
    for (let other = 0; other < count; other += 1)
      if (other !== group && isThere(other) && (best < 0 || at(group, other) < at(group, best))) best = other;
    return best;
  };
  const joins: Join[] = [];
  const chain: number[] = [];
  while (joins.length < count - 1) {
    if (chain.length === 0) chain.push(sizes.findIndex((size) => size > 0));
    const last = chain.at(-1) ?? 0;
    const before = chain.at(-2) ?? -1;
    const nearest = nearestOf(last, before);
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    joins.push({ a: before, b: last, distance: at(before, last) });
    const [one, two] = [sizes[before] ?? 0, sizes[last] ?? 0];
    for (let other = 0; other < count; other += 1) {
      const joined = (at(before, other) * one + at(last, other) * two) / (one + two);
      distances[before * count + other] = joined;
      distances[other * count + before] = joined;
    }
    sizes[before] = one + two;
    sizes[last] = 0;
  }
  return joins;
};

/** How a group of faces falls apart, whatever the cut. */
export type GroupTree = {
  readonly faces: Int32Array;
  readonly joins: readonly Join[];
};

/** The average linkage of some faces. @throws RangeError for more than `MOST_CUT` */
export const linkGroup = (vectors: Vectors, faces: Int32Array): GroupTree => {
  const count = faces.length;
  if (count > MOST_CUT) throw new RangeError(`At most ${String(MOST_CUT)} faces are cut at once.`);
  const distances = new Float64Array(count * count);
  faces.forEach((a, i) => {
    for (let j = i + 1; j < count; j += 1) {
      const distance = distanceBetween(vectors, a, faces[j] ?? 0);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  });
  return { faces, joins: averageLinkage(distances, count) };
};

/** The parts of a group whose faces are on average at most so far apart, in the unit of the vectors; the largest first. */
export const cutGroup = ({ faces, joins }: GroupTree, distance: number): readonly Int32Array[] => {
  const sets = createDisjointSets(faces.length);
  for (const join of joins) if (join.distance <= distance) sets.union(join.a, join.b);
  const { labels, clusters } = labelsOfSets(sets, faces.length);
  return Array.from({ length: clusters }, (_, part) =>
    faces.filter((__, place) => labels[place] === part),
  ).sort((a, b) => b.length - a.length);
};
