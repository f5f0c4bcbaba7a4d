import { createConstrainedSets, DIFFERENT_PEOPLE, type ConstrainedSets } from './constrained-sets.ts';

/** Two faces of which something is known, by their places. */
export type FacePair = readonly [a: number, b: number];

/** What is known of faces before anything is computed. All of it is obeyed, but where it contradicts itself. */
export type Constraints = {
  /** [count] whom a person said each face to be: a number above 0 for each identity; 0 where nobody said. */
  readonly people: Int32Array;
  /** A person said that these are one person. */
  readonly together: readonly FacePair[];
  /** A person said that these are two people. */
  readonly apart: readonly FacePair[];
  /** [count] the photo of each face. Two faces of one photo are two people, unless a person said otherwise. */
  readonly photos: Int32Array | null;
};

/** A rule that was set aside, because what stands above it says the opposite of it. */
export type ConstraintConflict = {
  readonly kind: 'together' | 'apart' | 'photo';
  readonly faces: FacePair;
  /** What says the opposite: faces that bear one identity or different ones, or pairs. */
  readonly because: 'identities' | 'pairs';
  /** The pairs, `together` ones that lead from one face to the other, or the `apart` one; none for identities alone. */
  readonly pairs: readonly FacePair[];
};

/** No constraint at all. */
export const unconstrained = (count: number): Constraints => ({
  people: new Int32Array(count),
  together: [],
  apart: [],
  photos: null,
});

/** What is known of some of the faces, by their places among these. @param kept ascending */
export const constraintsOfSome = (
  { people, together, apart, photos }: Constraints,
  kept: Int32Array,
): Constraints => {
  const places = new Map<number, number>();
  kept.forEach((face, place) => places.set(face, place));
  const among = (pairs: readonly FacePair[]): readonly FacePair[] =>
    pairs.flatMap(([a, b]): FacePair[] => {
      const [one, other] = [places.get(a), places.get(b)];
      return one === undefined || other === undefined ? [] : [[one, other]];
    });
  return {
    people: kept.map((face) => people[face] ?? 0),
    together: among(together),
    apart: among(apart),
    photos: photos === null ? null : kept.map((face) => photos[face] ?? 0),
  };
};

const joinPeople = (sets: ConstrainedSets, people: Int32Array): void => {
  const first = new Map<number, number>();
  people.forEach((person, face) => {
    if (person === 0) return;
    const known = first.get(person);
    if (known === undefined) first.set(person, face);
    else sets.join(known, face);
  });
};

/** The accepted pairs that lead from one face to another, by the fewest steps; steps within one identity are left out. */
const pathBetween = (
  from: number,
  to: number,
  accepted: readonly FacePair[],
  people: Int32Array,
): readonly FacePair[] => {
  // Faces of one identity are one place.
  const placeOf = (face: number): number => {
    const person = people[face] ?? 0;
    return person === 0 ? face : -person;
  };
  const steps = new Map<number, FacePair[]>();
  for (const pair of accepted)
    for (const face of pair) steps.set(placeOf(face), [...(steps.get(placeOf(face)) ?? []), pair]);
  const ways = new Map<number, readonly FacePair[]>([[placeOf(from), []]]);
  for (const [place, way] of ways) {
    if (place === placeOf(to)) return way;
    for (const pair of steps.get(place) ?? [])
      for (const face of pair) if (!ways.has(placeOf(face))) ways.set(placeOf(face), [...way, pair]);
  }
  return [];
};

const photoPairs = (photos: Int32Array): readonly FacePair[] => {
  const byPhoto = new Map<number, number[]>();
  photos.forEach((photo, face) => {
    const faces = byPhoto.get(photo);
    if (faces === undefined) byPhoto.set(photo, [face]);
    else faces.push(face);
  });
  return [...byPhoto.values()].flatMap((faces) =>
    faces.flatMap((a, place) => faces.slice(place + 1).map((b): FacePair => [a, b])),
  );
};

/**
 * Sets of faces that must be together, which never join where they must not. What stands above goes before what is below it: identities that a person
 * gave; pairs kept apart; pairs put together; two faces of one photo.
 */
export const applyConstraints = ({
  people,
  together,
  apart,
  photos,
}: Constraints): { readonly sets: ConstrainedSets; readonly conflicts: readonly ConstraintConflict[] } => {
  const sets = createConstrainedSets(people.length, [people]);
  const conflicts: ConstraintConflict[] = [];
  joinPeople(sets, people);
  apart.forEach((faces, place) => {
    if (!sets.separate(...faces, place))
      conflicts.push({ kind: 'apart', faces, because: 'identities', pairs: [] });
  });
  const accepted: FacePair[] = [];
  for (const faces of together) {
    const obstacle = sets.obstacle(...faces);
    if (obstacle === null) {
      sets.join(...faces);
      accepted.push(faces);
      continue;
    }
    const pair = obstacle === DIFFERENT_PEOPLE ? undefined : apart[obstacle];
    conflicts.push(
      pair === undefined
        ? { kind: 'together', faces, because: 'identities', pairs: [] }
        : { kind: 'together', faces, because: 'pairs', pairs: [pair] },
    );
  }
  for (const faces of photos === null ? [] : photoPairs(photos)) {
    if (sets.separate(...faces, apart.length)) continue;
    const pairs = pathBetween(...faces, accepted, people);
    conflicts.push({ kind: 'photo', faces, because: pairs.length > 0 ? 'pairs' : 'identities', pairs });
  }
  return { sets, conflicts };
};
