import { distanceOfIdentities, rankDuplicateIdentities } from '../cleaning/duplicate-identities.ts';
import type { Evidence } from '../cleaning/labelled-faces.ts';
import { createRandom } from '../cleaning/random.ts';
import { learnSamePerson } from '../cleaning/same-person.ts';

/** The people of a training set, then those of a test set, with all their faces. An identity may have none. */
export type TwoSets = {
  /** By identity of `evidence`. */
  readonly names: readonly string[];
  /** The first so many identities are those of the training set. */
  readonly trainCount: number;
  readonly evidence: Evidence;
};

/** Somebody of the test set who seems to be in the training set as well; both as identities of the evidence. */
export type Overlap = {
  readonly test: number;
  readonly train: number;
  /** Both names are one, but for case, accents, punctuation and the order of their parts. */
  readonly isByName: boolean;
  readonly isByFace: boolean;
  /** Of the middle face of the smaller identity to the larger one, Euclidean; null where one has no face. */
  readonly distance: number | null;
  /** Their nearest faces, one of the training set and one of the test set; empty where they are no neighbours. */
  readonly faces: readonly (readonly [train: number, test: number])[];
};

/** A name as lists of people are compared: `Wang_Nan`, `nan wang` and `Nan Wáng` are one. */
export const nameKey = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}]+/u)
    .filter((part) => part !== '')
    .sort()
    .join(' ');

const RANDOM_SEED = 1;

type Pair = readonly [train: number, test: number];
const textOf = (pair: Pair): string => pair.join(' ');

const pairsByName = ({ names, trainCount }: TwoSets): readonly Pair[] => {
  const byKey = new Map<string, number[]>();
  names.slice(0, trainCount).forEach((name, identity) => {
    const key = nameKey(name);
    byKey.set(key, [...(byKey.get(key) ?? []), identity]);
  });
  return names
    .slice(trainCount)
    .flatMap((name, place) =>
      nameKey(name) === ''
        ? []
        : (byKey.get(nameKey(name)) ?? []).map((train): Pair => [train, trainCount + place]),
    );
};

type ByFace = Map<string, Pick<Overlap, 'distance' | 'faces'> & { readonly pair: Pair }>;

/** Identities of both sets that are neighbours and near enough. */
const pairsByFace = ({ trainCount, evidence }: TwoSets, threshold: number | null): ByFace => {
  const model = learnSamePerson(evidence);
  const found: ByFace = new Map();
  // Without a model of one person's distances only a threshold can say who is near.
  if (model === null && threshold === null) return found;
  for (const { identities, distance, looksLikeOne, evidence: nearest } of rankDuplicateIdentities(
    evidence,
    model,
  )) {
    const [train, test] = identities;
    if (train >= trainCount || test < trainCount) continue;
    if (threshold === null ? !looksLikeOne : distance >= threshold) continue;
    const pair: Pair = [train, test];
    found.set(textOf(pair), { pair, distance, faces: nearest.map(({ faces }) => faces) });
  }
  return found;
};

/**
 * Who of a test set is also in a training set, by name or by face. By face are two identities one when they are likelier one person than two
 * among as many as there are (`rankDuplicateIdentities`), or nearer than `threshold` where one is given. Those found by both come first, then the nearest.
 */
export const findOverlaps = (sets: TwoSets, threshold: number | null): readonly Overlap[] => {
  const { evidence } = sets;
  const random = createRandom(RANDOM_SEED);
  const byFace = pairsByFace(sets, threshold);
  const overlaps = pairsByName(sets).map((pair): Overlap => {
    const [train, test] = pair;
    const near = byFace.get(textOf(pair));
    byFace.delete(textOf(pair));
    const [first, second] = [evidence.members[train], evidence.members[test]];
    const isKnown = (first?.length ?? 0) > 0 && (second?.length ?? 0) > 0;
    return {
      ...{ test, train },
      isByName: true,
      isByFace: near !== undefined,
      distance:
        near?.distance ??
        (isKnown && first !== undefined && second !== undefined
          ? distanceOfIdentities(evidence.vectors, first, second, random)
          : null),
      faces: near?.faces ?? [],
    };
  });
  for (const { pair, distance, faces } of byFace.values())
    overlaps.push({ train: pair[0], test: pair[1], isByName: false, isByFace: true, distance, faces });
  const rank = ({ isByName, isByFace }: Overlap): number => (isByName && isByFace ? 0 : 1);
  return overlaps.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.distance ?? Number.POSITIVE_INFINITY) - (b.distance ?? Number.POSITIVE_INFINITY) ||
      a.test - b.test ||
      a.train - b.train,
  );
};
