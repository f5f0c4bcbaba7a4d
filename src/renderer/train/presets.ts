import type { RunRequest } from '../../contract/runs.ts';
import type { SoftmaxLoss, TrainingPlan } from '../../contract/training.ts';

type Settings = TrainingPlan['settings'];

/** What a preset says beside the seed's defaults. */
type Recipe = {
  readonly settings?: Partial<Omit<Settings, 'loss'>>;
  readonly softmax?: Partial<SoftmaxLoss>;
  readonly plan?: Partial<Omit<TrainingPlan, 'settings'>>;
  readonly request?: Partial<Pick<RunRequest, 'validationRatio' | 'leastImagesPerClass'>>;
};

export type Preset = {
  readonly id: string;
  readonly title: string;
  /** What it is for, in a sentence. */
  readonly about: string;
  readonly recipe: Recipe;
};

const schedule = (...entries: readonly (readonly [fromEpoch: number, learningRate: number])[]) =>
  entries.map(([fromEpoch, learningRate]) => ({ fromEpoch, learningRate }));

/** The seed's recipes by its wiki and issues 829 and 356; see `docs/pipeline.md`. */
export const PRESETS: readonly Preset[] = [
  {
    id: 'small-machine',
    title: 'Small machine',
    about: 'Half an hour on a laptop, to see whether a dataset teaches anything.',
    recipe: {
      settings: { optimiser: 'ADAM', batchSize: 32, keepProbability: 0.8, weightDecay: 5e-4 },
      softmax: { prelogitsNormFactor: 5e-4 },
      plan: {
        learningRate: -1,
        schedule: schedule([0, 0.05], [12, 0.005], [18, 0.0005]),
        epochSize: 100,
        maxEpochs: 20,
        validateEveryEpochs: 1,
      },
      request: { validationRatio: 0.1, leastImagesPerClass: 5 },
    },
  },
  {
    id: 'casia-2018',
    title: 'CASIA 2018',
    about: 'As 20180408-102900 was trained on CASIA-WebFace: 0.9905 on LFW. Days on a GPU.',
    recipe: {
      settings: { optimiser: 'ADAM', embeddingSize: 512, keepProbability: 0.8, weightDecay: 5e-4 },
      softmax: { prelogitsNormFactor: 5e-4 },
      plan: {
        learningRate: -1,
        schedule: schedule([0, 0.05], [60, 0.005], [80, 0.0005], [91, -1]),
        maxEpochs: 150,
      },
      request: { validationRatio: 0.05 },
    },
  },
  {
    id: 'vggface2-2018',
    title: 'VGGFace2 2018',
    about: 'As 20180402-114759 was trained on VGGFace2: 0.9965 on LFW. Days on a GPU.',
    recipe: {
      settings: {
        optimiser: 'ADAM',
        embeddingSize: 512,
        keepProbability: 0.4,
        weightDecay: 5e-4,
        augmentation: { randomCrop: false, randomFlip: true, randomRotate: false },
      },
      plan: {
        learningRate: -1,
        schedule: schedule([0, 0.05], [100, 0.005], [200, 0.0005], [276, -1]),
        maxEpochs: 500,
      },
      request: { validationRatio: 0.01 },
    },
  },
  {
    id: 'casia-2017',
    title: 'CASIA 2017, centre loss',
    about: 'The older recipe: RMSPROP, centre loss, 128 numbers, each image standardised by itself.',
    recipe: {
      settings: {
        optimiser: 'RMSPROP',
        keepProbability: 0.8,
        weightDecay: 5e-5,
        standardisation: 'per-image',
      },
      softmax: { centreLossFactor: 1e-2, centreLossAlfa: 0.9 },
      plan: {
        learningRate: -1,
        schedule: schedule([0, 0.1], [65, 0.01], [77, 0.001], [1000, 0.0001]),
        maxEpochs: 80,
      },
      request: { validationRatio: 0.05 },
    },
  },
  {
    id: 'triplet',
    title: 'Triplet loss',
    about: 'Learns distances instead of classes, by triplets that it selects on the way.',
    recipe: {
      settings: { optimiser: 'RMSPROP', weightDecay: 1e-4, standardisation: 'per-image' },
      plan: {
        learningRate: 0.01,
        triplets: { rule: 'facenet', peoplePerBatch: 45, imagesPerPerson: 40 },
      },
      request: { leastImagesPerClass: 2 },
    },
  },
];

const SEED = 666;

/** What a preset asks for of a folder: the seed's defaults but for what it says. */
export const requestOf = ({ recipe }: Preset, dataFolder: string): RunRequest => {
  const isTriplet = (recipe.plan?.triplets ?? null) !== null;
  return {
    name: null,
    dataFolder,
    logsFolder: null,
    modelsFolder: null,
    leastImagesPerClass: 0,
    validationRatio: 0,
    leastValidationImages: 0,
    pretrained: null,
    engine: 'auto',
    keepCheckpoints: 3,
    ...recipe.request,
    plan: {
      learningRate: 0.1,
      schedule: [],
      decayEpochs: 100,
      decayFactor: 1,
      epochSize: 1000,
      maxEpochs: 500,
      triplets: null,
      validateEveryEpochs: 5,
      checkpointEverySteps: 0,
      ...recipe.plan,
      settings: {
        network: 'inception-resnet-v1',
        embeddingSize: 128,
        optimiser: 'ADAGRAD',
        batchSize: 90,
        readSizePx: 182,
        imageSizePx: 160,
        augmentation: { randomCrop: true, randomFlip: true, randomRotate: false },
        standardisation: 'fixed',
        keepProbability: 1,
        weightDecay: 0,
        movingAverageDecay: 0.9999,
        seed: SEED,
        ...recipe.settings,
        loss: isTriplet
          ? { kind: 'triplet', alpha: 0.2 }
          : {
              kind: 'softmax',
              // The data tells how many there are.
              classes: 2,
              centreLossFactor: 0,
              centreLossAlfa: 0.95,
              prelogitsNormFactor: 0,
              prelogitsNormP: 1,
              ...recipe.softmax,
            },
      },
    },
  };
};
