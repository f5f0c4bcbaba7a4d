import type { SqlValue } from '../catalogue/database.ts';

/** What is decided of something. A field that nobody decided has no value: then what was read from the files holds. */
export const FIELDS = {
  /** A code of `FACE_STATES`; none for unreviewed. */
  'face.state': 1,
  /** The identity that a person gave it; `NOBODY` for none at all. */
  'face.identity': 2,
  /** 1 where a person put it or kept it, 0 where a person took it away. */
  'face.presence': 3,
  /** Box, landmarks and rotation as 15 numbers of 64 bits. */
  'face.geometry': 4,
  /** The face that the photo is about. */
  'photo.chosen': 5,
  /** 1 for a file that is left out. */
  'file.excluded': 6,
  /** 1 for a source of the workspace; one without it was removed. */
  'source.kept': 7,
  'identity.name': 8,
  /** The identity that it became part of. */
  'identity.merged': 9,
  /** What happens when files arrive in a source: a `WhenFilesArrive`; they are aligned where nobody decided. */
  'source.arrival': 10,
  /** Of a row of `face_pairs`: 1 where both are one person, 0 where they are two. */
  'pair.same': 11,
  /** Of the workspace, which is subject 1: the row of `clusterings` that holds. */
  'workspace.clustering': 12,
  /** 1 where a person marked a pair of faces as hard to judge. */
  'pair.hard': 13,
} as const;

/** `kind.property` of what can be decided. */
export type Field = keyof typeof FIELDS;

/** Grows at its end only: the place is what the catalogue holds. */
export const FACE_STATES = [
  'unreviewed',
  'confirmed',
  'rejected',
  'not-a-face',
  'unusable',
  'ignored',
] as const;
export type FaceState = (typeof FACE_STATES)[number];

/** As an identity: a person said that the face is nobody of the dataset. */
export const NOBODY = 0;

/** A decided value; null stands for no decision. */
export type Decided = number | string | Uint8Array | null;

const NAMES: ReadonlyMap<number, Field> = new Map(
  // Object.entries forgets the keys' type.
  Object.entries(FIELDS).map(([name, code]) => [code, name as Field]),
);

/** The field of a code in the catalogue. @throws for a code that this version does not know */
export const fieldOf = (code: number): Field => {
  const field = NAMES.get(code);
  if (field === undefined) throw new Error(`The catalogue holds an unknown field ${String(code)}.`);
  return field;
};

/** A value as it is decided, from what SQLite gives. */
export const decidedValue = (value: SqlValue): Decided => (typeof value === 'bigint' ? Number(value) : value);

/** Whether two values are the same decision. */
export const isSameValue = (a: Decided, b: Decided): boolean =>
  a instanceof Uint8Array && b instanceof Uint8Array ? Buffer.compare(a, b) === 0 : a === b;
