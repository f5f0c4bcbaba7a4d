import type { GraphBuilder, GraphTensor } from './builder.ts';
import { UNKNOWN, type Shape } from './graph-def.ts';

/** Operations of TensorFlow on float32 tensors that gradients and losses are written in, with the shapes that they give. */

export const FLOAT = { type: 'float32' } as const;
export const INT = { type: 'int32' } as const;

/** Values of a shape. @throws RangeError where a size is only known when the graph runs */
export const sizeOf = (shape: Shape): number => {
  if (shape.includes(UNKNOWN)) throw new RangeError('The size of this tensor is not known before it runs.');
  return shape.reduce((product, size) => product * size, 1);
};

/** The shape of an operation on two tensors of which one may be stretched. @throws RangeError where they do not fit */
export const broadcastShape = (first: Shape, second: Shape): Shape => {
  const rank = Math.max(first.length, second.length);
  const sizeAt = (shape: Shape, axis: number): number => shape[axis - (rank - shape.length)] ?? 1;
  return Array.from({ length: rank }, (_, axis) => {
    const [a, b] = [sizeAt(first, axis), sizeAt(second, axis)];
    if (a === b || b === 1) return a;
    if (a === 1) return b;
    throw new RangeError(`[${first.join(', ')}] and [${second.join(', ')}] do not fit each other.`);
  });
};

export type BinaryOperation = 'AddV2' | 'Sub' | 'Mul' | 'RealDiv' | 'Maximum' | 'Minimum' | 'Pow';

export const binary = (
  graph: GraphBuilder,
  operation: BinaryOperation,
  first: GraphTensor,
  second: GraphTensor,
): GraphTensor =>
  graph.operation(
    operation,
    operation.toLowerCase(),
    [first, second],
    { T: { type: first.type } },
    { type: first.type, shape: broadcastShape(first.shape, second.shape) },
  );

export type UnaryOperation =
  | 'Neg'
  | 'Square'
  | 'Sqrt'
  | 'Rsqrt'
  | 'Abs'
  | 'Sign'
  | 'Log'
  | 'Floor'
  | 'Relu'
  | 'Cos'
  | 'Sin'
  | 'Identity';

export const unary = (graph: GraphBuilder, operation: UnaryOperation, x: GraphTensor): GraphTensor =>
  graph.elementwise(operation, operation.toLowerCase(), x);

/** A tensor times a number. */
export const times = (graph: GraphBuilder, x: GraphTensor, factor: number): GraphTensor =>
  factor === 1 ? x : binary(graph, 'Mul', x, graph.scalar('factor', factor));

/** The sum or mean over axes. */
export const reduce = (
  graph: GraphBuilder,
  operation: 'Sum' | 'Mean',
  x: GraphTensor,
  axes: readonly number[],
  keepsDimensions = false,
): GraphTensor =>
  graph.operation(
    operation,
    operation.toLowerCase(),
    [x, graph.constant('axes', Int32Array.from(axes), [axes.length])],
    { T: FLOAT, Tidx: INT, keep_dims: { boolean: keepsDimensions } },
    {
      type: 'float32',
      shape: x.shape.flatMap((size, axis) => (!axes.includes(axis) ? [size] : keepsDimensions ? [1] : [])),
    },
  );

/** The sum or mean of all values, without dimensions. */
export const reduceAll = (graph: GraphBuilder, operation: 'Sum' | 'Mean', x: GraphTensor): GraphTensor =>
  reduce(
    graph,
    operation,
    x,
    x.shape.map((_, axis) => axis),
  );

export const reshape = (graph: GraphBuilder, x: GraphTensor, shape: Shape): GraphTensor =>
  graph.operation(
    'Reshape',
    'reshaped',
    [x, graph.constant('shape', Int32Array.from(shape), [shape.length])],
    { T: { type: x.type }, Tshape: INT },
    { type: x.type, shape },
  );

/** A tensor stretched to a shape. */
export const broadcastTo = (graph: GraphBuilder, x: GraphTensor, shape: Shape): GraphTensor =>
  graph.operation(
    'BroadcastTo',
    'stretched',
    [x, graph.constant('shape', Int32Array.from(shape), [shape.length])],
    { T: { type: x.type }, Tidx: INT },
    { type: x.type, shape },
  );

/** The sum of equally shaped tensors. */
export const addAll = (graph: GraphBuilder, tensors: readonly GraphTensor[]): GraphTensor => {
  const [first] = tensors;
  if (first === undefined) throw new RangeError('There is nothing to add.');
  if (tensors.length === 1) return first;
  return graph.operation(
    'AddN',
    'add_n',
    tensors,
    { T: { type: first.type }, N: { integer: tensors.length } },
    { type: first.type, shape: first.shape },
  );
};

export const multiplyMatrices = (
  graph: GraphBuilder,
  first: GraphTensor,
  second: GraphTensor,
  transposed: { readonly first?: boolean; readonly second?: boolean } = {},
): GraphTensor =>
  graph.operation(
    'MatMul',
    'product',
    [first, second],
    {
      T: FLOAT,
      transpose_a: { boolean: transposed.first ?? false },
      transpose_b: { boolean: transposed.second ?? false },
    },
    {
      type: 'float32',
      shape: [
        first.shape[transposed.first === true ? 1 : 0] ?? 1,
        second.shape[transposed.second === true ? 0 : 1] ?? 1,
      ],
    },
  );

/** Equally shaped tensors as slices along a new axis. */
export const pack = (graph: GraphBuilder, tensors: readonly GraphTensor[], axis: number): GraphTensor => {
  const [first] = tensors;
  if (first === undefined) throw new RangeError('There is nothing to pack.');
  return graph.operation(
    'Pack',
    'packed',
    tensors,
    { T: { type: first.type }, N: { integer: tensors.length }, axis: { integer: axis } },
    { type: first.type, shape: [...first.shape.slice(0, axis), tensors.length, ...first.shape.slice(axis)] },
  );
};

/** The slices of a tensor along an axis, which goes. */
export const unpack = (graph: GraphBuilder, x: GraphTensor, axis: number): readonly GraphTensor[] => {
  const count = x.shape[axis] ?? 0;
  const shape = x.shape.filter((_, index) => index !== axis);
  return graph.node(
    'Unpack',
    'unpacked',
    [x],
    { T: { type: x.type }, num: { integer: count }, axis: { integer: axis } },
    Array.from({ length: count }, () => ({ type: x.type, shape })),
  );
};

export const castToFloat = (graph: GraphBuilder, x: GraphTensor): GraphTensor =>
  graph.operation(
    'Cast',
    'to_float',
    [x],
    { SrcT: { type: x.type }, DstT: FLOAT },
    { type: 'float32', shape: x.shape },
  );

/** Half the sum of squares: TensorFlow's `l2_loss`. */
export const halfSquaredSum = (graph: GraphBuilder, x: GraphTensor): GraphTensor =>
  graph.operation('L2Loss', 'l2_loss', [x], { T: FLOAT }, { type: 'float32', shape: [] });

/** A tensor through which no gradient flows. */
export const stopGradient = (graph: GraphBuilder, x: GraphTensor): GraphTensor =>
  graph.operation('StopGradient', 'constant_from_here', [x], { T: { type: x.type } }, x);

/** Tensors one behind the other along an axis. */
export const concatenate = (
  graph: GraphBuilder,
  tensors: readonly GraphTensor[],
  axis: number,
): GraphTensor => {
  const [first] = tensors;
  if (first === undefined) throw new RangeError('There is nothing to concatenate.');
  const total = tensors.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return graph.operation(
    'ConcatV2',
    'concatenated',
    [...tensors, graph.constant('axis', Int32Array.of(axis), [])],
    { T: { type: first.type }, Tidx: INT, N: { integer: tensors.length } },
    { type: first.type, shape: first.shape.map((size, index) => (index === axis ? total : size)) },
  );
};

/** A float32 tensor of numbers in [0, 1) that hang on `seed` [2] int32 alone. */
export const randomUniform = (graph: GraphBuilder, shape: Shape, seed: GraphTensor): GraphTensor =>
  graph.operation(
    'StatelessRandomUniform',
    'random',
    [graph.constant('shape', Int32Array.from(shape), [shape.length]), seed],
    { dtype: FLOAT, T: INT, Tseed: INT },
    { type: 'float32', shape },
  );
