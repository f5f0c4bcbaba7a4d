import { describe, expect, it } from 'vitest';
import {
  bindingPackageFolder,
  loadBinding,
  type TensorFlowBinding,
} from '../../src/engine/backend/binding.ts';
import { loadGraph } from '../../src/engine/backend/native-graph.ts';
import {
  addAll,
  binary,
  concatenate,
  halfSquaredSum,
  multiplyMatrices,
  pack,
  reduce,
  reduceAll,
  reshape,
  unary,
  unpack,
} from '../../src/engine/graph/arithmetic.ts';
import { GraphBuilder, type GraphTensor } from '../../src/engine/graph/builder.ts';
import { gradientsOf } from '../../src/engine/graph/gradients.ts';
import { pool } from '../../src/engine/network/graph-shapes.ts';
import { crossEntropyOfEach, prelogitsNorm, toUnitLength } from '../../src/engine/training/losses.ts';
import { createRandom } from '../../src/core/training/random.ts';

const binding = ((): TensorFlowBinding | null => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

type Write = (graph: GraphBuilder, x: GraphTensor, y: GraphTensor) => GraphTensor;
type Case = readonly [name: string, x: readonly number[], y: readonly number[], write: Write];

const FLOAT = { type: 'float32' } as const;

const convolve =
  (stride: number, padding: 'SAME' | 'VALID'): Write =>
  (graph, x, y) => {
    const size = (side: number, kernel: number): number =>
      Math.ceil((padding === 'SAME' ? side : side - kernel + 1) / stride);
    return graph.operation(
      'Conv2D',
      'convolution',
      [x, y],
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
          x.shape[0] ?? 0,
          size(x.shape[1] ?? 0, y.shape[0] ?? 0),
          size(x.shape[2] ?? 0, y.shape[1] ?? 0),
          y.shape[3] ?? 0,
        ],
      },
    );
  };

/** `factor` 1: the batch's statistics alone; less: the kernel moves the statistics on by itself. */
const batchNorm =
  (factor: number): Write =>
  (graph, x, beta) => {
    const shape = beta.shape;
    const constant = (value: number): GraphTensor =>
      graph.constant('c', new Float32Array(shape[0] ?? 0).fill(value), shape);
    const [result] = graph.node(
      'FusedBatchNormV3',
      'batch_norm',
      [x, constant(1), beta, constant(0.3), constant(2)],
      {
        T: FLOAT,
        U: FLOAT,
        epsilon: { float: 0.001 },
        exponential_avg_factor: { float: factor },
        data_format: { string: 'NHWC' },
        is_training: { boolean: true },
      },
      [
        { type: 'float32', shape: x.shape },
        ...Array.from({ length: 5 }, () => ({ type: 'float32', shape }) as const),
      ],
    );
    if (result === undefined) throw new Error('A batch norm gives something.');
    return result;
  };

const biasAdd: Write = (graph, x, y) =>
  graph.operation('BiasAdd', 'bias', [x, y], { T: FLOAT, data_format: { string: 'NHWC' } }, x);

const CASES: readonly Case[] = [
  ['a sum with a stretched row', [3, 4], [4], (graph, x, y) => binary(graph, 'AddV2', x, y)],
  ['a difference', [3, 1], [3, 4], (graph, x, y) => binary(graph, 'Sub', x, y)],
  ['a product', [3, 4], [1, 4], (graph, x, y) => binary(graph, 'Mul', x, y)],
  [
    'a quotient',
    [3, 4],
    [3, 4],
    (graph, x, y) =>
      binary(graph, 'RealDiv', x, binary(graph, 'AddV2', unary(graph, 'Square', y), graph.scalar('one', 1))),
  ],
  ['the larger', [3, 4], [3, 4], (graph, x, y) => binary(graph, 'Maximum', x, y)],
  ['the smaller', [3, 4], [4], (graph, x, y) => binary(graph, 'Minimum', x, y)],
  [
    'sums over either of two equal axes',
    [4, 4],
    [4],
    (graph, x, y) => binary(graph, 'Mul', reduce(graph, 'Sum', x, [0]), y),
  ],
  [
    'means over a picture',
    [2, 3, 3, 2],
    [2],
    (graph, x, y) => binary(graph, 'Mul', reduce(graph, 'Mean', x, [1, 2]), y),
  ],
  [
    'a kept mean',
    [2, 5],
    [2, 5],
    (graph, x, y) => binary(graph, 'Sub', y, reduce(graph, 'Mean', x, [1], true)),
  ],
  ['a product of matrices', [3, 4], [4, 2], (graph, x, y) => multiplyMatrices(graph, x, y)],
  ['something used twice', [3], [3], (graph, x, y) => addAll(graph, [x, binary(graph, 'Mul', x, y), x])],
  ['concatenated channels', [2, 2, 2, 3], [2, 2, 2, 1], (graph, x, y) => concatenate(graph, [x, y, x], 3)],
  [
    'what is concatenated along rows of one shape',
    [2, 3],
    [2, 3],
    (graph, x, y) => concatenate(graph, [x, y], 0),
  ],
  [
    'slices and packs',
    [3, 2],
    [2],
    (graph, x, y) => {
      const [first = x, , third = x] = unpack(graph, x, 0);
      return pack(graph, [binary(graph, 'Mul', first, y), third], 1);
    },
  ],
  ['another shape', [2, 6], [3, 4], (graph, x, y) => binary(graph, 'Mul', reshape(graph, x, [3, 4]), y)],
  ['rows of unit length', [3, 4], [3, 4], (graph, x, y) => binary(graph, 'Mul', toUnitLength(graph, x), y)],
  [
    'half the sum of squares',
    [3, 4],
    [1],
    (graph, x, y) => binary(graph, 'Mul', halfSquaredSum(graph, x), y),
  ],
  [
    'the prelogits norm, p = 1',
    [3, 4],
    [1],
    (graph, x, y) => binary(graph, 'Mul', prelogitsNorm(graph, x, 1), y),
  ],
  [
    'the prelogits norm, p = 2',
    [3, 4],
    [1],
    (graph, x, y) => binary(graph, 'Mul', prelogitsNorm(graph, x, 2), y),
  ],
  ['a ReLU', [3, 4], [3, 4], (graph, x, y) => unary(graph, 'Relu', binary(graph, 'AddV2', x, y))],
  ['a bias', [2, 2, 2, 3], [3], biasAdd],
  ['a convolution, SAME', [2, 5, 5, 3], [3, 3, 3, 4], convolve(1, 'SAME')],
  ['a convolution, VALID, stride 2', [2, 7, 7, 3], [3, 3, 3, 4], convolve(2, 'VALID')],
  ['a convolution of one row', [1, 4, 6, 2], [1, 5, 2, 3], convolve(1, 'SAME')],
  ['batch norm with the statistics of the batch', [4, 3, 3, 2], [2], batchNorm(1)],
  ['batch norm that moves its statistics on', [4, 3, 3, 2], [2], batchNorm(0.005)],
  [
    'the largest of windows',
    [2, 5, 5, 2],
    [2],
    (graph, x, y) =>
      binary(graph, 'Mul', pool(graph, 'MaxPool', x, { size: 3, stride: 2, padding: 'VALID' }), y),
  ],
  [
    'the mean of windows',
    [2, 4, 4, 2],
    [2],
    (graph, x, y) =>
      binary(graph, 'Mul', pool(graph, 'AvgPool', x, { size: 2, stride: 2, padding: 'VALID' }), y),
  ],
  [
    'cross-entropy',
    [3, 4],
    [3],
    (graph, x, y) =>
      binary(
        graph,
        'Mul',
        crossEntropyOfEach(graph, x, graph.constant('labels', Int32Array.of(1, 0, 3), [3])),
        y,
      ),
  ],
];

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

describe.skipIf(binding === null)('gradients are the slopes that differences show', () => {
  it.each(CASES)('of %s', (_, xShape, yShape, write) => {
    if (binding === null) return;
    const random = createRandom(7);
    const noise = (shape: readonly number[]): Float32Array =>
      Float32Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1);
    const values = [noise(xShape), noise(yShape)] as const;
    const graph = new GraphBuilder();
    const x = graph.placeholder('x', 'float32', xShape);
    const y = graph.placeholder('y', 'float32', yShape);
    const result = write(graph, x, y);
    // Each value of the result counts differently.
    const weights = graph.constant('weights', noise(result.shape), result.shape);
    const loss = reduceAll(graph, 'Sum', binary(graph, 'Mul', result, weights));
    const loaded = loadGraph(binding, graph, [x, y], [loss, ...gradientsOf(graph, loss, [x, y])]);
    try {
      const run = (given: readonly Float32Array[]) =>
        loaded.run([
          { shape: xShape, values: given[0] ?? new Float32Array() },
          { shape: yShape, values: given[1] ?? new Float32Array() },
        ]);
      const [, ...gradients] = run(values);
      const step = 1 / 256;
      values.forEach((of, which) => {
        of.forEach((value, at) => {
          const lossAt = (moved: number): number => {
            const given = values.map((all, index) => (index === which ? Float32Array.from(all) : all));
            const changed = given[which];
            if (changed !== undefined) changed[at] = moved;
            return run(given)[0]?.[0] ?? Number.NaN;
          };
          const slope = (lossAt(value + step) - lossAt(value - step)) / (2 * step);
          expect(
            Math.abs((gradients[which]?.[at] ?? NaN) - slope),
            `${String(which)}, ${String(at)}: ${String(gradients[which]?.[at])} for ${String(slope)}`,
          ).toBeLessThan(0.02);
        });
      });
    } finally {
      loaded.dispose();
    }
  });
});
