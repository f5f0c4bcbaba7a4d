import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { UNKNOWN } from '../graph/graph-def.ts';
import type { Padding, PoolOptions } from './operations.ts';

export const FLOAT = { type: 'float32' } as const;
export const INT = { type: 'int32' } as const;

/** How many windows fit along a side; unknown where the side is. */
export const outputSize = (size: number, window: number, stride: number, padding: Padding): number => {
  if (size === UNKNOWN) return UNKNOWN;
  return Math.ceil((padding === 'SAME' ? size : size - window + 1) / stride);
};

/** @throws RangeError when the tensor has no such dimension */
export const dimension = (tensor: GraphTensor, index: number): number => {
  const size = tensor.shape[index];
  if (size === undefined) throw new RangeError(`${tensor.name} has no dimension ${String(index)}.`);
  return size;
};

/** The shape of images after a pooling. */
export const pooledShape = (x: GraphTensor, { size, stride, padding }: PoolOptions): readonly number[] => [
  dimension(x, 0),
  outputSize(dimension(x, 1), size, stride, padding),
  outputSize(dimension(x, 2), size, stride, padding),
  dimension(x, 3),
];

/** The largest or the mean value of each window; the mean of the values that lie in the picture. */
export const pool = (
  graph: GraphBuilder,
  kind: 'MaxPool' | 'AvgPool',
  x: GraphTensor,
  options: PoolOptions,
): GraphTensor => {
  const { size, stride, padding } = options;
  const attributes = {
    T: FLOAT,
    ksize: { integers: [1, size, size, 1] },
    strides: { integers: [1, stride, stride, 1] },
    padding: { string: padding },
    data_format: { string: 'NHWC' },
  };
  return graph.operation(kind, kind === 'MaxPool' ? 'max_pool' : 'mean_pool', [x], attributes, {
    type: 'float32',
    shape: pooledShape(x, options),
  });
};
