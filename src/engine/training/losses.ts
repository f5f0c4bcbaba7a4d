import {
  addAll,
  binary,
  castToFloat,
  FLOAT,
  halfSquaredSum,
  INT,
  reduce,
  reduceAll,
  reshape,
  stopGradient,
  times,
  unary,
  unpack,
} from '../graph/arithmetic.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { LEAST_SQUARED_LENGTH } from '../network/operations.ts';
import type { Variable } from './variables.ts';

/** The seed's losses (facenet.py, train_softmax.py) as nodes of a graph. All give float32. */

/** Cross-entropy of each sample: logits [batch, classes], labels [batch] int32, to [batch]. */
export const crossEntropyOfEach = (
  graph: GraphBuilder,
  logits: GraphTensor,
  labels: GraphTensor,
): GraphTensor => {
  const [batch = 0] = logits.shape;
  const [loss] = graph.node(
    'SparseSoftmaxCrossEntropyWithLogits',
    'cross_entropy',
    [logits, labels],
    { T: FLOAT, Tlabels: INT },
    [
      { type: 'float32', shape: [batch] },
      { type: 'float32', shape: logits.shape },
    ],
  );
  if (loss === undefined) throw new RangeError('A cross-entropy gives two tensors.');
  return loss;
};

/** 1 for each sample whose largest logit is that of its label, else 0: [batch]. */
export const hitOfEach = (graph: GraphBuilder, logits: GraphTensor, labels: GraphTensor): GraphTensor => {
  const shape = [logits.shape[0] ?? 0];
  const best = graph.operation(
    'ArgMax',
    'best',
    [logits, graph.constant('axis', Int32Array.of(1), [])],
    { T: FLOAT, Tidx: INT, output_type: INT },
    { type: 'int32', shape },
  );
  return castToFloat(
    graph,
    graph.operation(
      'Equal',
      'is_hit',
      [best, labels],
      { T: INT, incompatible_shape_error: { boolean: true } },
      { type: 'bool', shape },
    ),
  );
};

/** Sum over kernels of `decay` / 2 times the sum of their squares: TF-Slim's `l2_regularizer`. */
export const weightDecay = (graph: GraphBuilder, kernels: readonly Variable[], decay: number): GraphTensor =>
  times(
    graph,
    addAll(
      graph,
      kernels.map(({ value }) => halfSquaredSum(graph, value)),
    ),
    decay,
  );

/** Added to each length of a coordinate, against a slope without end at 0; train_softmax.py, `eps`. */
const PRELOGITS_EPSILON = 1e-4;

/** The mean over the batch of the p-norm of |prelogits| + 1e-4. */
export const prelogitsNorm = (graph: GraphBuilder, prelogits: GraphTensor, p: number): GraphTensor => {
  const lengths = binary(
    graph,
    'AddV2',
    unary(graph, 'Abs', prelogits),
    graph.scalar('epsilon', PRELOGITS_EPSILON),
  );
  if (p === 1) return reduceAll(graph, 'Mean', reduce(graph, 'Sum', lengths, [1]));
  const power = (x: GraphTensor, exponent: number): GraphTensor =>
    binary(graph, 'Pow', x, graph.scalar('exponent', exponent));
  return reduceAll(graph, 'Mean', power(reduce(graph, 'Sum', power(lengths, p), [1]), 1 / p));
};

export type CentreLoss = {
  /** The mean over all elements of the squared distance to the centres as they were before this step. */
  readonly loss: GraphTensor;
  /** Moves the centres, once everything in `after` has run; the samples of one class add up, as in the seed. */
  readonly update: (after: readonly GraphTensor[]) => GraphTensor;
};

/** Centre loss (Wen et al. 2016) as in facenet.py, `center_loss`: centres move by (1 - alfa) of the difference. */
export const centreLoss = (
  graph: GraphBuilder,
  centres: Variable,
  features: GraphTensor,
  labels: GraphTensor,
  alfa: number,
): CentreLoss => {
  const own = graph.operation(
    'ResourceGather',
    'own_centres',
    [centres.handle, labels],
    { dtype: FLOAT, Tindices: INT, batch_dims: { integer: 0 }, validate_indices: { boolean: true } },
    { type: 'float32', shape: features.shape },
  );
  const difference = times(graph, binary(graph, 'Sub', own, stopGradient(graph, features)), 1 - alfa);
  return {
    loss: reduceAll(
      graph,
      'Mean',
      unary(graph, 'Square', binary(graph, 'Sub', features, stopGradient(graph, own))),
    ),
    update: (after) =>
      graph.effect(
        'ResourceScatterSub',
        'move_centres',
        [centres.handle, labels, difference],
        { dtype: FLOAT, Tindices: INT },
        after,
      ),
  };
};

/** Rows [batch, values] of unit length: TensorFlow's `l2_normalize` with the seed's epsilon. */
export const toUnitLength = (graph: GraphBuilder, x: GraphTensor): GraphTensor => {
  const squared = reduce(graph, 'Sum', unary(graph, 'Square', x), [1], true);
  const bounded = binary(graph, 'Maximum', squared, graph.scalar('least', LEAST_SQUARED_LENGTH));
  return binary(graph, 'Mul', x, unary(graph, 'Rsqrt', bounded));
};

/**
 * Triplet loss of facenet.py: the mean of max(|a - p|² - |a - n|² + alpha, 0). Embeddings [3 * triplets, values] hold anchor, positive
 * and negative in turn. Gives [triplets].
 */
export const tripletLossOfEach = (
  graph: GraphBuilder,
  embeddings: GraphTensor,
  alpha: number,
): GraphTensor => {
  const [rows = 0, values = 0] = embeddings.shape;
  const [anchor, positive, negative] = unpack(graph, reshape(graph, embeddings, [rows / 3, 3, values]), 1);
  if (anchor === undefined || positive === undefined || negative === undefined)
    throw new RangeError('A triplet is three embeddings.');
  const squaredDistance = (other: GraphTensor): GraphTensor =>
    reduce(graph, 'Sum', unary(graph, 'Square', binary(graph, 'Sub', anchor, other)), [1]);
  const surplus = binary(graph, 'Sub', squaredDistance(positive), squaredDistance(negative));
  return binary(
    graph,
    'Maximum',
    binary(graph, 'AddV2', surplus, graph.scalar('alpha', alpha)),
    graph.scalar('zero', 0),
  );
};
