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
  /** The first ten thousand faces that it concerns; none where it concerns no faces. */
  faces: z.array(z.int()),
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

/** The last check that a workspace that can be written went through. */
export const LastVerify = z.strictObject({ atMs: z.number(), sample: Sample, report: VerifyReport });
export type LastVerify = z.infer<typeof LastVerify>;

/** What the check of a backup found; null when every page of it is whole. */
export const CheckedBackup = z.strictObject({ name: z.string(), damage: z.string().nullable() });
export type CheckedBackup = z.infer<typeof CheckedBackup>;

/** A backup that was made and checked. */
export const MadeBackup = z.strictObject({ file: z.string(), bytes: z.int() });
export type MadeBackup = z.infer<typeof MadeBackup>;

/** What a backup took the place of: the name under which that is kept, null when nothing was there. */
export const RestoredBackup = z.strictObject({ restored: z.string(), kept: z.string().nullable() });
export type RestoredBackup = z.infer<typeof RestoredBackup>;

/** What taking a backup back would change. */
export const RestoreView = z.strictObject({
  backup: Backup,
  /** What is wrong with the backup; null when it is whole. The rest is empty otherwise. */
  damage: z.string().nullable(),
  /** What is wrong with the catalogue as it is, which then tells nothing to compare with; null when it is whole. */
  presentDamage: z.string().nullable(),
  /** Steps of the history since the backup: they are gone then. */
  stepsLost: z.int(),
  /** What the last of them did, newest first. */
  labels: z.array(z.string()),
  /** Steps that the backup has and the catalogue has not, after an earlier restore. */
  stepsBack: z.int(),
  /** Photos that were read since: the next look at their folders reads them again. */
  photosSince: z.int(),
});
export type RestoreView = z.infer<typeof RestoreView>;

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
  /** null when it was not verified since it was made, or since a backup was restored or a person removed. */
  lastVerify: procedure.input(Workspace).output(LastVerify.nullable()),
  /** Newest first. Of a workspace whose catalogue cannot be opened too. */
  backups: procedure.input(Workspace).output(z.array(Backup)),
  /**
   * Copies the catalogue, checks the copy, and gives its file. `to` is a folder, or a file that is not there yet. Progress is in bytes, checked when all are
   * there. Ending the stream stops it, and leaves nothing.
   */
  backUp: procedure
    .input(Workspace.extend({ to: z.string().nullable().default(null) }))
    .output(workStream(MadeBackup)),
  /** Reads every page of every backup. Ending the stream stops it. */
  checkBackups: procedure.input(Workspace).output(workStream(z.array(CheckedBackup))),
  /** What restoring a backup would change; nothing is changed. */
  previewRestore: procedure.input(Workspace.extend({ backup: z.string() })).output(RestoreView),
  /**
   * Puts a backup in the catalogue's place, which is kept as a backup itself. The workspace is closed by it. Progress is in bytes, of the catalogue that is
   * kept and of the backup. Once begun it is done to its end.
   */
  restore: procedure.input(Workspace.extend({ backup: z.string() })).output(workStream(RestoredBackup)),
};
