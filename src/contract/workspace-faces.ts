import * as z from 'zod';
import { Box, Landmarks } from './faces.ts';
import { FileStatus } from './workspace-file-status.ts';

/** What a person said of a face. */
export const FaceState = z.enum(['unreviewed', 'confirmed', 'rejected', 'not-a-face', 'unusable', 'ignored']);
export type FaceState = z.infer<typeof FaceState>;

/** What faces are sorted by; each ascending. */
export const FaceSortKey = z.enum([
  'added',
  'identity',
  'score',
  'size',
  'sharpness',
  'exposure',
  'yaw',
  'pitch',
  'roll',
  'date',
]);
export type FaceSortKey = z.infer<typeof FaceSortKey>;

export const FaceSort = z.strictObject({
  by: FaceSortKey.default('added'),
  isDescending: z.boolean().default(false),
});
export type FaceSort = z.infer<typeof FaceSort>;

/** Numbers that a range is given in; angles count without their sign. */
export const FaceMeasure = z.enum(['score', 'size', 'sharpness', 'exposure', 'yaw', 'pitch', 'roll', 'date']);
export type FaceMeasure = z.infer<typeof FaceMeasure>;

/** From `least` to `most`, both included. */
export const Range = z.strictObject({ least: z.number().optional(), most: z.number().optional() });
export type Range = z.infer<typeof Range>;

const values = {
  /** 0 stands for faces without an identity. */
  identities: z.array(z.int().nonnegative()).optional(),
  states: z.array(FaceState).optional(),
  /** Ids of sources: where the photo's main file lies. */
  sources: z.array(z.int().positive()).optional(),
  /** Of the photo's main file; a face that lists show has a file that is there, so some statuses take none. */
  fileStatuses: z.array(FileStatus).optional(),
};

/** Which faces; what is left out does not restrict. */
export const FaceFilter = z.strictObject({
  ...values,
  /** These faces by id. */
  faces: z.array(z.int().positive()).max(10_000).optional(),
  /** Takes no face that has any of these values. */
  exclude: z.strictObject(values).optional(),
  /** Part of the identity's name, any case. */
  name: z.string().optional(),
  /** Part of the identity's name or of the file's path within its source, any case. */
  text: z.string().optional(),
  /** Size in pixels, angles in degrees, exposure from 0 to 1, date in seconds since 1970. */
  ranges: z.partialRecord(FaceMeasure, Range).optional(),
  isEdited: z.boolean().optional(),
  /** Whether the photo is about the face. */
  isChosen: z.boolean().optional(),
  hasCrop: z.boolean().optional(),
  /** Whether its crop is not the one that settings and edits ask for. */
  isStale: z.boolean().optional(),
  /** Whether its photo shows faces of several identities. */
  hasSeveralIdentities: z.boolean().optional(),
});
export type FaceFilter = z.infer<typeof FaceFilter>;

/** Faces by id, or all that a filter takes but some. */
export const FaceSelection = z.union([
  z.strictObject({ faces: z.array(z.int().positive()).max(1_000_000) }),
  z.strictObject({ filter: FaceFilter, except: z.array(z.int().positive()).default([]) }),
]);
export type FaceSelection = z.infer<typeof FaceSelection>;

/** A face as lists show it. */
export const FaceSummary = z.strictObject({
  id: z.int(),
  photo: z.int(),
  /** Relative to its source's folder; bytes that are not UTF-8 are written as `\xNN`. */
  file: z.string(),
  identity: z.strictObject({ id: z.int(), name: z.string() }).nullable(),
  state: FaceState,
  isChosen: z.boolean(),
  isEdited: z.boolean(),
  /** The crop shows an older box, or was cut with other settings; it is being made anew. */
  isStale: z.boolean(),
  score: z.number(),
  sizePx: z.number(),
  sharpness: z.number().nullable(),
  exposure: z.number().nullable(),
  yawDegrees: z.number(),
  pitchDegrees: z.number(),
  rollDegrees: z.number(),
  box: Box,
  landmarks: Landmarks,
  /** Relative to the workspace's folder; null while the crop waits to be made. */
  crop: z.string().nullable(),
});
export type FaceSummary = z.infer<typeof FaceSummary>;
