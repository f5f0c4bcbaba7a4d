import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Optimiser, type TrainingPlan } from '../../contract/training.ts';
import type { RunRequest } from '../../contract/runs.ts';
import { parseSchedule, ScheduleError, type ScheduleEntry } from '../../core/training/learning-rate.ts';
import { TRIPLET_RULES } from '../../core/training/triplets.ts';
import { engineOf, type CommonOptions } from '../settings.ts';
import { choiceOption, numberOption, UsageError } from '../usage.ts';

type Flags = CommonOptions & Readonly<Record<string, string | boolean | undefined>>;
export type TrainOptions = Flags;

/** Models by the seed's `--model_def`. */
const MODEL_DEFINITIONS: Readonly<Record<string, TrainingPlan['settings']['network']>> = {
  'models.inception_resnet_v1': 'inception-resnet-v1',
  'inception-resnet-v1': 'inception-resnet-v1',
  tiny: 'tiny',
};

/** Adds the seed's flags that both of its training scripts have, with their defaults. */
export const addTrainOptions = (command: Command): Command =>
  command
    .option('--name <name>', 'what you call the run')
    .option(
      '--logs-base-dir <folder>',
      'folder for the runs (default: "runs" in the workspace, or beside the data)',
    )
    .option('--models-base-dir <folder>', 'folder for the checkpoints (default: that of the runs)')
    .option('--pretrained-model <file>', 'weights to begin with, safetensors with the names of the seed')
    .option('--model-def <name>', 'the network', 'models.inception_resnet_v1')
    .option('--max-nrof-epochs <count>', 'epochs', '500')
    .option('--batch-size <images>', 'images of a step', '90')
    .option('--image-size <pixels>', 'side of what the network takes', '160')
    .option(
      '--read-size <pixels>',
      'side that images are read at, before the crop (default: 182, or the image size where that is larger)',
    )
    .option('--epoch-size <steps>', 'steps of an epoch', '1000')
    .option('--embedding-size <numbers>', 'numbers of an embedding', '128')
    .option('--random-crop', 'crop at random instead of in the middle', false)
    .option('--random-flip', 'mirror at random', false)
    .option('--random-rotate', 'turn by up to 10 degrees at random', false)
    .option(
      '--use-fixed-image-standardization',
      '(v - 127.5) / 128 instead of mean and deviation of each image',
      false,
    )
    .option('--keep-probability <share>', 'share of values that the dropout keeps', '1')
    .option('--weight-decay <factor>', 'L2 weight regularisation', '0')
    .option('--optimizer <name>', `the optimiser: ${Optimiser.options.join(', ')}`, 'ADAGRAD')
    .option('--learning-rate <rate>', 'initial learning rate; 0 or less takes the schedule file', '0.1')
    .option('--learning-rate-decay-epochs <epochs>', 'epochs between two decays', '100')
    .option('--learning-rate-decay-factor <factor>', 'what the rate is multiplied by at a decay', '1')
    .option('--learning-rate-schedule-file <file>', 'lines of "epoch: learning rate"; -1 ends the training')
    .option(
      '--moving-average-decay <decay>',
      'of the averaged weights that evaluation and export use; 0 for none',
      '0.9999',
    )
    .option('--seed <number>', 'seed of everything random', '666')
    .option('--checkpoint-every <steps>', 'checkpoints within an epoch; 0 for none', '0')
    .option('--keep-checkpoints <count>', 'newest checkpoints that are kept beside the best', '3');

/** Adds what only softmax training has. */
export const addSoftmaxOptions = (command: Command): Command =>
  command
    .option('--center-loss-factor <factor>', 'share of the centre loss', '0')
    .option('--center-loss-alfa <share>', 'how slowly centres move', '0.95')
    .option('--prelogits-norm-loss-factor <factor>', 'share of the norm of the prelogits', '0')
    .option('--prelogits-norm-p <p>', 'which norm', '1')
    .option('--filter-min-nrof-images-per-class <count>', 'classes with fewer images take no part', '0')
    .option('--validate-every-n-epochs <epochs>', 'epochs between two looks at the held-out images', '5')
    .option('--validation-set-split-ratio <share>', 'share of each class that is held out', '0')
    .option(
      '--min-nrof-val-images-per-class <count>',
      'classes that could hold out fewer hold out none',
      '0',
    );

/** Adds what only triplet training has. */
export const addTripletOptions = (command: Command): Command =>
  command
    .option('--alpha <margin>', 'how much farther a negative has to be than a positive, squared', '0.2')
    .option('--people-per-batch <people>', 'people of a round of selection', '45')
    .option('--images-per-person <images>', 'most images of each', '40')
    .option('--triplet-selection <rule>', `which negatives: ${TRIPLET_RULES.join(', ')}`, 'facenet');

const MANY = 1_000_000_000;

/** Reads numbers of flags by their names. */
const reader = (options: Flags) => {
  const text = (name: string): string => {
    const key = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const value = options[key];
    return typeof value === 'string' ? value : '';
  };
  const flag = (name: string): boolean =>
    options[name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())] === true;
  return {
    text,
    flag,
    count: (name: string, least = 1): number =>
      numberOption(`--${name}`, text(name), { least, most: MANY, isWhole: true }),
    number: (name: string, least: number, most: number = MANY): number =>
      numberOption(`--${name}`, text(name), { least, most }),
  };
};

const scheduleOf = (learningRate: number, file: string): readonly ScheduleEntry[] => {
  if (learningRate > 0) return [];
  if (file === '')
    throw new UsageError('--learning-rate is not positive: name a file with --learning-rate-schedule-file.');
  try {
    return parseSchedule(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof ScheduleError) throw new UsageError(`${file}: ${error.message}`);
    throw new UsageError(`${file} cannot be read: name a file of lines "epoch: learning rate".`);
  }
};

const DEFAULT_READ_PX = 182;

const settingsOf = (options: Flags, kind: 'softmax' | 'triplet'): TrainingPlan['settings'] => {
  const { text, flag, count, number } = reader(options);
  const network = MODEL_DEFINITIONS[text('model-def')];
  if (network === undefined)
    throw new UsageError(
      `--model-def takes one of ${Object.keys(MODEL_DEFINITIONS).join(', ')}, not "${text('model-def')}".`,
    );
  const imageSizePx = count('image-size');
  const batchSize = count('batch-size', 2);
  if (kind === 'triplet' && batchSize % 3 !== 0)
    throw new UsageError(`--batch-size takes a multiple of 3 for triplets, not ${String(batchSize)}.`);
  return {
    network,
    embeddingSize: count('embedding-size'),
    loss:
      kind === 'triplet'
        ? { kind, alpha: number('alpha', 0) }
        : {
            kind,
            // The data tells how many there are.
            classes: 2,
            centreLossFactor: number('center-loss-factor', 0),
            centreLossAlfa: number('center-loss-alfa', 0, 1),
            prelogitsNormFactor: number('prelogits-norm-loss-factor', 0),
            prelogitsNormP: numberOption('--prelogits-norm-p', text('prelogits-norm-p'), {
              least: 0,
              most: 100,
              isLeastExcluded: true,
            }),
          },
    optimiser: choiceOption('--optimizer', text('optimizer'), Optimiser.options),
    batchSize,
    readSizePx: text('read-size') === '' ? Math.max(DEFAULT_READ_PX, imageSizePx) : count('read-size'),
    imageSizePx,
    augmentation: {
      randomCrop: flag('random-crop'),
      randomFlip: flag('random-flip'),
      randomRotate: flag('random-rotate'),
    },
    standardisation: flag('use-fixed-image-standardization') ? 'fixed' : 'per-image',
    keepProbability: numberOption('--keep-probability', text('keep-probability'), {
      least: 0,
      most: 1,
      isLeastExcluded: true,
    }),
    weightDecay: number('weight-decay', 0),
    movingAverageDecay: number('moving-average-decay', 0, 0.999999),
    seed: numberOption('--seed', text('seed'), { least: 0, most: 0x7fffffff, isWhole: true }),
  };
};

/** What a training is asked for by its flags. @throws UsageError */
export const runRequestOf = (data: string, options: Flags, kind: 'softmax' | 'triplet'): RunRequest => {
  const { text, count, number } = reader(options);
  const learningRate = number('learning-rate', -MANY);
  const folderOf = (name: string): string | null => (text(name) === '' ? null : resolve(text(name)));
  const isSoftmax = kind === 'softmax';
  return {
    name: text('name') === '' ? null : text('name'),
    dataFolder: resolve(data),
    logsFolder: folderOf('logs-base-dir'),
    modelsFolder: folderOf('models-base-dir'),
    plan: {
      settings: settingsOf(options, kind),
      learningRate,
      schedule: [...scheduleOf(learningRate, text('learning-rate-schedule-file'))],
      decayEpochs: count('learning-rate-decay-epochs'),
      decayFactor: numberOption('--learning-rate-decay-factor', text('learning-rate-decay-factor'), {
        least: 0,
        most: MANY,
        isLeastExcluded: true,
      }),
      epochSize: count('epoch-size'),
      maxEpochs: count('max-nrof-epochs'),
      triplets: isSoftmax
        ? null
        : {
            rule: choiceOption('--triplet-selection', text('triplet-selection'), TRIPLET_RULES),
            peoplePerBatch: count('people-per-batch', 2),
            imagesPerPerson: count('images-per-person', 2),
          },
      validateEveryEpochs: isSoftmax ? count('validate-every-n-epochs') : 1,
      checkpointEverySteps: count('checkpoint-every', 0),
    },
    leastImagesPerClass: isSoftmax ? count('filter-min-nrof-images-per-class', 0) : 2,
    validationRatio: isSoftmax ? number('validation-set-split-ratio', 0, 0.99) : 0,
    leastValidationImages: isSoftmax ? count('min-nrof-val-images-per-class', 0) : 0,
    pretrained: folderOf('pretrained-model'),
    engine: engineOf(options),
    keepCheckpoints: count('keep-checkpoints'),
  };
};
