import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { EngineChoice, EngineInfo } from './engine.ts';
import { procedure } from './procedure.ts';
import { EpochNumbers, StepNumbers } from './trainer.ts';
import { TrainingPlan } from './training.ts';

/** What somebody asks a training for. Classes, reading size and the like are seen in the data. */
export const RunRequest = z.strictObject({
  /** Folder of class folders with aligned images. */
  dataFolder: z.string(),
  logsFolder: z.string(),
  modelsFolder: z.string(),
  /** Without the number of classes, which the data tells. */
  plan: TrainingPlan,
  leastImagesPerClass: z.int().min(0),
  validationRatio: z.number().min(0).lt(1),
  leastValidationImages: z.int().min(0),
  /** Weights to begin with: a safetensors file by the seed's names. */
  pretrained: z.string().nullable(),
  engine: EngineChoice,
  /** Checkpoints that are kept beside the best. */
  keepCheckpoints: z.int().positive(),
});
export type RunRequest = z.infer<typeof RunRequest>;

export const KeptCheckpoint = z.strictObject({
  file: z.string(),
  step: z.int(),
  epoch: z.int(),
  /** Accuracy on held-out images, or of the training where there are none. */
  score: z.number().nullable(),
});
export type KeptCheckpoint = z.infer<typeof KeptCheckpoint>;

export const RunState = z.enum(['running', 'finished', 'stopped', 'failed']);

/** `run.json` of a run's folder: what it was made of, and where it stands. */
export const RunRecord = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  createdAt: z.string(),
  state: RunState,
  /** One sentence on the end, where there is something to say. */
  note: z.string().nullable(),
  plan: TrainingPlan,
  engine: EngineChoice,
  versions: z.strictObject({ studio: z.string(), node: z.string() }),
  /** Of the last start; null before the first. */
  device: EngineInfo.nullable(),
  data: z.strictObject({
    folder: z.string(),
    identities: z.int(),
    trainImages: z.int(),
    validationImages: z.int(),
    droppedIdentities: z.int(),
    /** Of `images.jsonl`, which no later start changes. */
    snapshotSha256: z.string(),
  }),
  pretrained: z.string().nullable(),
  checkpointsFolder: z.string(),
  keepCheckpoints: z.int().positive(),
  checkpoints: z.array(KeptCheckpoint),
  best: KeptCheckpoint.nullable(),
  step: z.int(),
  epoch: z.int(),
});
export type RunRecord = z.infer<typeof RunRecord>;

export const RunSummary = z.strictObject({
  run: z.string(),
  folder: z.string(),
  state: RunState,
  note: z.string().nullable(),
  step: z.int(),
  epoch: z.int(),
  best: KeptCheckpoint.nullable(),
  seconds: z.number(),
});
export type RunSummary = z.infer<typeof RunSummary>;

export const RunEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('run'), record: RunRecord, folder: z.string() }),
  z.strictObject({ kind: z.literal('step'), numbers: StepNumbers }),
  z.strictObject({ kind: z.literal('epoch'), numbers: EpochNumbers }),
  z.strictObject({ kind: z.literal('notice'), message: z.string() }),
  z.strictObject({ kind: z.literal('summary'), summary: RunSummary }),
]);
export type RunEvent = z.infer<typeof RunEvent>;

/** Runs of trainings. Ending a stream ends its run at once: `resume` goes on from its last checkpoint, to the same result. `stop` makes one first. */
export const runsContract = {
  start: procedure.input(RunRequest).output(eventIterator(RunEvent)),
  resume: procedure.input(z.strictObject({ folder: z.string() })).output(eventIterator(RunEvent)),
  /** Ends a run after its present step, with a checkpoint; its stream tells when it is done. */
  stop: procedure.input(z.strictObject({ folder: z.string() })).output(z.void()),
  /** Runs whose folders lie in a folder, the newest first. */
  list: procedure
    .input(z.strictObject({ folder: z.string() }))
    .output(z.array(z.strictObject({ folder: z.string(), record: RunRecord }))),
  /**
   * Makes a model of a run's best checkpoint: weights by the seed's names, and a frozen graph. Without an output it becomes one of the
   * person's models.
   */
  freeze: procedure.input(z.strictObject({ folder: z.string(), output: z.string().nullable() })).output(
    z.strictObject({
      /** Its id among the models; null for a network that embeds nothing but its tests. */
      model: z.string().nullable(),
      weights: z.string(),
      graph: z.string(),
      step: z.int(),
    }),
  ),
};
