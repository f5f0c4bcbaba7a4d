import { eventIterator, oc } from '@orpc/contract';
import * as z from 'zod';

/** What a person can act on: one sentence that says what, where and what to do. */
const errors = {
  /** Wrong usage: a path or a setting that cannot be used (exit code 2). */
  UNUSABLE: { data: z.strictObject({ message: z.string() }) },
  /** The work could not be done or finished; what was done is kept (exit code 1). */
  FAILED: {
    data: z.strictObject({
      message: z.string(),
      /** What puts it right, where a window can offer it: a backup that is restored. */
      remedy: z.enum(['restore']).optional(),
    }),
  },
  NOT_FOUND: { data: z.strictObject({ message: z.string() }) },
};

/** A procedure of the studio's contract, before its input and output. */
export const procedure = oc.errors(errors);

export const Progress = z.strictObject({
  done: z.int().nonnegative(),
  total: z.int().nonnegative().nullable(),
  /** Items per second over the last seconds; null until it can be told. */
  ratePerSecond: z.number().nullable(),
  secondsLeft: z.number().nullable(),
});
export type Progress = z.infer<typeof Progress>;

/** What work is at, where it does one thing after another that people tell apart: another stage counts anew. */
export const Stage = z.enum(['backups', 'search']);
export type Stage = z.infer<typeof Stage>;

/** Work that takes its time: progress, and its report at the end. */
export const workStream = <Report extends z.ZodType>(report: Report) =>
  eventIterator(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('progress'), progress: Progress, stage: Stage.optional() }),
      z.strictObject({ kind: z.literal('report'), report }),
    ]),
  );

/** What such work tells. */
export type WorkEvent<Report> =
  | { readonly kind: 'progress'; readonly progress: Progress; readonly stage?: Stage | undefined }
  | { readonly kind: 'report'; readonly report: Report };
