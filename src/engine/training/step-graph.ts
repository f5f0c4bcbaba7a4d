import type { SoftmaxLoss, TrainingSettings } from '../../contract/training.ts';
import { WEIGHTS } from '../facenet/variables.ts';
import {
  addAll,
  binary,
  castToFloat,
  halfSquaredSum,
  pack,
  reduceAll,
  times,
  unary,
} from '../graph/arithmetic.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { gradientsOf } from '../graph/gradients.ts';
import { augment, drawsOf, standardise } from './augment.ts';
import { applyWhereFinite, movingAverages } from './apply.ts';
import {
  centreLoss,
  crossEntropyOfEach,
  hitOfEach,
  prelogitsNorm,
  toUnitLength,
  tripletLossOfEach,
  weightDecay,
  type CentreLoss,
} from './losses.ts';
import { NETWORKS } from './networks.ts';
import { optimiser } from './optimisers.ts';
import { classifier, variableLayers, type Update } from './variable-layers.ts';
import { assign, type Variables } from './variables.ts';

/** Name of the centres of the classes, as in the seed. */
export const CENTRES = 'centers';

/** What a step tells, in this order. `isApplied` is 0 where loss or gradient was not finite, and then nothing has changed. */
export const STEP_METRICS = [
  'loss',
  'crossEntropy',
  'centerLoss',
  'regularization',
  'prelogitsNorm',
  'accuracy',
  'gradientNorm',
  'isApplied',
] as const;
export type StepMetric = (typeof STEP_METRICS)[number];

export type StepGraph = {
  readonly inputs: {
    /** [batch, readSizePx, readSizePx, 3] uint8. */
    readonly images: GraphTensor;
    /** [batch] int32. */
    readonly labels: GraphTensor;
    readonly learningRate: GraphTensor;
    /** Number of the step, from 1. */
    readonly step: GraphTensor;
  };
  /** [metrics], in the order of `STEP_METRICS`. */
  readonly metrics: GraphTensor;
  /** Loss of each sample [batch], or of each triplet [batch / 3]. */
  readonly lossOfEach: GraphTensor;
  /** [batch, embeddingSize]. */
  readonly prelogits: GraphTensor;
};

type Losses = {
  readonly data: GraphTensor;
  readonly ofEach: GraphTensor;
  readonly accuracy: GraphTensor;
  /** Added to the data's, each already with its factor. */
  readonly regularisers: readonly GraphTensor[];
  readonly centre: CentreLoss | null;
  readonly prelogitsNorm: GraphTensor;
};

const softmaxLosses = (
  graph: GraphBuilder,
  variables: Variables,
  { prelogits, labels }: { readonly prelogits: GraphTensor; readonly labels: GraphTensor },
  loss: SoftmaxLoss,
): Losses => {
  const logits = classifier(graph, variables, prelogits, loss.classes);
  const ofEach = crossEntropyOfEach(graph, logits, labels);
  const norm = prelogitsNorm(graph, prelogits, loss.prelogitsNormP);
  const centres = variables.get(CENTRES, [loss.classes, prelogits.shape[1] ?? 0]);
  const centre = centreLoss(graph, centres, prelogits, labels, loss.centreLossAlfa);
  return {
    data: reduceAll(graph, 'Mean', ofEach),
    ofEach,
    accuracy: reduceAll(graph, 'Mean', hitOfEach(graph, logits, labels)),
    regularisers: [
      ...(loss.prelogitsNormFactor > 0 ? [times(graph, norm, loss.prelogitsNormFactor)] : []),
      ...(loss.centreLossFactor > 0 ? [times(graph, centre.loss, loss.centreLossFactor)] : []),
    ],
    centre,
    prelogitsNorm: norm,
  };
};

const tripletLosses = (graph: GraphBuilder, prelogits: GraphTensor, alpha: number): Losses => {
  const ofEach = tripletLossOfEach(graph, toUnitLength(graph, prelogits), alpha);
  const isSolved = graph.operation(
    'LessEqual',
    'is_solved',
    [ofEach, graph.scalar('zero', 0)],
    { T: { type: 'float32' } },
    { type: 'bool', shape: ofEach.shape },
  );
  return {
    data: reduceAll(graph, 'Mean', ofEach),
    ofEach,
    accuracy: reduceAll(graph, 'Mean', castToFloat(graph, isSolved)),
    regularisers: [],
    centre: null,
    prelogitsNorm: prelogitsNorm(graph, prelogits, 1),
  };
};

/** [2] int32 out of the run's seed, a purpose and the step: the state of every random draw of a step. */
const seedsOf =
  (graph: GraphBuilder, seed: number, step: GraphTensor) =>
  (purpose: number): GraphTensor =>
    pack(graph, [graph.constant('seed', Int32Array.of((seed ^ (purpose * 0x9e3779b1)) | 0), []), step], 0);

/** Purpose of the dropout's draws; 0 to 3 are those of `augment`. */
const DROPOUT = 4;

/** Adds forward pass, gradients and updates of one training step: one native call. */
export const stepGraph = (
  graph: GraphBuilder,
  variables: Variables,
  settings: TrainingSettings,
): StepGraph => {
  const { batchSize, readSizePx, loss } = settings;
  const images = graph.placeholder('step_images', 'uint8', [batchSize, readSizePx, readSizePx, 3]);
  const labels = graph.placeholder('step_labels', 'int32', [batchSize]);
  const learningRate = graph.placeholder('learning_rate', 'float32', []);
  const step = graph.placeholder('step', 'int32', []);
  const seedOf = seedsOf(graph, settings.seed, step);
  const augmented = augment(
    graph,
    castToFloat(graph, images),
    settings.imageSizePx,
    settings.augmentation,
    drawsOf(graph, seedOf, batchSize),
  );
  const statistics: Update[] = [];
  const layers = variableLayers(graph, variables, {
    keepProbability: settings.keepProbability,
    dropoutSeed: seedOf(DROPOUT),
    onUpdate: (update) => statistics.push(update),
  });
  const prelogits = NETWORKS[settings.network](
    layers,
    standardise(graph, augmented, settings.standardisation),
    { embeddingSize: settings.embeddingSize },
  );
  const losses =
    loss.kind === 'softmax'
      ? softmaxLosses(graph, variables, { prelogits, labels }, loss)
      : tripletLosses(graph, prelogits, loss.alpha);
  const moving = new Set(statistics.map(({ variable }) => variable.name));
  const trained = variables.all.filter(({ name }) => name !== CENTRES && !moving.has(name));
  const kernels = trained.filter(({ name }) => name.endsWith(`/${WEIGHTS}`));
  const regularisers = [
    ...(settings.weightDecay > 0 ? [weightDecay(graph, kernels, settings.weightDecay)] : []),
    ...losses.regularisers,
  ];
  const zero = graph.scalar('zero', 0);
  const regularisation = regularisers.length > 0 ? addAll(graph, regularisers) : zero;
  const total = binary(graph, 'AddV2', losses.data, regularisation);
  const gradients = gradientsOf(
    graph,
    total,
    trained.map(({ value }) => value),
  );
  const halfSquared = addAll(
    graph,
    gradients.map((gradient) => halfSquaredSum(graph, gradient)),
  );
  const stepNumber = castToFloat(graph, step);
  const apply = optimiser(graph, variables, settings.optimiser, { learningRate, stepNumber });
  const averages = movingAverages(graph, variables, settings.movingAverageDecay, stepNumber);
  const isApplied = applyWhereFinite(graph, binary(graph, 'AddV2', total, halfSquared), (after) => [
    ...trained.flatMap((variable, index) => {
      const gradient = gradients[index];
      if (gradient === undefined) throw new RangeError(`${variable.name} has no gradient.`);
      return averages(variable, apply(variable, gradient, after));
    }),
    ...statistics.flatMap(({ variable, value }) => averages(variable, assign(graph, variable, value, after))),
    ...(losses.centre === null ? [] : [losses.centre.update(after)]),
  ]);
  const metrics: Readonly<Record<StepMetric, GraphTensor>> = {
    loss: total,
    crossEntropy: losses.data,
    centerLoss: losses.centre?.loss ?? zero,
    regularization: regularisation,
    prelogitsNorm: losses.prelogitsNorm,
    accuracy: losses.accuracy,
    gradientNorm: unary(graph, 'Sqrt', times(graph, halfSquared, 2)),
    isApplied,
  };
  return {
    inputs: { images, labels, learningRate, step },
    metrics: pack(
      graph,
      STEP_METRICS.map((name) => metrics[name]),
      0,
    ),
    lossOfEach: losses.ofEach,
    prelogits,
  };
};
