import * as z from 'zod';
import { procedure, workStream } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

/** A copy of the catalogue in the workspace's folder `backups`. */
export const Backup = z.strictObject({
  /** File name; what `restore` takes. */
  name: z.string(),
  atMs: z.number(),
  /** `daily`, `by-hand`, `before-restore`, `before-version-2`. */
  reason: z.string(),
  bytes: z.int(),
});
export type Backup = z.infer<typeof Backup>;

/** Part `part` of `of` equal parts, from 1 on. */
export const Sample = z
  .strictObject({ part: z.int().positive(), of: z.int().positive() })
  .refine(({ part, of }) => part <= of);
export type Sample = z.infer<typeof Sample>;

/** What a check can find wrong. */
export const VerifyProblemKind = z.enum([
  'damaged-catalogue',
  'broken-reference',
  'journal-differs',
  'stale-derivation',
  'totals-differ',
  'missing-crop',
  'damaged-crop',
]);
export type VerifyProblemKind = z.infer<typeof VerifyProblemKind>;

export const VerifyProblem = z.strictObject({
  kind: VerifyProblemKind,
  count: z.int(),
  /** What is wrong and what to do, as a sentence. */
  message: z.string(),
  /** The first few, by their paths or numbers. */
  examples: z.array(z.string()),
});
export type VerifyProblem = z.infer<typeof VerifyProblem>;

/** What a comparison of catalogue and disk found; `problems` is empty when all is well. */
export const VerifyReport = z.strictObject({
  crops: z.int(),
  cropsWhole: z.int(),
  steps: z.int(),
  decisions: z.int(),
  /** Crops that no face names any more, left by other settings or earlier edits; null where only a sample was looked at. */
  spareCrops: z.int().nullable(),
  /** Crops that a repair made again. */
  repaired: z.int(),
  /** Crops that a repair removed, because neither a face nor a backup names them; they are not among `spareCrops`. */
  sparesRemoved: z.int(),
  problems: z.array(VerifyProblem),
  seconds: z.number(),
});
export type VerifyReport = z.infer<typeof VerifyReport>;

/** Keeping a workspace whole: checks, copies, and taking a copy back. */
export const workspaceCareContract = {
  /** Compares catalogue, journal and crops; a repair has missing and damaged crops made again. Ending the stream stops it. */
  verify: procedure
    .input(
      Workspace.extend({
        /** Only these crops. */
        sample: Sample.prefault({ part: 1, of: 1 }),
        isRepaired: z.boolean().default(false),
      }),
    )
    .output(workStream(VerifyReport)),
  /** Newest first. */
  backups: procedure.input(Workspace).output(z.array(Backup)),
  /** Copies the catalogue, checks the copy, and gives its file. `to` is a folder, or a file that is not there yet. */
  backUp: procedure
    .input(Workspace.extend({ to: z.string().nullable().default(null) }))
    .output(z.strictObject({ file: z.string(), bytes: z.int() })),
  /** Puts a backup in the catalogue's place, which is kept as a backup itself. The workspace is closed by it. */
  restore: procedure
    .input(Workspace.extend({ backup: z.string() }))
    .output(z.strictObject({ restored: z.string(), kept: z.string().nullable() })),
};
