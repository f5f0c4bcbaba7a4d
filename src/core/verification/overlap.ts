import type { Vectors } from './distance.ts';

/** A person of a dataset and the rows of their embeddings. */
export type PersonRows = { readonly identity: string; readonly rows: readonly number[] };

export type PeopleOfSet = { readonly people: readonly PersonRows[]; readonly vectors: Vectors };

/** Somebody of the test set who seems to be in the training set as well. */
export type Overlap = {
  readonly test: string;
  readonly train: string;
  /** Both names are one, but for case, accents, punctuation and the order of their parts. */
  readonly isByName: boolean;
  /** Euclidean distance of their centres; null where one has no embedding. */
  readonly distance: number | null;
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

/** The mean embedding of each person, [people, dimensions]; NaN for a person without any. */
export const centresOf = ({ people, vectors: { values, dimensions } }: PeopleOfSet): Float32Array => {
  const centres = new Float32Array(people.length * dimensions);
  people.forEach(({ rows }, person) => {
    for (let axis = 0; axis < dimensions; axis += 1) {
      let sum = 0;
      for (const row of rows) sum += values[row * dimensions + axis] ?? Number.NaN;
      centres[person * dimensions + axis] = sum / rows.length;
    }
  });
  return centres;
};

const distanceOf = (
  a: Float32Array,
  first: number,
  b: Float32Array,
  second: number,
  dimensions: number,
): number => {
  let sum = 0;
  for (let axis = 0; axis < dimensions; axis += 1) {
    const difference = (a[first * dimensions + axis] ?? 0) - (b[second * dimensions + axis] ?? 0);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
};

/**
 * Who of a test set is also in a training set, by name or because the centres of their embeddings are nearer than `threshold` (Euclidean).
 * Those found by both come first, then the nearest. Every couple of people is compared: people x people x dimensions.
 */
export const findOverlaps = (
  train: PeopleOfSet,
  test: PeopleOfSet,
  threshold: number,
): readonly Overlap[] => {
  const { dimensions } = train.vectors;
  const [trained, tested] = [centresOf(train), centresOf(test)];
  const byName = new Map<string, number[]>();
  train.people.forEach(({ identity }, person) => {
    const key = nameKey(identity);
    byName.set(key, [...(byName.get(key) ?? []), person]);
  });
  const overlaps: Overlap[] = [];
  test.people.forEach(({ identity }, person) => {
    const namesakes = new Set(byName.get(nameKey(identity)) ?? []);
    train.people.forEach((candidate, place) => {
      const distance = distanceOf(tested, person, trained, place, dimensions);
      const isByName = namesakes.has(place);
      if (!isByName && !(distance < threshold)) return;
      overlaps.push({
        test: identity,
        train: candidate.identity,
        isByName,
        distance: Number.isNaN(distance) ? null : distance,
      });
    });
  });
  const isNear = ({ distance }: Overlap): boolean => distance !== null && distance < threshold;
  const rank = (overlap: Overlap): number => (overlap.isByName && isNear(overlap) ? 0 : 1);
  return overlaps.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (a.distance ?? Number.POSITIVE_INFINITY) - (b.distance ?? Number.POSITIVE_INFINITY),
  );
};
