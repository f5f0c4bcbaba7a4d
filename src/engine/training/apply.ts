import { binary, castToFloat } from '../graph/arithmetic.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import { readAfter, type Variable, type Variables } from './variables.ts';

const BOOL = { type: 'bool' } as const;

/**
 * Lets a step change variables only where `guarded` (its loss plus the size of its gradients) is finite: a step that is not is told of
 * by the same call, and has left everything as it was. Gives 1 or 0, once all updates have run.
 */
export const applyWhereFinite = (
  graph: GraphBuilder,
  guarded: GraphTensor,
  updates: (after: readonly GraphTensor[]) => readonly GraphTensor[],
): GraphTensor => {
  const isFinite = graph.operation(
    'IsFinite',
    'is_finite',
    [guarded],
    { T: { type: 'float32' } },
    { type: 'bool', shape: [] },
  );
  const one = { type: 'bool', shape: [] } as const;
  const [otherwise, where] = graph.node('Switch', 'gate', [isFinite, isFinite], { T: BOOL }, [one, one]);
  if (otherwise === undefined || where === undefined) throw new RangeError('A switch has two sides.');
  const pass = (name: string, tensor: GraphTensor, after: readonly GraphTensor[]): GraphTensor =>
    graph.operation('Identity', name, [tensor], { T: BOOL }, one, after);
  const done = pass('updated', where, updates([pass('gate_open', where, [])]));
  const outcome = graph.operation(
    'Merge',
    'outcome',
    [done, pass('gate_closed', otherwise, [])],
    { T: BOOL, N: { integer: 2 } },
    one,
  );
  return castToFloat(graph, outcome);
};

/** Name of a variable's moving average, as TensorFlow gives it. */
export const MOVING_AVERAGE = 'ExponentialMovingAverage';

/**
 * Moving averages of variables as TensorFlow's `ExponentialMovingAverage` with a count of steps: decay min(decay, (1 + step) / (10 +
 * step)), the step counted before it. What it gives takes a variable and what changes it, and gives what else has to run.
 */
export const movingAverages = (
  graph: GraphBuilder,
  variables: Variables,
  decay: number,
  stepNumber: GraphTensor,
): ((variable: Variable, changed: GraphTensor) => readonly GraphTensor[]) => {
  if (decay === 0) return (_, changed) => [changed];
  const number = (value: number): GraphTensor => graph.scalar('number', value);
  const early = binary(graph, 'RealDiv', stepNumber, binary(graph, 'AddV2', stepNumber, number(9)));
  const share = binary(graph, 'Sub', number(1), binary(graph, 'Minimum', number(decay), early));
  return (variable, changed) => {
    const average = variables.get(`${variable.name}/${MOVING_AVERAGE}`, variable.shape);
    const difference = binary(graph, 'Sub', average.value, readAfter(graph, variable, [changed]));
    return [
      graph.effect(
        'ResourceApplyGradientDescent',
        `${variable.name}/average`,
        [average.handle, share, difference],
        { T: { type: 'float32' }, use_locking: { boolean: false } },
      ),
    ];
  };
};
