import * as z from 'zod';
import { Box, Landmarks } from './faces.ts';
import { FaceSelection, FaceState } from './workspace-faces.ts';

const Id = z.int().positive();

/** Of one step: more would rather be said by names. */
const MOST_PAIRS = 100_000;

/** Identities that faces go to in one step. */
const MOST_MOVES = 100_000;

/** Pairs of faces by their ids. */
const Pairs = z
  .array(z.tuple([Id, Id]))
  .min(1)
  .max(MOST_PAIRS);

/** What is done by itself with files that come into a source. */
export const WhenFilesArrive = z.enum(['align', 'nothing']);
export type WhenFilesArrive = z.infer<typeof WhenFilesArrive>;

/** Where faces go: to an identity that is there, or to one of a name, made when there is none; null makes them nobody's. */
export const MoveTarget = z.union([z.strictObject({ identity: Id }), z.strictObject({ name: z.string() })]);
export type MoveTarget = z.infer<typeof MoveTarget>;

/** Where a face is, in pixels of the upright photo; the box is turned about its middle, clockwise. */
const Geometry = {
  box: Box,
  landmarks: Landmarks,
  rotationDegrees: z.number().min(-180).max(180).default(0),
};

/** Everything that a person can change. Each is one step of the history, however many faces it concerns. */
export const EditCommand = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('mark'), selection: FaceSelection, state: FaceState }),
  z.strictObject({
    kind: z.literal('move'),
    selection: FaceSelection,
    to: MoveTarget.nullable(),
    /** Pairs of faces of which the same step says that they are one person, as `decide-pairs` does. */
    together: Pairs.optional(),
  }),
  /** Several moves as one step. */
  z.strictObject({
    kind: z.literal('move-each'),
    moves: z
      .array(z.strictObject({ faces: z.array(Id).min(1), identity: Id }))
      .min(1)
      .max(MOST_MOVES),
  }),
  /** As `move`, to a name that no identity has. */
  z.strictObject({ kind: z.literal('split'), selection: FaceSelection, name: z.string() }),
  z.strictObject({ kind: z.literal('rename'), identity: Id, name: z.string() }),
  z.strictObject({ kind: z.literal('merge'), identities: z.array(Id).min(1), into: Id }),
  /** Says of pairs of faces whether both are one person; null takes back what was said. Every later clustering obeys. */
  z.strictObject({
    kind: z.literal('decide-pairs'),
    pairs: Pairs,
    isSame: z.boolean().nullable(),
  }),
  /** Marks pairs of faces as hard to judge, or takes the mark away. */
  z.strictObject({ kind: z.literal('mark-pairs'), pairs: Pairs, isHard: z.boolean() }),
  z.strictObject({ kind: z.literal('choose-face'), face: Id }),
  z.strictObject({
    kind: z.literal('edit-face'),
    face: Id,
    ...Geometry,
  }),
  z.strictObject({ kind: z.literal('add-face'), photo: Id, ...Geometry }),
  /** Takes faces out of the lists; `restore-faces` and undo bring them back. */
  z.strictObject({ kind: z.literal('remove-faces'), selection: FaceSelection }),
  z.strictObject({ kind: z.literal('restore-faces'), faces: z.array(Id).min(1) }),
  z.strictObject({ kind: z.literal('exclude-files'), files: z.array(Id).min(1) }),
  z.strictObject({ kind: z.literal('include-files'), files: z.array(Id).min(1) }),
  z.strictObject({
    kind: z.literal('keep-source'),
    source: Id,
    /** Left out: as it was decided before, at first `align`. */
    whenFilesArrive: WhenFilesArrive.optional(),
  }),
  z.strictObject({ kind: z.literal('set-arrival'), source: Id, whenFilesArrive: WhenFilesArrive }),
  /** Takes a source out of the workspace. Its files are never touched. */
  z.strictObject({ kind: z.literal('remove-source'), source: Id }),
]);
export type EditCommand = z.infer<typeof EditCommand>;

/** What an edit changes, or would. */
export const EditEffect = z.strictObject({
  /** As a sentence: `Marked 3 faces as rejected.` */
  label: z.string(),
  faces: z.int(),
  identities: z.int(),
  /** The first twelve faces. */
  firstFaces: z.array(z.int()),
});
export type EditEffect = z.infer<typeof EditEffect>;

/** A step of the history: one edit. */
export const HistoryStep = z.strictObject({
  sequence: z.int(),
  atMs: z.number(),
  who: z.string(),
  kind: z.string(),
  label: z.string(),
  isUndone: z.boolean(),
});
export type HistoryStep = z.infer<typeof HistoryStep>;
