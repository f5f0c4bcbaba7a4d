import { relative, sep } from 'node:path';
import * as z from 'zod';
import type { FaceOutcome, KnownPhoto } from '../../contract/engine.ts';
import { Conversion, Crop, Face, Reason, type CropSettings } from '../../contract/faces.ts';
import type { PlannedOutput } from '../../core/align/plan-outputs.ts';
import type { Problem } from '../scan/problems.ts';

/** One line of a ledger: what became of one input file. */
export const LedgerRecord = z.strictObject({
  /** Relative to the input folder, with `/`. */
  file: z.string(),
  status: z.enum(['aligned', 'noFace', 'failed', 'skipped']),
  reason: Reason,
  sourceSha256: z.string().nullable(),
  widthPx: z.int().nullable(),
  heightPx: z.int().nullable(),
  conversions: z.array(Conversion),
  faces: z.array(Face),
  chosen: z.int().nullable(),
  /** `file` relative to the output folder, with `/`. */
  crops: z.array(Crop),
});
export type LedgerRecord = z.infer<typeof LedgerRecord>;

const NOTHING_SEEN = {
  sourceSha256: null,
  widthPx: null,
  heightPx: null,
  conversions: [],
  faces: [],
  chosen: null,
  crops: [],
};

/** The record of a file that never reached the engine. */
export const recordOfProblem = (file: string, problem: Problem): LedgerRecord => ({
  file,
  status: problem.status,
  reason: { code: problem.code, message: problem.message },
  ...NOTHING_SEEN,
});

/** The record of a photo whose crop would overwrite a file that this program did not write. */
export const recordOfForeignTarget = (planned: PlannedOutput): LedgerRecord =>
  recordOfProblem(planned.file, {
    status: 'skipped',
    code: 'already-there',
    message: `${planned.stem}.png is already there and was not written by this program; it was left as it is.`,
  });

type FacesOutcome = Extract<FaceOutcome, { readonly kind: 'faces' }>;

const reasonOfFaces = (outcome: FacesOutcome, crop: CropSettings): Reason => {
  const count = outcome.faces.length;
  if (count === 0) return { code: 'no-face', message: 'No face was found.' };
  if (outcome.crops.length === 0) return { code: 'no-face', message: 'No face lies inside the picture.' };
  if (count === 1) return { code: 'one-face', message: 'One face was found.' };
  return crop.detectMultipleFaces
    ? { code: 'all-faces-kept', message: `All ${String(count)} faces were kept.` }
    : { code: 'largest-face-chosen', message: `One of ${String(count)} faces was chosen.` };
};

const renamedNote = (planned: PlannedOutput): string => {
  if (planned.renamed === null) return '';
  const why = planned.renamed === 'same-name' ? 'another photo has the same name' : 'its name is too long';
  return ` Saved as ${planned.stem}, because ${why}.`;
};

/** The record that an outcome of the engine makes; `known` is the record that `unchanged` confirms. */
export const recordOfOutcome = (
  planned: PlannedOutput,
  outcome: FaceOutcome,
  context: {
    readonly known: LedgerRecord | null;
    readonly crop: CropSettings;
    readonly outputFolder: string;
  },
): LedgerRecord => {
  const { file } = planned;
  if (outcome.kind === 'unchanged') {
    if (context.known === null)
      throw new Error(`The engine calls ${file} unchanged, but nothing was known of it.`);
    return context.known;
  }
  if (outcome.kind === 'failed') {
    const { code, message, sourceSha256 } = outcome;
    // Its name or its first bytes promised a picture: that it is none is a failure, not something to skip.
    return { file, status: 'failed', reason: { code, message }, ...NOTHING_SEEN, sourceSha256 };
  }
  const reason = reasonOfFaces(outcome, context.crop);
  const isAligned = outcome.crops.length > 0;
  return {
    file,
    status: isAligned ? 'aligned' : 'noFace',
    reason: { code: reason.code, message: reason.message + (isAligned ? renamedNote(planned) : '') },
    sourceSha256: outcome.sourceSha256,
    widthPx: outcome.widthPx,
    heightPx: outcome.heightPx,
    conversions: outcome.conversions,
    faces: outcome.faces.map(({ box, score, landmarks }) => ({ box, score, landmarks })),
    chosen: outcome.chosen,
    crops: outcome.crops.map(({ face, file: path, region, bytes, sha256 }) => ({
      face,
      file: relative(context.outputFolder, path).split(sep).join('/'),
      region,
      bytes,
      sha256,
    })),
  };
};

/** Failures that may be another time's success; such photos are tried again from the start. */
const WORTH_ANOTHER_TRY: ReadonlySet<string> = new Set(['too-slow', 'too-much-memory', 'not-written']);

/** What the engine is told of an earlier run's record; null when the photo is to be done again in any case. */
export const knownPhoto = (
  record: LedgerRecord,
  absoluteCrop: (file: string) => string,
): KnownPhoto | null => {
  if (record.sourceSha256 === null || WORTH_ANOTHER_TRY.has(record.reason.code)) return null;
  return {
    sourceSha256: record.sourceSha256,
    crops: record.crops.map(({ file, bytes }) => ({ file: absoluteCrop(file), bytes })),
  };
};
