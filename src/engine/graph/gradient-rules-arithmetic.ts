import {
  binary,
  broadcastTo,
  INT,
  multiplyMatrices,
  pack,
  reduce,
  reshape,
  sizeOf,
  times,
  unary,
  unpack,
} from './arithmetic.ts';
import type { GraphBuilder, GraphTensor, Operation } from './builder.ts';
import type { Attribute, Shape } from './graph-def.ts';
import type { GradientRule } from './gradient-rule.ts';

/** Gradients of element-by-element operations, sums, products of matrices and changes of shape. */

const input = ({ operation, inputs }: Operation, index: number): GraphTensor => {
  const tensor = inputs[index];
  if (tensor === undefined) throw new RangeError(`${operation} has no input ${String(index)}.`);
  return tensor;
};

const output = ({ operation, outputs }: Operation): GraphTensor => {
  const [tensor] = outputs;
  if (tensor === undefined) throw new RangeError(`${operation} has no output.`);
  return tensor;
};

const only = (gradients: readonly (GraphTensor | undefined)[]): GraphTensor => {
  const [gradient] = gradients;
  if (gradient === undefined)
    throw new RangeError('An operation is asked for a gradient that nothing needs.');
  return gradient;
};

const isTrue = (attribute: Attribute | undefined): boolean =>
  attribute !== undefined && 'boolean' in attribute && attribute.boolean;

/** A gradient summed over the axes along which its tensor was stretched. */
const unstretched = (graph: GraphBuilder, gradient: GraphTensor, shape: Shape): GraphTensor => {
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  if (axes.length === 0) return gradient;
  return reshape(graph, reduce(graph, 'Sum', gradient, axes), shape);
};

/** A rule of a stretching operation of two inputs, from their gradients before they are summed. */
const stretching =
  (
    backward: (
      graph: GraphBuilder,
      first: GraphTensor,
      second: GraphTensor,
      gradient: GraphTensor,
      result: GraphTensor,
    ) => readonly [GraphTensor, GraphTensor],
  ): GradientRule =>
  (graph, operation, gradients) => {
    const [first, second] = [input(operation, 0), input(operation, 1)];
    const [dFirst, dSecond] = backward(graph, first, second, only(gradients), output(operation));
    return [unstretched(graph, dFirst, first.shape), unstretched(graph, dSecond, second.shape)];
  };

/** A rule of an operation of one input. */
const along =
  (
    backward: (
      graph: GraphBuilder,
      x: GraphTensor,
      gradient: GraphTensor,
      result: GraphTensor,
    ) => GraphTensor,
  ): GradientRule =>
  (graph, operation, gradients) => [backward(graph, input(operation, 0), only(gradients), output(operation))];

/** The gradient of a reduction, stretched to what was reduced. */
const stretchedBack = (graph: GraphBuilder, operation: Operation, gradient: GraphTensor): GraphTensor => {
  const { shape } = input(operation, 0);
  if (isTrue(operation.attributes['keep_dims'])) return broadcastTo(graph, gradient, shape);
  const axes = graph.integersOf(input(operation, 1));
  const withOnes = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return broadcastTo(graph, reshape(graph, gradient, withOnes), shape);
};

const choosing = (comparison: 'GreaterEqual' | 'LessEqual'): GradientRule =>
  stretching((graph, first, second, gradient, result) => {
    const chosen = graph.operation(
      comparison,
      'takes_first',
      [first, second],
      { T: { type: 'float32' } },
      { type: 'bool', shape: result.shape },
    );
    const zeros = times(graph, gradient, 0);
    const select = (yes: GraphTensor, no: GraphTensor): GraphTensor =>
      graph.operation(
        'SelectV2',
        'chosen_gradient',
        [chosen, yes, no],
        { T: { type: 'float32' } },
        { type: 'float32', shape: result.shape },
      );
    return [select(gradient, zeros), select(zeros, gradient)];
  });

const matrixProduct: GradientRule = (graph, operation, gradients) => {
  const [first, second, gradient] = [input(operation, 0), input(operation, 1), only(gradients)];
  if (isTrue(operation.attributes['transpose_a']) || isTrue(operation.attributes['transpose_b']))
    throw new Error('There is no gradient of a product of transposed matrices.');
  return [
    multiplyMatrices(graph, gradient, second, { second: true }),
    multiplyMatrices(graph, first, gradient, { first: true }),
  ];
};

/** Slices of the gradient, one for each tensor that was put behind the others. */
const concatenation: GradientRule = (graph, operation, gradients) => {
  const gradient = only(gradients);
  const parts = operation.inputs.slice(0, -1);
  const [axis = 0] = graph.integersOf(input(operation, parts.length));
  const sizes = parts.map(({ shape }) => shape[axis] ?? 0);
  const slices = graph.node(
    'SplitV',
    'split_gradient',
    [
      gradient,
      graph.constant('sizes', Int32Array.from(sizes), [sizes.length]),
      graph.constant('axis', Int32Array.of(axis), []),
    ],
    { T: { type: 'float32' }, Tlen: INT, num_split: { integer: parts.length } },
    parts.map(({ shape }) => ({ type: 'float32', shape })),
  );
  return slices;
};

export const arithmeticRules: Readonly<Record<string, GradientRule>> = {
  AddV2: stretching((_, __, ___, gradient) => [gradient, gradient]),
  Sub: stretching((graph, _, __, gradient) => [gradient, unary(graph, 'Neg', gradient)]),
  Mul: stretching((graph, first, second, gradient) => [
    binary(graph, 'Mul', gradient, second),
    binary(graph, 'Mul', gradient, first),
  ]),
  RealDiv: stretching((graph, _, second, gradient, result) => {
    const dFirst = binary(graph, 'RealDiv', gradient, second);
    return [dFirst, unary(graph, 'Neg', binary(graph, 'Mul', dFirst, result))];
  }),
  Maximum: choosing('GreaterEqual'),
  Minimum: choosing('LessEqual'),
  /** Of the base alone: exponents are constants here. */
  Pow: (graph, operation, gradients) => {
    const [base, exponent] = [input(operation, 0), input(operation, 1)];
    const lower = binary(graph, 'Sub', exponent, graph.scalar('one', 1));
    const slope = binary(graph, 'Mul', exponent, binary(graph, 'Pow', base, lower));
    return [binary(graph, 'Mul', only(gradients), slope), undefined];
  },
  AddN: (_, operation, gradients) => operation.inputs.map(() => only(gradients)),
  Identity: along((_, __, gradient) => gradient),
  Neg: along((graph, _, gradient) => unary(graph, 'Neg', gradient)),
  Square: along((graph, x, gradient) => times(graph, binary(graph, 'Mul', gradient, x), 2)),
  Sqrt: along((graph, _, gradient, result) => times(graph, binary(graph, 'RealDiv', gradient, result), 0.5)),
  Rsqrt: along((graph, _, gradient, result) =>
    times(
      graph,
      binary(graph, 'Mul', gradient, binary(graph, 'Mul', result, binary(graph, 'Mul', result, result))),
      -0.5,
    ),
  ),
  Log: along((graph, x, gradient) => binary(graph, 'RealDiv', gradient, x)),
  Abs: along((graph, x, gradient) => binary(graph, 'Mul', gradient, unary(graph, 'Sign', x))),
  L2Loss: along((graph, x, gradient) => binary(graph, 'Mul', x, gradient)),
  Sum: (graph, operation, gradients) => [stretchedBack(graph, operation, only(gradients)), undefined],
  Mean: (graph, operation, gradients) => {
    const count = sizeOf(input(operation, 0).shape) / sizeOf(output(operation).shape);
    return [stretchedBack(graph, operation, times(graph, only(gradients), 1 / count)), undefined];
  },
  Reshape: (graph, operation, gradients) => [
    reshape(graph, only(gradients), input(operation, 0).shape),
    undefined,
  ],
  MatMul: matrixProduct,
  ConcatV2: concatenation,
  Unpack: (graph, operation, gradients) => {
    const axis = operation.attributes['axis'];
    if (axis === undefined || !('integer' in axis)) throw new Error('Unpack has no axis.');
    const slices = operation.outputs.map((slice, index) => gradients[index] ?? times(graph, slice, 0));
    return [pack(graph, slices, axis.integer)];
  },
  Pack: (graph, operation, gradients) => {
    const axis = operation.attributes['axis'];
    if (axis === undefined || !('integer' in axis)) throw new Error('Pack has no axis.');
    return unpack(graph, only(gradients), axis.integer);
  },
};
