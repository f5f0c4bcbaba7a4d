import { distanceBetween, type Vectors } from '../neighbours/graph.ts';
import { logOfOthers, type Evidence } from './labelled-faces.ts';
import { createRandom, draw } from './random.ts';
import { meanOver, neighbourhoods } from './neighbourhood.ts';
import { logRatio, type SamePersonModel } from './same-person.ts';
import { meanDistance, nearestOf, referencesAsked } from './set-distance.ts';

/** Two identities that may be one person. */
export type DuplicateIdentity = {
  readonly identities: readonly [number, number];
  /** How far the faces of the smaller one usually are from the larger one, in the unit of the vectors. */
  readonly distance: number;
  /** By how much they are nearer to one another than to those around them, in the same unit; see `neighbourhoods`. */
  readonly score: number;
  /** True when they are likelier one person than two, out of all that each could be. */
  readonly looksLikeOne: boolean;
  /** The nearest pairs: a face of the first identity, one of the second. */
  readonly evidence: readonly { readonly faces: readonly [number, number]; readonly distance: number }[];
};

/** Faces of the smaller identity that are asked; more say the same again. */
const MOST_ASKED = 24;
/** Faces of each identity among which the nearest pairs are looked for. */
const MOST_PAIRED = 64;
const MOST_PAIRS_SHOWN = 3;
const SEED = 1;

const pairKey = (a: number, b: number, identityCount: number): number =>
  Math.min(a, b) * identityCount + Math.max(a, b);

/** Pairs of identities of which some faces are neighbours. */
const neighbouringPairs = ({ graph, identityOf, identityCount }: Evidence): ReadonlySet<number> => {
  const pairs = new Set<number>();
  for (let face = 0; face < graph.count; face += 1) {
    const own = identityOf[face] ?? -1;
    if (own < 0) continue;
    const seen = new Set<number>([own, -1]);
    for (let at = face * graph.k; at < (face + 1) * graph.k && seen.size < OTHERS_OF_FACE + 2; at += 1) {
      const other = identityOf[graph.indices[at] ?? 0] ?? -1;
      if (seen.has(other)) continue;
      seen.add(other);
      pairs.add(pairKey(own, other, identityCount));
    }
  }
  return pairs;
};

/** Identities nearest to a face that it is paired with: who is one person with it is among them, or too far to be believed. */
const OTHERS_OF_FACE = 5;

const middleOf = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? 0) + (sorted[Math.floor(half)] ?? 0)) / 2;
};

/** How far the middle face of the smaller identity is from the larger one; see `referencesAsked`. Both have faces. */
export const distanceOfIdentities = (
  vectors: Vectors,
  first: Int32Array,
  second: Int32Array,
  random: () => number,
): number => {
  const [smaller, larger] = first.length <= second.length ? [first, second] : [second, first];
  const asked = referencesAsked(larger.length);
  return middleOf(
    Array.from(draw(smaller, MOST_ASKED, random), (face) =>
      meanDistance(nearestOf(vectors, face, larger, asked)),
    ),
  );
};

const nearestPairs = (
  { vectors }: Evidence,
  first: Int32Array,
  second: Int32Array,
): DuplicateIdentity['evidence'] => {
  const pairs: { readonly faces: readonly [number, number]; readonly distance: number }[] = [];
  for (const a of first)
    for (const b of second) {
      const distance = distanceBetween(vectors, a, b);
      if (pairs.length === MOST_PAIRS_SHOWN && distance >= (pairs.at(-1)?.distance ?? 0)) continue;
      pairs.push({ faces: [a, b], distance });
      pairs.sort((x, y) => x.distance - y.distance);
      pairs.length = Math.min(pairs.length, MOST_PAIRS_SHOWN);
    }
  return pairs;
};

/**
 * Ranks pairs of identities that may be one person under two names, by how much nearer they are to one another than to others. The distance of two identities is that of the middle face of
 * the smaller one to the larger one (see `referencesAsked`), so a few wrong faces in either do not make them one.
 * @param model of one person's distances; without one no pair looks like one person
 */
export const rankDuplicateIdentities = (
  evidence: Evidence,
  model: SamePersonModel | null,
): readonly DuplicateIdentity[] => {
  const { vectors, members, identityCount } = evidence;
  const chance = logOfOthers(evidence);
  const random = createRandom(SEED);
  const around = neighbourhoods(evidence);
  const ranked: DuplicateIdentity[] = [];
  for (const key of neighbouringPairs(evidence)) {
    const identities = [Math.floor(key / identityCount), key % identityCount] as const;
    const [first, second] = identities.map((identity) => members[identity] ?? new Int32Array(0));
    if (first === undefined || second === undefined) continue;
    const distance = distanceOfIdentities(vectors, first, second, random);
    ranked.push({
      identities,
      distance,
      score: (meanOver(around, first) + meanOver(around, second)) / 2 - distance,
      looksLikeOne: model !== null && logRatio(model, distance) > chance,
      evidence: [],
    });
  }
  return ranked
    .sort((a, b) => b.score - a.score)
    .map((pair) => {
      const [first, second] = pair.identities.map((identity) =>
        draw(members[identity] ?? new Int32Array(0), MOST_PAIRED, random),
      );
      return first === undefined || second === undefined
        ? pair
        : { ...pair, evidence: nearestPairs(evidence, first, second) };
    });
};
