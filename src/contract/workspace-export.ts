import * as z from 'zod';
import { SETTING_LIMITS } from '../core/align/limits.ts';
import { procedure, workStream } from './procedure.ts';
import { FaceState } from './workspace-faces.ts';
import { Workspace } from './workspace-input.ts';

/** What an export wrote. `files`, `failed` and all of `leftOut` add up to `faces`. */
export const ExportReport = z.strictObject({
  /** Absolute path of the folder. */
  folder: z.string(),
  /** Faces in the library. */
  faces: z.int(),
  files: z.int(),
  identities: z.int(),
  copied: z.int(),
  linked: z.int(),
  /** Crops cut out of the originals anew: of another size, or not up to date. */
  recropped: z.int(),
  /** Faces that are not kept, by their state, or `no-identity`. */
  leftOut: z.record(z.string(), z.int()),
  failed: z.int(),
  /** The first hundred that failed. */
  failures: z.array(z.strictObject({ file: z.string(), message: z.string() })),
  /** Why hard links were not used where they were asked for, as a sentence. */
  note: z.string().nullable(),
  seconds: z.number(),
});
export type ExportReport = z.infer<typeof ExportReport>;

export const ExportSettings = z.strictObject({
  /** A new or an empty folder. */
  folder: z.string(),
  /** Width and height of the crops; those of the workspace when left out. */
  sizePx: z
    .int()
    .min(SETTING_LIMITS.imageSizePx.least)
    .max(SETTING_LIMITS.imageSizePx.most)
    .nullable()
    .default(null),
  /** Hard links to the workspace's crops where the disk allows it, instead of copies. */
  isLinked: z.boolean().default(false),
  states: z.array(FaceState).min(1).default(['confirmed', 'unreviewed']),
});
export type ExportSettings = z.infer<typeof ExportSettings>;

/** The dataset as other programs take it. */
export const workspaceExportContract = {
  /** Writes `identity/stem.png` of what is kept, complete or not at all. Ending the stream stops it. */
  export: procedure.input(Workspace.extend(ExportSettings.shape)).output(workStream(ExportReport)),
};
