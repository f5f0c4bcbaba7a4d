import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { dimension, FLOAT, INT } from './graph-shapes.ts';
import { LEAST_SQUARED_LENGTH, type Operations } from './operations.ts';

const reduce = (
  graph: GraphBuilder,
  operation: 'Mean' | 'Sum',
  x: GraphTensor,
  axes: readonly number[],
  keepsDimensions: boolean,
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

const standardiseEach = (graph: GraphBuilder, images: GraphTensor): GraphTensor => {
  const axes = [1, 2, 3];
  const values = axes.reduce((product, axis) => product * dimension(images, axis), 1);
  const centred = graph.elementwise('Sub', 'centred', images, reduce(graph, 'Mean', images, axes, true));
  const variance = reduce(graph, 'Mean', graph.elementwise('Square', 'squared', centred), axes, true);
  const deviation = graph.elementwise(
    'Maximum',
    'deviation',
    graph.elementwise('Sqrt', 'root', variance),
    graph.scalar('least_deviation', 1 / Math.sqrt(values)),
  );
  return graph.elementwise('RealDiv', 'standardised', centred, deviation);
};

const toUnitLength = (graph: GraphBuilder, x: GraphTensor): GraphTensor => {
  const squaredLength = reduce(graph, 'Sum', graph.elementwise('Square', 'squared', x), [1], true);
  const bounded = graph.elementwise(
    'Maximum',
    'bounded',
    squaredLength,
    graph.scalar('least_squared_length', LEAST_SQUARED_LENGTH),
  );
  return graph.elementwise('Mul', 'unit', x, graph.elementwise('Rsqrt', 'inverse_length', bounded));
};

/** The operations that sum over a picture or a vector, as nodes of a graph. */
export const reductions = (
  graph: GraphBuilder,
): Pick<Operations<GraphTensor>, 'meanOverPicture' | 'standardiseEach' | 'toUnitLength'> => ({
  meanOverPicture: (x) => reduce(graph, 'Mean', x, [1, 2], false),
  standardiseEach: (images) => standardiseEach(graph, images),
  toUnitLength: (x) => toUnitLength(graph, x),
});
