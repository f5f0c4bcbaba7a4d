import type { Pair } from './pair-list.ts';
import { seededPicks, shuffled, type PickBelow } from './random.ts';

/** A person with the pictures of them, and where they are known the rows of their embeddings. */
export type PersonImages = { readonly identity: string; readonly images: readonly string[] };

export type GenerateRules = {
  readonly folds: number;
  /** Pairs of one person in each fold, and as many of two people. */
  readonly pairsOfEachKind: number;
  readonly seed: number;
  /** Nobody is in two folds, as in LFW's view 2: thresholds are then judged on people they were not chosen on. */
  readonly isIdentityDisjoint: boolean;
  /**
   * For pairs of two people that are hard to tell apart: the nearest of `candidates` random ones is taken, by this distance of two images.
   * Null for plain random ones.
   */
  readonly hard: { readonly candidates: number; distance(first: string, second: string): number } | null;
};

/** Pairs that cannot be made, as a sentence that says how many can. */
export class TooFewImages extends Error {}

type NewPair = Omit<Pair, 'line'>;

const couplesOf = ({ images }: PersonImages): number => (images.length * (images.length - 1)) / 2;

/** Deals people out so that each fold gets about as many possible pairs of one person: the largest first, each to the emptiest fold. */
const dealPeople = (people: readonly PersonImages[], folds: number, pick: PickBelow): PersonImages[][] => {
  const dealt = Array.from({ length: folds }, () => ({ people: [] as PersonImages[], couples: 0 }));
  const bySize = shuffled(people, pick).sort((a, b) => couplesOf(b) - couplesOf(a));
  for (const person of bySize) {
    const emptiest = dealt.reduce((least, fold) =>
      fold.couples < least.couples ||
      (fold.couples === least.couples && fold.people.length < least.people.length)
        ? fold
        : least,
    );
    emptiest.people.push(person);
    emptiest.couples += couplesOf(person);
  }
  return dealt.map((fold) => fold.people);
};

type Draw = {
  readonly people: readonly PersonImages[];
  readonly pick: PickBelow;
  readonly taken: Set<string>;
};

const keyOf = (first: string, second: string): string =>
  first < second ? `${first}\n${second}` : `${second}\n${first}`;

/** The two images of a couple by its number, from 0 to below `couplesOf`. */
const coupleOf = ({ images }: PersonImages, number: number): readonly [string, string] => {
  // The second image of couples (1, 0), (2, 0), (2, 1), ... is the largest n with n (n - 1) / 2 at most the number.
  const later = Math.floor((1 + Math.sqrt(1 + 8 * number)) / 2);
  const earlier = number - (later * (later - 1)) / 2;
  return [images[earlier] ?? '', images[later] ?? ''];
};

/** So many random draws of couples that were taken are put up with; then those that are left are listed. */
const MOST_TAKEN_DRAWS = 30;

/** A couple of a person that was not taken; null when all were. */
const drawCouple = (person: PersonImages, { pick, taken }: Draw): readonly [string, string] | null => {
  const count = couplesOf(person);
  const isFree = (couple: readonly [string, string]): boolean => !taken.has(keyOf(...couple));
  for (let turn = 0; turn < MOST_TAKEN_DRAWS; turn += 1) {
    const couple = coupleOf(person, pick(count));
    if (isFree(couple)) return couple;
  }
  const left = Array.from({ length: count }, (_, number) => coupleOf(person, number)).filter(isFree);
  return left[pick(left.length)] ?? null;
};

/** Pairs of one person, each at most once; a person is as likely as any other, however many pictures there are of them. */
const drawSame = (draw: Draw, count: number): (readonly [string, string])[] => {
  const left = draw.people.filter((person) => couplesOf(person) > 0);
  const drawn: (readonly [string, string])[] = [];
  while (drawn.length < count && left.length > 0) {
    const place = draw.pick(left.length);
    const person = left[place];
    const couple = person === undefined ? null : drawCouple(person, draw);
    if (couple === null) left.splice(place, 1);
    else {
      draw.taken.add(keyOf(...couple));
      drawn.push(couple);
    }
  }
  return drawn;
};

/** So many random draws without a new pair mean that there is none left worth waiting for. */
const MOST_IDLE_DRAWS = 1000;

/** Pairs of two people, each at most once. */
const drawDifferent = (
  { people, pick, taken }: Draw,
  count: number,
  hard: GenerateRules['hard'],
): (readonly [string, string])[] => {
  const candidate = (): readonly [string, string] => {
    const first = pick(people.length);
    const second = (first + 1 + pick(people.length - 1)) % people.length;
    const imageOf = (place: number): string => {
      const images = people[place]?.images ?? [];
      return images[pick(images.length)] ?? '';
    };
    return [imageOf(first), imageOf(second)];
  };
  const drawn: (readonly [string, string])[] = [];
  if (people.length < 2) return drawn;
  for (let idle = 0; drawn.length < count && idle < MOST_IDLE_DRAWS; idle += 1) {
    let best: { readonly couple: readonly [string, string]; readonly distance: number } | null = null;
    for (let turn = 0; turn < (hard?.candidates ?? 1); turn += 1) {
      const couple = candidate();
      if (taken.has(keyOf(...couple))) continue;
      const distance = hard?.distance(...couple) ?? 0;
      if (best === null || distance < best.distance) best = { couple, distance };
    }
    if (best === null) continue;
    taken.add(keyOf(...best.couple));
    drawn.push(best.couple);
    idle = -1;
  }
  return drawn;
};

/**
 * Makes pairs for a dataset of one's own, in LFW's order: in each fold the pairs of one person before those of two. The same seed gives
 * the same pairs, in whatever order people and images come.
 * @throws TooFewImages when there are not so many different pairs
 */
export const generatePairs = (given: readonly PersonImages[], rules: GenerateRules): readonly NewPair[] => {
  const { folds, pairsOfEachKind, seed, isIdentityDisjoint, hard } = rules;
  const pick = seededPicks(seed);
  const people = given
    .filter(({ images }) => images.length > 0)
    .map(({ identity, images }) => ({ identity, images: [...images].sort() }))
    .sort((a, b) => (a.identity < b.identity ? -1 : 1));
  const dealt = isIdentityDisjoint
    ? dealPeople(people, folds, pick)
    : Array.from({ length: folds }, () => people);
  const taken = new Set<string>();
  return dealt.flatMap((inFold, fold) => {
    const draw = { people: inFold, pick, taken };
    const same = drawSame(draw, pairsOfEachKind);
    const different = drawDifferent(draw, pairsOfEachKind, hard);
    const fewest = Math.min(same.length, different.length);
    if (fewest < pairsOfEachKind) {
      const kind = same.length <= different.length ? 'of one person' : 'of two people';
      throw new TooFewImages(
        `${String(pairsOfEachKind)} pairs ${kind} in each of ${String(folds)} folds cannot be made: fold ${String(fold + 1)} has only ${String(fewest)}. Ask for fewer pairs or fewer folds.`,
      );
    }
    const pairOf =
      (isSame: boolean) =>
      ([first, second]: readonly [string, string]): NewPair => ({
        first,
        second,
        isSame,
        fold,
      });
    return [...same.map(pairOf(true)), ...different.map(pairOf(false))];
  });
};
