import * as z from 'zod';

/** Each file of a workspace has exactly one. */
export const FileStatus = z.enum([
  'aligned',
  'severalFaces',
  'noFace',
  'unreadable',
  'skipped',
  'duplicate',
  'excluded',
  'pending',
  'missing',
  'offline',
]);
export type FileStatus = z.infer<typeof FileStatus>;
