import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { GraphBuilder, type GraphTensor } from '../graph/builder.ts';
import { UNKNOWN } from '../graph/graph-def.ts';
import type { Operations, Padding } from './operations.ts';

const FLOAT = { type: 'float32' } as const;
const INT = { type: 'int32' } as const;

const outputSize = (size: number, window: number, stride: number, padding: Padding): number => {
  if (size === UNKNOWN) return UNKNOWN;
  return Math.ceil((padding === 'SAME' ? size : size - window + 1) / stride);
};

const dimension = (tensor: GraphTensor, index: number): number => {
  const size = tensor.shape[index];
  if (size === undefined) throw new RangeError(`${tensor.name} has no dimension ${String(index)}.`);
  return size;
};

/** Writes networks as nodes of a TensorFlow graph. */
export const graphOperations = (graph: GraphBuilder): Operations<GraphTensor> => {
  const weight = (name: string, tensor: NamedTensor): GraphTensor =>
    graph.constant(name, tensor.values, tensor.shape);
  const addBias = (x: GraphTensor, bias: GraphTensor): GraphTensor =>
    graph.operation(
      'BiasAdd',
      'bias_add',
      [x, bias],
      { T: FLOAT, data_format: { string: 'NHWC' } },
      { type: 'float32', shape: x.shape },
    );
  return {
    toFloat(images) {
      return graph.operation(
        'Cast',
        'to_float',
        [images],
        { SrcT: { type: images.type }, DstT: FLOAT },
        { type: 'float32', shape: images.shape },
      );
    },
    plus(x, y) {
      return graph.elementwise('AddV2', 'plus', x, y);
    },
    convolution(x, kernel, bias, { stride = 1, padding = 'VALID' } = {}) {
      const [height = 0, width = 0, , channels = 0] = kernel.shape;
      const shape = [
        dimension(x, 0),
        outputSize(dimension(x, 1), height, stride, padding),
        outputSize(dimension(x, 2), width, stride, padding),
        channels,
      ];
      const y = graph.operation(
        'Conv2D',
        'convolution',
        [x, weight('kernel', kernel)],
        {
          T: FLOAT,
          strides: { integers: [1, stride, stride, 1] },
          padding: { string: padding },
          data_format: { string: 'NHWC' },
          dilations: { integers: [1, 1, 1, 1] },
        },
        { type: 'float32', shape },
      );
      return addBias(y, weight('bias', bias));
    },
    prelu(x, alpha) {
      // Where no alpha exceeds 1, max(x, alpha * x) is the same in two passes over memory instead of four.
      if (alpha.values.every((value) => value <= 1)) {
        return graph.elementwise(
          'Maximum',
          'prelu',
          x,
          graph.elementwise('Mul', 'leak', x, weight('alpha', alpha)),
        );
      }
      // x + (alpha - 1) * min(x, 0)
      const zero = graph.scalar('zero', 0);
      const negative = graph.elementwise('Minimum', 'negative', x, zero);
      const slope = { shape: alpha.shape, values: alpha.values.map((value) => value - 1) };
      return graph.elementwise(
        'AddV2',
        'prelu',
        x,
        graph.elementwise('Mul', 'leak', negative, weight('slope', slope)),
      );
    },
    maxPool(x, { size, stride, padding }) {
      const shape = [
        dimension(x, 0),
        outputSize(dimension(x, 1), size, stride, padding),
        outputSize(dimension(x, 2), size, stride, padding),
        dimension(x, 3),
      ];
      return graph.operation(
        'MaxPool',
        'max_pool',
        [x],
        {
          T: FLOAT,
          ksize: { integers: [1, size, size, 1] },
          strides: { integers: [1, stride, stride, 1] },
          padding: { string: padding },
          data_format: { string: 'NHWC' },
        },
        { type: 'float32', shape },
      );
    },
    flatten(x) {
      const columns = x.shape.slice(1).reduce((product, size) => product * size, 1);
      const shape = graph.constant('flat_shape', Int32Array.of(-1, columns), [2]);
      return graph.operation(
        'Reshape',
        'flat',
        [x, shape],
        { T: FLOAT, Tshape: INT },
        { type: 'float32', shape: [dimension(x, 0), columns] },
      );
    },
    dense(x, kernel, bias) {
      const y = graph.operation(
        'MatMul',
        'dense',
        [x, weight('kernel', kernel)],
        { T: FLOAT, transpose_a: { boolean: false }, transpose_b: { boolean: false } },
        { type: 'float32', shape: [dimension(x, 0), bias.values.length] },
      );
      return addBias(y, weight('bias', bias));
    },
  };
};
