import * as z from 'zod';

/** What the seed's scripts let somebody choose for a training, by whole words. */

export const Optimiser = z.enum(['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM']);
export type Optimiser = z.infer<typeof Optimiser>;

export const Augmentation = z.strictObject({
  randomCrop: z.boolean(),
  randomFlip: z.boolean(),
  randomRotate: z.boolean(),
});
export type Augmentation = z.infer<typeof Augmentation>;

/** `fixed`: (v - 127.5) / 128. `per-image`: by mean and deviation of each image. */
export const Standardisation = z.enum(['fixed', 'per-image']);
export type Standardisation = z.infer<typeof Standardisation>;

export const SoftmaxLoss = z.strictObject({
  kind: z.literal('softmax'),
  classes: z.int().min(2),
  centreLossFactor: z.number().min(0),
  centreLossAlfa: z.number().min(0).max(1),
  prelogitsNormFactor: z.number().min(0),
  prelogitsNormP: z.number().positive(),
});
export type SoftmaxLoss = z.infer<typeof SoftmaxLoss>;

export const TripletLoss = z.strictObject({ kind: z.literal('triplet'), alpha: z.number().min(0) });
export type TripletLoss = z.infer<typeof TripletLoss>;

/** Everything that the graph of a training hangs on. */
export const TrainingSettings = z.strictObject({
  network: z.enum(['inception-resnet-v1', 'tiny']),
  embeddingSize: z.int().positive(),
  loss: z.discriminatedUnion('kind', [SoftmaxLoss, TripletLoss]),
  optimiser: Optimiser,
  /** Images of one step. */
  batchSize: z.int().positive(),
  /** Side of the images as they are read, and of those that the network takes. */
  readSizePx: z.int().positive(),
  imageSizePx: z.int().positive(),
  augmentation: Augmentation,
  standardisation: Standardisation,
  keepProbability: z.number().gt(0).max(1),
  weightDecay: z.number().min(0),
  /** Of the moving average of the weights that evaluation and export use; 0 for none. */
  movingAverageDecay: z.number().min(0).lt(1),
  seed: z.int().min(0).max(0x7fffffff),
});
export type TrainingSettings = z.infer<typeof TrainingSettings>;

export const ScheduleEntry = z.strictObject({ fromEpoch: z.int().min(0), learningRate: z.number() });

/** A training from its first step to its last: all that decides its numbers, with the data and the device. */
export const TrainingPlan = z.strictObject({
  settings: TrainingSettings,
  /** Positive, or the schedule counts. */
  learningRate: z.number(),
  schedule: z.array(ScheduleEntry),
  decayEpochs: z.int().positive(),
  decayFactor: z.number().positive(),
  /** Steps of an epoch. */
  epochSize: z.int().positive(),
  maxEpochs: z.int().positive(),
  /** How triplets are found; null for softmax. */
  triplets: z
    .strictObject({
      rule: z.enum(['facenet', 'semi-hard', 'all-hard']),
      peoplePerBatch: z.int().positive(),
      imagesPerPerson: z.int().positive(),
    })
    .nullable(),
  validateEveryEpochs: z.int().positive(),
  /** Steps between checkpoints beside those at the end of each epoch; 0 for none. */
  checkpointEverySteps: z.int().min(0),
});
export type TrainingPlan = z.infer<typeof TrainingPlan>;
