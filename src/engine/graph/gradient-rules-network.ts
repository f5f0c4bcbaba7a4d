import { binary, FLOAT, reshape } from './arithmetic.ts';
import type { GraphTensor } from './builder.ts';
import type { GradientRule } from './gradient-rule.ts';

/** Gradients of what networks are made of, by TensorFlow's own kernels for them. */

const shapeOf = ({ shape }: GraphTensor): Int32Array => Int32Array.from(shape);

/** The gradient of the one output that counts, and the inputs. @throws RangeError where there is none */
const known = <Tensor>(tensors: readonly (Tensor | undefined)[]): readonly [Tensor, ...Tensor[]] => {
  const [first, ...rest] = tensors.filter((tensor) => tensor !== undefined);
  if (first === undefined) throw new RangeError('An operation is asked for a gradient that nothing needs.');
  return [first, ...rest];
};

const pair = (tensors: readonly GraphTensor[]): readonly [GraphTensor, GraphTensor] => {
  const [first, second] = tensors;
  if (first === undefined || second === undefined) throw new RangeError('An operation lacks an input.');
  return [first, second];
};

const convolution: GradientRule = (graph, { inputs, attributes }, gradients) => {
  const [images, kernel] = pair(inputs);
  const [gradient] = known(gradients);
  const options = { ...attributes, T: FLOAT };
  return [
    graph.operation(
      'Conv2DBackpropInput',
      'd_images',
      [graph.constant('images_shape', shapeOf(images), [4]), kernel, gradient],
      options,
      { type: 'float32', shape: images.shape },
    ),
    graph.operation(
      'Conv2DBackpropFilter',
      'd_kernel',
      [images, graph.constant('kernel_shape', shapeOf(kernel), [4]), gradient],
      options,
      { type: 'float32', shape: kernel.shape },
    ),
  ];
};

/** For training: the batch's own statistics take part. Outputs 3 to 5 are what the kernel kept for its gradient. */
const batchNorm: GradientRule = (graph, { inputs, outputs, attributes }, gradients) => {
  const [x, scale, offset] = inputs;
  const [, , , ...kept] = outputs;
  const [gradient] = known(gradients);
  if (x === undefined || scale === undefined || offset === undefined || kept.length !== 3)
    throw new RangeError('FusedBatchNormV3 lacks what its gradient needs.');
  const { epsilon, is_training: isTraining, data_format: format, T, U } = attributes;
  if (!epsilon || !isTraining || !format || !T || !U) throw new RangeError('FusedBatchNormV3 is not said.');
  return graph
    .node(
      'FusedBatchNormGradV3',
      'd_batch_norm',
      [gradient, x, scale, ...kept],
      { T, U, epsilon, is_training: isTraining, data_format: format },
      [x, scale, offset, { type: 'float32', shape: [0] }, { type: 'float32', shape: [0] }],
    )
    .slice(0, 3);
};

const maxPool: GradientRule = (graph, { inputs, outputs, attributes }, gradients) => {
  const [x] = known(inputs);
  const [pooled] = known(outputs);
  const [gradient] = known(gradients);
  return [
    graph.operation('MaxPoolGrad', 'd_max_pool', [x, pooled, gradient], attributes, {
      type: 'float32',
      shape: x.shape,
    }),
  ];
};

const meanPool: GradientRule = (graph, { inputs, attributes }, gradients) => {
  const [x] = known(inputs);
  const [gradient] = known(gradients);
  return [
    graph.operation(
      'AvgPoolGrad',
      'd_mean_pool',
      [graph.constant('pooled_shape', shapeOf(x), [4]), gradient],
      attributes,
      { type: 'float32', shape: x.shape },
    ),
  ];
};

export const networkRules: Readonly<Record<string, GradientRule>> = {
  Conv2D: convolution,
  BiasAdd: (graph, { inputs }, gradients) => {
    const [x, bias] = pair(inputs);
    const [gradient] = known(gradients);
    return [
      gradient.shape.length === x.shape.length ? gradient : reshape(graph, gradient, x.shape),
      graph.operation(
        'BiasAddGrad',
        'd_bias',
        [gradient],
        { T: FLOAT, data_format: { string: 'NHWC' } },
        { type: 'float32', shape: bias.shape },
      ),
    ];
  },
  FusedBatchNormV3: batchNorm,
  Relu: (graph, { outputs }, gradients) => {
    const [active] = known(outputs);
    const [gradient] = known(gradients);
    return [
      graph.operation(
        'ReluGrad',
        'd_relu',
        [gradient, active],
        { T: FLOAT },
        { type: 'float32', shape: active.shape },
      ),
    ];
  },
  MaxPool: maxPool,
  AvgPool: meanPool,
  /** Output 1 is the gradient that the kernel computed on its way. */
  SparseSoftmaxCrossEntropyWithLogits: (graph, { outputs }, gradients) => {
    const [loss, backward] = pair(outputs);
    const [gradient] = known(gradients);
    const rows = reshape(graph, gradient, [loss.shape[0] ?? 1, 1]);
    return [binary(graph, 'Mul', rows, backward), undefined];
  },
};
