import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { procedure } from './procedure.ts';
import { RunRecord, RunRequest, RunSummary } from './run-record.ts';
import { EpochNumbers, StepNumbers } from './trainer.ts';

export * from './run-record.ts';

/** What a run tells whoever waits for it. */
export const RunEvent = z.discriminatedUnion('kind', [
  /** Images of the dataset that are written of those of a workspace. */
  z.strictObject({ kind: z.literal('preparing'), done: z.int(), total: z.int() }),
  z.strictObject({ kind: z.literal('run'), record: RunRecord, folder: z.string() }),
  z.strictObject({ kind: z.literal('step'), numbers: StepNumbers }),
  z.strictObject({ kind: z.literal('epoch'), numbers: EpochNumbers }),
  z.strictObject({ kind: z.literal('notice'), message: z.string() }),
  z.strictObject({ kind: z.literal('summary'), summary: RunSummary }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** A run in a list. */
export const ListedRun = z.strictObject({
  folder: z.string(),
  record: RunRecord,
  /** A process trains it now, here or elsewhere. */
  isAtWork: z.boolean(),
});
export type ListedRun = z.infer<typeof ListedRun>;

/** Numbers of a step, or the means of so many steps up to it. */
export const MetricPoint = StepNumbers.extend({ steps: z.int().positive() });
export type MetricPoint = z.infer<typeof MetricPoint>;

/** What of a run whoever looks at it is told: all at first, then what is new. */
export const RunNews = z.strictObject({
  run: ListedRun,
  /** What was told before is void: the log was cut back, or another one took its place. */
  isAnew: z.boolean(),
  points: z.array(MetricPoint),
  epochs: z.array(EpochNumbers),
});
export type RunNews = z.infer<typeof RunNews>;

/** How many images classes have. */
export const ClassSizes = z.strictObject({
  least: z.int(),
  median: z.int(),
  most: z.int(),
  /** The five largest. */
  largest: z.array(z.strictObject({ identity: z.string(), images: z.int() })),
});

/** What a training would be, seen before it begins. */
export const Preflight = z.strictObject({
  identities: z.int(),
  trainImages: z.int(),
  validationImages: z.int(),
  /** Identities with too few images. */
  droppedIdentities: z.int(),
  /** Files that are no usable images, or faces that bear no identity. */
  leftOut: z.int(),
  classSizes: ClassSizes.nullable(),
  steps: z.int(),
  /** How often each image is seen in an epoch. */
  passesPerEpoch: z.number(),
  memoryBytes: z.number(),
  freeMemoryBytes: z.number(),
  checkpointBytes: z.number(),
  freeDiskBytes: z.number(),
  /** As fast as the last run of this network was on this machine; null where there was none. */
  imagesPerSecond: z.number().nullable(),
  secondsPerEpoch: z.number().nullable(),
  /** Why it cannot begin, as sentences. */
  problems: z.array(z.string()),
  /** What somebody should know before it begins. */
  warnings: z.array(z.string()),
});
export type Preflight = z.infer<typeof Preflight>;

const Folder = z.strictObject({ folder: z.string() });

/**
 * Runs of trainings. `start` and `resume` are for whoever waits: ending their stream ends the run at once, and `resume` goes on from its last
 * checkpoint, to the same result. `begin` and `goOn` queue a job, which outlives windows; it is paused and stopped as jobs are.
 */
export const runsContract = {
  start: procedure.input(RunRequest).output(eventIterator(RunEvent)),
  resume: procedure.input(Folder).output(eventIterator(RunEvent)),
  /** Ends a run after its present step, with a checkpoint; its stream tells when it is done. */
  stop: procedure.input(Folder).output(z.void()),
  /** Looks at the data and the machine; nothing is written. */
  preflight: procedure.input(RunRequest).output(Preflight),
  begin: procedure.input(RunRequest).output(z.strictObject({ folder: z.string(), job: z.string() })),
  goOn: procedure.input(Folder).output(z.strictObject({ job: z.string() })),
  /** Runs whose folders lie in a folder, the newest first. */
  list: procedure.input(Folder).output(z.array(ListedRun)),
  /** All runs that this program knows, wherever they began, and those of a workspace; the newest first. */
  known: procedure.input(z.strictObject({ workspace: z.string().nullable() })).output(z.array(ListedRun)),
  /** Follows a run, whichever process trains it. */
  watch: procedure.input(Folder).output(eventIterator(RunNews)),
  /**
   * Makes a model of a run's best checkpoint: weights by the seed's names, and a frozen graph. Without an output it becomes one of the
   * person's models.
   */
  freeze: procedure.input(Folder.extend({ output: z.string().nullable() })).output(
    z.strictObject({
      /** Its id among the models; null for a network that embeds nothing but its tests. */
      model: z.string().nullable(),
      weights: z.string(),
      graph: z.string(),
      step: z.int(),
    }),
  ),
};
