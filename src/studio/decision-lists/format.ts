import * as z from 'zod';
import { Box, Landmarks } from '../../contract/faces.ts';
import { FaceState } from '../../contract/workspace-faces.ts';

/**
 * A decision list: a header line, then a line for each face or photo of which something was decided. Everything hangs on the SHA-256 of a photo's bytes
 * and on a region of it, so a list applies to any copy of the dataset, whatever its folders are called.
 */
export const LIST_FORMAT = 'facenet-studio-decisions';
/** Version 2 adds pairs; a list without any is still written as version 1. */
export const LIST_VERSION = 2;

export const ListHeader = z.object({
  format: z.literal(LIST_FORMAT),
  version: z.int(),
  program: z.object({ name: z.string(), version: z.string() }),
  lines: z.int(),
});
export type ListHeader = z.infer<typeof ListHeader>;

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Geometry = z.strictObject({ box: Box, landmarks: Landmarks, rotationDegrees: z.number() });

/** What was decided of a face; what is left out was not decided. */
export const FaceLine = z.strictObject({
  photo: Sha256,
  /** Where the face was found, or where a person drew it. */
  box: Box,
  /** Given for a face that no detection found. */
  drawn: Landmarks.optional(),
  state: FaceState.exclude(['unreviewed']).optional(),
  /** The identity's name; null for nobody. */
  identity: z.string().min(1).max(200).nullable().optional(),
  /** A person put it or kept it, or took it away. */
  isThere: z.boolean().optional(),
  geometry: Geometry.optional(),
  /** The photo is about it. */
  isChosen: z.literal(true).optional(),
});
export type FaceLine = z.infer<typeof FaceLine>;

/** A photo that was left out. */
export const PhotoLine = z.strictObject({ photo: Sha256, isExcluded: z.literal(true) });
export type PhotoLine = z.infer<typeof PhotoLine>;

/** Two faces that a person said to be one person, or two. */
export const PairLine = z.strictObject({
  pair: z.tuple([z.strictObject({ photo: Sha256, box: Box }), z.strictObject({ photo: Sha256, box: Box })]),
  isSame: z.boolean(),
});
export type PairLine = z.infer<typeof PairLine>;

export const ListLine = z.union([PhotoLine, FaceLine, PairLine]);
export type ListLine = z.infer<typeof ListLine>;

/** How many decisions a line holds. */
export const decisionsIn = (line: ListLine): number =>
  'isExcluded' in line || 'pair' in line
    ? 1
    : [line.state, line.identity, line.isThere, line.geometry, line.isChosen].filter(
        (value) => value !== undefined,
      ).length;
