import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { dimension, FLOAT, INT, outputSize, pool, pooledShape } from './graph-shapes.ts';
import { reductions } from './graph-reductions.ts';
import type { Operations, PadOptions, Padding } from './operations.ts';

const weight = (graph: GraphBuilder, name: string, tensor: NamedTensor): GraphTensor =>
  graph.constant(name, tensor.values, tensor.shape);

const addBias = (graph: GraphBuilder, x: GraphTensor, bias: NamedTensor): GraphTensor =>
  graph.operation(
    'BiasAdd',
    'bias_add',
    [x, weight(graph, 'bias', bias)],
    { T: FLOAT, data_format: { string: 'NHWC' } },
    { type: 'float32', shape: x.shape },
  );

const toFloat = (graph: GraphBuilder, images: GraphTensor): GraphTensor =>
  graph.operation(
    'Cast',
    'to_float',
    [images],
    { SrcT: { type: images.type }, DstT: FLOAT },
    { type: 'float32', shape: images.shape },
  );

const convolution = (
  graph: GraphBuilder,
  x: GraphTensor,
  kernel: NamedTensor,
  { stride, padding }: { readonly stride: number; readonly padding: Padding },
): GraphTensor => {
  const [height = 0, width = 0, , channels = 0] = kernel.shape;
  const shape = [
    dimension(x, 0),
    outputSize(dimension(x, 1), height, stride, padding),
    outputSize(dimension(x, 2), width, stride, padding),
    channels,
  ];
  const attributes = {
    T: FLOAT,
    strides: { integers: [1, stride, stride, 1] },
    padding: { string: padding },
    data_format: { string: 'NHWC' },
    dilations: { integers: [1, 1, 1, 1] },
  };
  const inputs = [x, weight(graph, 'kernel', kernel)];
  return graph.operation('Conv2D', 'convolution', inputs, attributes, { type: 'float32', shape });
};

const prelu = (graph: GraphBuilder, x: GraphTensor, alpha: NamedTensor): GraphTensor => {
  // Where no alpha exceeds 1, max(x, alpha * x) is the same in two passes over memory instead of three.
  if (alpha.values.every((value) => value <= 1)) {
    const leak = graph.elementwise('Mul', 'leak', x, weight(graph, 'alpha', alpha));
    return graph.elementwise('Maximum', 'prelu', x, leak);
  }
  // x + (alpha - 1) * min(x, 0)
  const negative = graph.elementwise('Minimum', 'negative', x, graph.scalar('zero', 0));
  const slope = { shape: alpha.shape, values: alpha.values.map((value) => value - 1) };
  const leak = graph.elementwise('Mul', 'leak', negative, weight(graph, 'slope', slope));
  return graph.elementwise('AddV2', 'prelu', x, leak);
};

const concatenate = (graph: GraphBuilder, images: readonly GraphTensor[]): GraphTensor => {
  const [first] = images;
  if (first === undefined) throw new RangeError('There is nothing to concatenate.');
  const channels = images.reduce((sum, image) => sum + dimension(image, 3), 0);
  return graph.operation(
    'ConcatV2',
    'concatenated',
    [...images, graph.constant('axis', Int32Array.of(3), [])],
    { T: FLOAT, Tidx: INT, N: { integer: images.length } },
    { type: 'float32', shape: [...first.shape.slice(0, 3), channels] },
  );
};

const padWithZeros = (
  graph: GraphBuilder,
  x: GraphTensor,
  { rows = 0, columns = 0, channels = 0 }: PadOptions,
): GraphTensor =>
  graph.operation(
    'Pad',
    'padded',
    [x, graph.constant('paddings', Int32Array.of(0, 0, 0, rows, 0, columns, 0, channels), [4, 2])],
    { T: FLOAT, Tpaddings: INT },
    {
      type: 'float32',
      shape: [dimension(x, 0), dimension(x, 1) + rows, dimension(x, 2) + columns, dimension(x, 3) + channels],
    },
  );

const flatten = (graph: GraphBuilder, x: GraphTensor): GraphTensor => {
  const columns = x.shape.slice(1).reduce((product, size) => product * size, 1);
  const shape = graph.constant('flat_shape', Int32Array.of(-1, columns), [2]);
  return graph.operation(
    'Reshape',
    'flat',
    [x, shape],
    { T: FLOAT, Tshape: INT },
    { type: 'float32', shape: [dimension(x, 0), columns] },
  );
};

const product = (graph: GraphBuilder, x: GraphTensor, kernel: NamedTensor, units: number): GraphTensor =>
  graph.operation(
    'MatMul',
    'dense',
    [x, weight(graph, 'kernel', kernel)],
    { T: FLOAT, transpose_a: { boolean: false }, transpose_b: { boolean: false } },
    { type: 'float32', shape: [dimension(x, 0), units] },
  );

/** The activations as our own operations of `native/activations.cc`. */
const fusedActivations = (graph: GraphBuilder): Pick<Operations<GraphTensor>, 'prelu' | 'preluMaxPool'> => {
  let noMask: GraphTensor | undefined;
  return {
    prelu: (x, alpha) =>
      graph.operation(
        'StudioPrelu',
        'prelu',
        [x, weight(graph, 'alpha', alpha)],
        {},
        { type: 'float32', shape: x.shape },
      ),
    preluMaxPool(x, alpha, options, mask) {
      noMask ??= graph.constant('no_mask', new Float32Array(), [0]);
      const { size, stride, padding } = options;
      return graph.operation(
        'StudioPreluMaxPool',
        'prelu_max_pool',
        [x, weight(graph, 'alpha', alpha), mask ?? noMask],
        { size: { integer: size }, stride: { integer: stride }, same: { boolean: padding === 'SAME' } },
        { type: 'float32', shape: pooledShape(x, options) },
      );
    },
  };
};

/** The activations as TensorFlow's operations. */
const plainActivations = (graph: GraphBuilder): Pick<Operations<GraphTensor>, 'prelu' | 'preluMaxPool'> => ({
  prelu: (x, alpha) => prelu(graph, x, alpha),
  preluMaxPool(x, alpha, options, mask) {
    const active = prelu(graph, x, alpha);
    return pool(
      graph,
      'MaxPool',
      mask === undefined ? active : graph.elementwise('AddV2', 'masked', active, mask),
      options,
    );
  },
});

/** Writes networks as nodes of a TensorFlow graph. `hasActivations`: our own operations are registered, and the graph runs on the processor. */
export const graphOperations = (graph: GraphBuilder, hasActivations: boolean): Operations<GraphTensor> => ({
  toFloat: (images) => toFloat(graph, images),
  convolution: (x, kernel, bias, { stride = 1, padding = 'VALID' } = {}) =>
    addBias(graph, convolution(graph, x, kernel, { stride, padding }), bias),
  ...(hasActivations ? fusedActivations(graph) : plainActivations(graph)),
  relu: (x) => graph.elementwise('Relu', 'relu', x),
  add: (x, y) => graph.elementwise('AddV2', 'sum', x, y),
  concatenate: (images) => concatenate(graph, images),
  maxPool: (x, options) => pool(graph, 'MaxPool', x, options),
  meanPool: (x, options) => pool(graph, 'AvgPool', x, options),
  padWithZeros: (x, zeros) => padWithZeros(graph, x, zeros),
  ...reductions(graph),
  flatten: (x) => flatten(graph, x),
  dense: (x, kernel, bias) => addBias(graph, product(graph, x, kernel, bias.values.length), bias),
});
