import { eventIterator, oc, type ContractRouterClient } from '@orpc/contract';
import * as z from 'zod';
import { EngineInfo } from './engine.ts';
import { TrainingPlan } from './training.ts';

/** An image of the snapshot that a run trains on. */
export const TrainingImage = z.strictObject({
  /** Absolute path. */
  file: z.string(),
  bytes: z.int().nonnegative(),
  identity: z.string(),
  /** Place of the identity among the sorted names; -1 for one that only validates. */
  label: z.int(),
  part: z.enum(['train', 'validation']),
});
export type TrainingImage = z.infer<typeof TrainingImage>;

export const StepNumbers = z.strictObject({
  step: z.int().positive(),
  epoch: z.int().positive(),
  loss: z.number(),
  crossEntropy: z.number(),
  centerLoss: z.number(),
  regularization: z.number(),
  prelogitsNorm: z.number(),
  accuracy: z.number(),
  gradientNorm: z.number(),
  learningRate: z.number(),
  imagesPerSecond: z.number(),
  /** Share of the step's time in which TensorFlow waited for images. */
  waitShare: z.number(),
});
export type StepNumbers = z.infer<typeof StepNumbers>;

export const EpochNumbers = z.strictObject({
  epoch: z.int().positive(),
  step: z.int().positive(),
  /** Of the images that are held out; null where none were looked at. */
  validation: z.strictObject({ crossEntropy: z.number(), accuracy: z.number(), images: z.int() }).nullable(),
  /** Images with the largest losses of the epoch, the hardest first. */
  hardest: z.array(z.strictObject({ file: z.string(), loss: z.number() })),
});
export type EpochNumbers = z.infer<typeof EpochNumbers>;

export const TrainerEvent = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('started'), step: z.int(), batchSize: z.int(), engine: EngineInfo }),
  z.strictObject({ kind: z.literal('step'), numbers: StepNumbers }),
  z.strictObject({ kind: z.literal('epoch'), numbers: EpochNumbers }),
  /** A checkpoint lies whole in `file`, which becomes one by the name that the service gives it. */
  z.strictObject({ kind: z.literal('checkpoint'), file: z.string(), step: z.int(), epoch: z.int() }),
  /** What somebody should know who trains: one sentence on what goes wrong, and what to do. */
  z.strictObject({ kind: z.literal('warning'), message: z.string() }),
  z.strictObject({ kind: z.literal('batch-halved'), batchSize: z.int(), step: z.int() }),
  z.strictObject({
    kind: z.literal('ended'),
    /** `not-finite`: the loss or a gradient was no number; nothing of that step was kept. */
    reason: z.enum(['epochs', 'schedule', 'stopped', 'not-finite']),
    step: z.int(),
    /** Images of the step that was not finite. */
    images: z.array(z.string()),
  }),
]);
export type TrainerEvent = z.infer<typeof TrainerEvent>;

const errors = {
  ENGINE_UNAVAILABLE: { data: z.strictObject({ reason: z.string(), advice: z.string() }) },
  /** One sentence on what cannot be used: an image, a checkpoint, the data. */
  UNUSABLE: { data: z.strictObject({ message: z.string() }) },
  CANNOT_WRITE: { data: z.strictObject({ message: z.string() }) },
};

/** What the studio service asks of a trainer: a process of its own, that holds one training. */
export const trainerContract = {
  /** Trains until the end or until `stop`; whoever leaves the stream stops it too, without a checkpoint. */
  train: oc
    .errors(errors)
    .input(
      z.strictObject({
        plan: TrainingPlan,
        /** The run's `images.jsonl`: one `TrainingImage` a line. */
        images: z.string(),
        /** Checkpoint to go on from, null for a fresh start. */
        checkpoint: z.string().nullable(),
        /** A model's weights to begin with instead of random ones: a safetensors file with the seed's names. */
        pretrained: z.string().nullable(),
        /** Folder for checkpoints that nobody has named yet. */
        pendingFolder: z.string(),
      }),
    )
    .output(eventIterator(TrainerEvent)),
  /** Makes a model of a checkpoint: weights by the seed's names, averaged where the training averages them, and a frozen graph. */
  freeze: oc
    .errors(errors)
    .input(
      z.strictObject({
        plan: TrainingPlan,
        checkpoint: z.string(),
        weights: z.string(),
        graph: z.string(),
      }),
    )
    .output(z.strictObject({ step: z.int() })),
  /** Ends the training after its present step, with a checkpoint. */
  stop: oc.input(z.strictObject({})).output(z.void()),
};
export type TrainerClient = ContractRouterClient<typeof trainerContract>;
