import { distanceBetween } from '../neighbours/graph.ts';
import type { Evidence } from './labelled-faces.ts';
import { createRandom, draw } from './random.ts';
import { logRatio, type SamePersonModel } from './same-person.ts';
import { meanDistance, nearestOf, referencesAsked } from './set-distance.ts';

/** An identity whose faces fall into two groups: perhaps two people in one folder. */
export type MixedIdentity = {
  readonly identity: number;
  /** The proposed split, the larger group first. */
  readonly groups: readonly [readonly number[], readonly number[]];
  /** Mean distance of a face of one group to one of the other, in the unit of the vectors. */
  readonly distance: number;
  /** True when the groups are likelier two persons than one. */
  readonly looksLikeTwo: boolean;
};

/** Faces that are compared with one another; of larger identities some are, and the others go with those that they are nearest to. */
const MOST_COMPARED = 128;
const SEED = 1;

type Split = { readonly groups: readonly [number[], number[]]; readonly distance: number };

/** Joins the two groups that are nearest on average until two are left (average linkage, Sokal and Michener 1958). */
const splitInTwo = (distances: Float64Array, count: number): Split => {
  const between = distances.slice();
  const groups: (number[] | null)[] = Array.from({ length: count }, (_, i) => [i]);
  const at = (a: number, b: number): number => between[a * count + b] ?? 0;
  for (let left = count; left > 2; left -= 1) {
    let [best, first, second] = [Infinity, 0, 0];
    for (let a = 0; a < count; a += 1) {
      if (groups[a] === null) continue;
      for (let b = a + 1; b < count; b += 1)
        if (groups[b] !== null && at(a, b) < best) [best, first, second] = [at(a, b), a, b];
    }
    const [one, two] = [groups[first] ?? [], groups[second] ?? []];
    for (let other = 0; other < count; other += 1) {
      const joined =
        (at(first, other) * one.length + at(second, other) * two.length) / (one.length + two.length);
      between[first * count + other] = joined;
      between[other * count + first] = joined;
    }
    groups[first] = [...one, ...two];
    groups[second] = null;
  }
  const [first = [], second = []] = groups.filter((group) => group !== null);
  const distance = at(Math.min(...first), Math.min(...second));
  return { groups: [first, second], distance };
};

const judge = (
  { vectors }: Evidence,
  identity: number,
  faces: Int32Array,
  model: SamePersonModel,
): MixedIdentity => {
  const compared =
    faces.length <= MOST_COMPARED ? faces : draw(faces, MOST_COMPARED, createRandom(SEED)).sort();
  const count = compared.length;
  const distances = new Float64Array(count * count);
  compared.forEach((a, i) => {
    for (let j = i + 1; j < count; j += 1) {
      const distance = distanceBetween(vectors, a, compared[j] ?? 0);
      distances[i * count + j] = distance;
      distances[j * count + i] = distance;
    }
  });
  const split = splitInTwo(distances, count);
  const groups = split.groups.map((group) => group.map((place) => compared[place] ?? 0));
  const centres = groups.map((group) => Int32Array.from(group));
  const isCompared = new Set(compared);
  faces.forEach((face) => {
    if (isCompared.has(face)) return;
    const [toFirst = 0, toSecond = 0] = centres.map((centre) =>
      meanDistance(nearestOf(vectors, face, centre, referencesAsked(centre.length))),
    );
    groups[toFirst <= toSecond ? 0 : 1]?.push(face);
  });
  const [larger = [], smaller = []] = groups
    .map((group) => group.sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length);
  return {
    identity,
    groups: [larger, smaller],
    distance: split.distance,
    looksLikeTwo: logRatio(model, split.distance) < 0,
  };
};

/**
 * Ranks identities of two faces or more by how far the two groups are apart that their faces fall into, farthest first. A group may be a single
 * face: then `rankMislabels` has it too.
 */
export const rankMixedIdentities = (evidence: Evidence, model: SamePersonModel): readonly MixedIdentity[] =>
  evidence.members
    .flatMap((faces, identity) => (faces.length < 2 ? [] : [judge(evidence, identity, faces, model)]))
    .sort((a, b) => b.distance - a.distance);
