import { addAll } from './arithmetic.ts';
import type { GraphBuilder, GraphTensor, Operation } from './builder.ts';
import type { GradientRule } from './gradient-rule.ts';
import { arithmeticRules } from './gradient-rules-arithmetic.ts';
import { networkRules } from './gradient-rules-network.ts';

const RULES: ReadonlyMap<string, GradientRule> = new Map([
  ...Object.entries(arithmeticRules),
  ...Object.entries(networkRules),
]);

/** Operations through which nothing has to flow: sources, numbers of a constant's kind, and random draws. */
const WITHOUT_GRADIENT: ReadonlySet<string> = new Set([
  'Const',
  'Placeholder',
  'ReadVariableOp',
  'ResourceGather',
  'StopGradient',
  'ArgMax',
  'Cast',
  'Equal',
  'Floor',
  'Sign',
  'StatelessRandomUniform',
]);

/** What depends on `targets`, going forward: all other gradients would be computed for nothing. */
const namesFrom = (
  operations: readonly Operation[],
  targets: readonly GraphTensor[],
): ReadonlySet<string> => {
  const reached = new Set(targets.map(({ name }) => name));
  for (const { operation, inputs, outputs } of operations) {
    if (operation !== 'StopGradient' && inputs.some(({ name }) => reached.has(name)))
      for (const { name } of outputs) reached.add(name);
  }
  return reached;
};

/**
 * Reverse-mode differentiation: adds the nodes that compute d `loss` / d `target` for each target, in their order.
 *
 * @param loss float32 without dimensions
 * @throws Error where `loss` does not depend on a target, or where an operation between them has no rule
 */
export const gradientsOf = (
  graph: GraphBuilder,
  loss: GraphTensor,
  targets: readonly GraphTensor[],
): readonly GraphTensor[] => {
  const operations = [...graph.operations];
  const reached = namesFrom(operations, targets);
  const collected = new Map<string, GraphTensor[]>([[loss.name, [graph.scalar('d_loss', 1)]]]);
  const gradientOf = (tensor: GraphTensor): GraphTensor | undefined => {
    const parts = collected.get(tensor.name);
    if (parts === undefined) return undefined;
    const sum = addAll(graph, parts);
    collected.set(tensor.name, [sum]);
    return sum;
  };
  for (const operation of operations.toReversed()) {
    if (!operation.outputs.some(({ name }) => collected.has(name) && reached.has(name))) continue;
    if (WITHOUT_GRADIENT.has(operation.operation)) continue;
    const rule = RULES.get(operation.operation);
    if (rule === undefined) throw new Error(`There is no gradient of ${operation.operation}.`);
    const backward = rule(graph, operation, operation.outputs.map(gradientOf));
    operation.inputs.forEach((input, index) => {
      const gradient = backward[index];
      if (gradient === undefined || !reached.has(input.name)) return;
      const parts = collected.get(input.name);
      if (parts === undefined) collected.set(input.name, [gradient]);
      else parts.push(gradient);
    });
  }
  return targets.map((target) => {
    const gradient = gradientOf(target);
    if (gradient === undefined) throw new Error(`The loss does not depend on ${target.name}.`);
    return gradient;
  });
};
