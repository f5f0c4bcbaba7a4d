import { BATCH_NORM_EPSILON } from '../facenet/inference.ts';
import type { Layers } from '../facenet/layers.ts';
import { BETA, BIASES, MOVING_MEAN, MOVING_VARIANCE, WEIGHTS } from '../facenet/variables.ts';
import {
  binary,
  concatenate,
  FLOAT,
  multiplyMatrices,
  randomUniform,
  reduce,
  reshape,
  times,
  unary,
} from '../graph/arithmetic.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { dimension, outputSize, pool } from '../network/graph-shapes.ts';
import type { Padding } from '../network/operations.ts';
import type { Variable, Variables } from './variables.ts';

/** Of a moving statistic this share stays at each step; facenet, `batch_norm_params`. */
export const BATCH_NORM_DECAY = 0.995;

/** A variable and what it becomes when the step is over. */
export type Update = { readonly variable: Variable; readonly value: GraphTensor };

export type TrainingMode = {
  /** Share of the values that the dropout keeps. */
  readonly keepProbability: number;
  /** [2] int32, another one for each step. */
  readonly dropoutSeed: GraphTensor;
  /** Hears of each moving statistic of a batch norm. */
  readonly onUpdate: (update: Update) => void;
};

const biasAdd = (graph: GraphBuilder, x: GraphTensor, bias: GraphTensor): GraphTensor =>
  graph.operation(
    'BiasAdd',
    'bias_add',
    [x, bias],
    { T: FLOAT, data_format: { string: 'NHWC' } },
    { type: 'float32', shape: x.shape },
  );

const convolve = (
  graph: GraphBuilder,
  x: GraphTensor,
  kernel: GraphTensor,
  { stride, padding }: { readonly stride: number; readonly padding: Padding },
): GraphTensor =>
  graph.operation(
    'Conv2D',
    'convolution',
    [x, kernel],
    {
      T: FLOAT,
      strides: { integers: [1, stride, stride, 1] },
      padding: { string: padding },
      data_format: { string: 'NHWC' },
      dilations: { integers: [1, 1, 1, 1] },
    },
    {
      type: 'float32',
      shape: [
        dimension(x, 0),
        outputSize(dimension(x, 1), dimension(kernel, 0), stride, padding),
        outputSize(dimension(x, 2), dimension(kernel, 1), stride, padding),
        dimension(kernel, 3),
      ],
    },
  );

/**
 * Batch norm of images [batch, height, width, channels] without a scale. While training TensorFlow's kernel itself moves the
 * statistics on: what it takes as mean and variance are the moving ones, what it gives are their next values.
 */
const batchNorm = (
  graph: GraphBuilder,
  variables: Variables,
  x: GraphTensor,
  scope: string,
  training: TrainingMode | null,
): GraphTensor => {
  const shape = [dimension(x, 3)];
  const [beta, mean, variance] = [BETA, MOVING_MEAN, MOVING_VARIANCE].map((name) =>
    variables.get(`${scope}/${name}`, shape),
  ) as [Variable, Variable, Variable];
  const ones = graph.constant('no_scale', new Float32Array(dimension(x, 3)).fill(1), shape);
  const statistic = { type: 'float32', shape } as const;
  const [result, nextMean, nextVariance] = graph.node(
    'FusedBatchNormV3',
    'batch_norm',
    [x, ones, beta.value, mean.value, variance.value],
    {
      T: FLOAT,
      U: FLOAT,
      epsilon: { float: BATCH_NORM_EPSILON },
      exponential_avg_factor: { float: training === null ? 1 : 1 - BATCH_NORM_DECAY },
      data_format: { string: 'NHWC' },
      is_training: { boolean: training !== null },
    },
    [{ type: 'float32', shape: x.shape }, statistic, statistic, statistic, statistic, statistic],
  );
  if (result === undefined || nextMean === undefined || nextVariance === undefined)
    throw new RangeError('A batch norm gives six tensors.');
  training?.onUpdate({ variable: mean, value: nextMean });
  training?.onUpdate({ variable: variance, value: nextVariance });
  return result;
};

const dropout = (graph: GraphBuilder, x: GraphTensor, training: TrainingMode): GraphTensor => {
  const { keepProbability, dropoutSeed } = training;
  const drawn = randomUniform(graph, x.shape, dropoutSeed);
  const kept = unary(graph, 'Floor', binary(graph, 'AddV2', drawn, graph.scalar('keep', keepProbability)));
  return binary(graph, 'Mul', times(graph, x, 1 / keepProbability), kept);
};

/**
 * The layers of a network over variables: with `training` as a step computes them (statistics of the batch, dropout), without as
 * inference does, with the moving statistics.
 */
export const variableLayers = (
  graph: GraphBuilder,
  variables: Variables,
  training: TrainingMode | null,
): Layers<GraphTensor> => ({
  convolution(x, scope, { channels, size, stride = 1, padding = 'SAME' }) {
    const [rows, columns] = typeof size === 'number' ? [size, size] : size;
    const kernel = variables.get(`${scope}/${WEIGHTS}`, [rows, columns, dimension(x, 3), channels]);
    const convolved = convolve(graph, x, kernel.value, { stride, padding });
    return unary(graph, 'Relu', batchNorm(graph, variables, convolved, scope, training));
  },
  residual(x, branches, scope, { scale, isActivated }) {
    const channels = dimension(x, 3);
    const kernel = variables.get(`${scope}/${WEIGHTS}`, [1, 1, dimension(branches, 3), channels]);
    const bias = variables.get(`${scope}/${BIASES}`, [channels]);
    const projected = convolve(graph, branches, kernel.value, { stride: 1, padding: 'SAME' });
    const branch = times(graph, biasAdd(graph, projected, bias.value), scale);
    const sum = binary(graph, 'AddV2', x, branch);
    return isActivated ? unary(graph, 'Relu', sum) : sum;
  },
  concatenate: (images) => concatenate(graph, images, 3),
  maxPool: (x, options) => pool(graph, 'MaxPool', x, options),
  meanOverPicture: (x) => reduce(graph, 'Mean', x, [1, 2]),
  dropout: (x) => (training === null || training.keepProbability === 1 ? x : dropout(graph, x, training)),
  bottleneck(x, scope, units) {
    const kernel = variables.get(`${scope}/${WEIGHTS}`, [dimension(x, 1), units]);
    const rows = multiplyMatrices(graph, x, kernel.value);
    const batch = dimension(x, 0);
    const images = reshape(graph, rows, [batch, 1, 1, units]);
    return reshape(graph, batchNorm(graph, variables, images, scope, training), [batch, units]);
  },
});

/** A dense layer with bias: the seed's classifier over identities. */
export const classifier = (
  graph: GraphBuilder,
  variables: Variables,
  prelogits: GraphTensor,
  classes: number,
): GraphTensor => {
  const kernel = variables.get(`${CLASSIFIER}/${WEIGHTS}`, [dimension(prelogits, 1), classes]);
  const bias = variables.get(`${CLASSIFIER}/${BIASES}`, [classes]);
  return biasAdd(graph, multiplyMatrices(graph, prelogits, kernel.value), bias.value);
};

/** The seed's scope of the classifier. */
export const CLASSIFIER = 'Logits';
