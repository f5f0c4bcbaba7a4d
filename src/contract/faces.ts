import * as z from 'zod';
import { SETTING_LIMITS } from '../core/align/limits.ts';

/** Left, top, right, bottom in pixels of the upright image; x grows right, y grows down, 0 is the left edge of the first pixel. */
export const Box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type Box = z.infer<typeof Box>;

const Point = z.tuple([z.number(), z.number()]);

/** Left eye, right eye, nose, left and right corner of the mouth, as the viewer sees them, in pixels of the upright image. */
export const Landmarks = z.tuple([Point, Point, Point, Point, Point]);
export type Landmarks = z.infer<typeof Landmarks>;

export const Face = z.strictObject({ box: Box, score: z.number(), landmarks: Landmarks });
export type Face = z.infer<typeof Face>;

/** `facenet` reproduces the seed's numbers, `studio` corrects its five deviations D1, D6, D7, D12 and D13; see docs/pipeline.md. */
export const PipelineMode = z.enum(['studio', 'facenet']);
export type PipelineMode = z.infer<typeof PipelineMode>;

const within = ({ least, most }: { readonly least: number; readonly most: number }) =>
  z.number().min(least).max(most);
const Probability = within(SETTING_LIMITS.threshold);

export const DetectSettings = z.strictObject({
  mode: PipelineMode.default('studio'),
  minFaceSizePx: within(SETTING_LIMITS.minFaceSizePx).default(20),
  /** Least face probability after P-, R- and O-net. */
  thresholds: z.tuple([Probability, Probability, Probability]).default([0.6, 0.7, 0.7]),
  /** Ratio of one level of the image pyramid to the level before it. */
  scaleFactor: within(SETTING_LIMITS.scaleFactor).default(0.709),
});
export type DetectSettings = z.infer<typeof DetectSettings>;

/**
 * - `box`: the seed's box, `marginPx` split over both sides in pixels of the photo.
 * - `relative`: the same box, with a margin of `marginPx` pixels of the *crop*, whatever the size of the face.
 * - `landmarks`: turned and scaled by a similarity transform that puts the five landmarks on a template.
 */
export const CropStyle = z.enum(['box', 'relative', 'landmarks']);
export type CropStyle = z.infer<typeof CropStyle>;

export const CropSettings = z.strictObject({
  style: CropStyle,
  imageSizePx: within(SETTING_LIMITS.imageSizePx).int().default(182),
  marginPx: within(SETTING_LIMITS.marginPx).default(44),
  detectMultipleFaces: z.boolean().default(false),
});
export type CropSettings = z.infer<typeof CropSettings>;

export const AlignSettings = z.strictObject({ detect: DetectSettings, crop: CropSettings });
export type AlignSettings = z.infer<typeof AlignSettings>;

/** One per input file; the counts of the five add up to the number of files. `pending` occurs only while a job runs. */
export const PhotoStatus = z.enum(['aligned', 'noFace', 'failed', 'skipped', 'pending']);
export type PhotoStatus = z.infer<typeof PhotoStatus>;

/** Why a file has the status that it has. The code is stable; the sentence is for people. */
export const ReasonCode = z.enum([
  'one-face',
  'largest-face-chosen',
  'all-faces-kept',
  'no-face',
  'waiting',
  'not-an-image',
  'already-there',
  'missing',
  'no-permission',
  'not-a-file',
  'broken-link',
  'bad-name',
  'empty',
  'too-large',
  'too-many-pixels',
  'unsupported',
  'damaged',
  'too-slow',
  'too-much-memory',
  'decoder-crashed',
  'not-written',
  'outside',
  'no-vector',
]);
export type ReasonCode = z.infer<typeof ReasonCode>;

export const Reason = z.strictObject({ code: ReasonCode, message: z.string() });
export type Reason = z.infer<typeof Reason>;

/** What decoding had to do to get upright 8-bit RGB; `colour-profile`: RGB values of another colour space were taken as stored. */
export const Conversion = z.enum([
  'turned-upright',
  'grey',
  'cmyk',
  'sixteen-bit',
  'palette',
  'alpha-flattened',
  'colour-profile',
  'first-frame',
  'misnamed',
]);
export type Conversion = z.infer<typeof Conversion>;

/** A crop on disk: which face it shows, the region of the photo and the PNG's fingerprint. */
export const Crop = z.strictObject({
  face: z.int().nonnegative(),
  /** Absolute while it travels between processes, relative to the output folder in a ledger. */
  file: z.string(),
  /** The region of the photo that the crop shows; for `landmarks` the bounding box of the turned square. */
  region: Box,
  bytes: z.int().nonnegative(),
  sha256: z.string(),
});
export type Crop = z.infer<typeof Crop>;
