import * as z from 'zod';
import { SETTING_LIMITS } from '../core/align/limits.ts';
import { AlignSettings, Box, Conversion, Landmarks } from './faces.ts';
import { procedure } from './procedure.ts';
import { FaceSummary } from './workspace-faces.ts';
import { FileStatus } from './workspace-file-status.ts';
import { Workspace } from './workspace-input.ts';

/** A face of a photo, with all that an editor needs. */
export const PhotoFace = FaceSummary.extend({
  /** By how much a person turned the box about its middle, clockwise; the landmarks are where they are. */
  rotationDegrees: z.number(),
  /** False for one that a person drew, or that the last detection did not find again. */
  isFound: z.boolean(),
  /** False for one that a person took away: lists do not show it. */
  isShown: z.boolean(),
  /** The crop that box, landmarks and settings ask for is not there yet. */
  awaitsCrop: z.boolean(),
  /** Changes with the crop's bytes; part of a picture's address. Null without a crop. */
  cropVersion: z.string().nullable(),
});
export type PhotoFace = z.infer<typeof PhotoFace>;

/** An original of a workspace, with every face that was ever found or drawn in it. */
export const WorkspacePhoto = z.strictObject({
  id: z.int(),
  source: z.int(),
  /** Relative to its source's folder; bytes that are not UTF-8 are written as `\xNN`. */
  file: z.string(),
  fileBytes: z.number(),
  status: FileStatus,
  reason: z.strictObject({ code: z.string(), message: z.string() }),
  /** Null for a photo that could not be read. */
  widthPx: z.int().nullable(),
  heightPx: z.int().nullable(),
  conversions: z.array(Conversion),
  /** In the order in which they were found or drawn. */
  faces: z.array(PhotoFace),
  /** How the workspace is aligned: what a crop would look like follows from it. */
  settings: AlignSettings,
  /** Changes with the photo's content; part of a picture's address. */
  version: z.string(),
});
export type WorkspacePhoto = z.infer<typeof WorkspacePhoto>;

const Probability = z.number().min(SETTING_LIMITS.threshold.least).max(SETTING_LIMITS.threshold.most);

/** The smallest face that another try looks for, in pixels of the photo: smaller ones than MTCNN takes are found by enlarging it. */
export const LEAST_RETRY_FACE_PX = 6;
export const MOST_RETRY_SCALE = 4;

/** How to look for faces again. */
export const RetrySettings = z.strictObject({
  /** Least face probability after P-, R- and O-net. */
  thresholds: z.tuple([Probability, Probability, Probability]).default([0.6, 0.7, 0.7]),
  minFaceSizePx: z.number().min(LEAST_RETRY_FACE_PX).max(SETTING_LIMITS.minFaceSizePx.most).default(20),
  /** The photo is turned by it, clockwise, before it is looked at. */
  rotationDegrees: z.number().min(-180).max(180).default(0),
  /** And enlarged so many times; less where the photo would grow too large. */
  scale: z.number().min(1).max(MOST_RETRY_SCALE).default(1),
});
export type RetrySettings = z.infer<typeof RetrySettings>;

/** A face that another try found, in pixels of the photo. Nothing of it is in the workspace until it is added. */
export const Proposal = z.strictObject({
  box: Box,
  landmarks: Landmarks,
  rotationDegrees: z.number(),
  score: z.number(),
  /** The face of the photo that it shows too, one that was taken away among them; null for a new one. */
  known: z.int().nullable(),
});
export type Proposal = z.infer<typeof Proposal>;

const OnePhoto = Workspace.extend({ photo: z.int().positive() });

/** What concerns one photo of a workspace. */
export const workspacePhotoContract = {
  photo: procedure.input(OnePhoto).output(WorkspacePhoto),
  /** What lists show of these faces, in the order of the ids; one that is not there is left out. */
  facesById: procedure
    .input(Workspace.extend({ faces: z.array(z.int().positive()).max(1000) }))
    .output(z.array(FaceSummary)),
  /** Makes the crops of a photo that are stale anew, or waits until they are: an edit has begun it already. */
  recrop: procedure.input(OnePhoto).output(WorkspacePhoto),
  /** Takes back every step down to one, newest first, and that one; gives how many. Each is a step of the history by itself. */
  undoTo: procedure
    .input(Workspace.extend({ sequence: z.int().positive(), who: z.string() }))
    .output(z.strictObject({ steps: z.int() })),
  /** Looks for faces again and changes nothing. Best first; `scale` is the one that was used. */
  retry: procedure
    .input(OnePhoto.extend({ settings: RetrySettings.prefault({}) }))
    .output(z.strictObject({ proposals: z.array(Proposal), scale: z.number() })),
};
