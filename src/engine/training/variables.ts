import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import type { Shape } from '../graph/graph-def.ts';

/** A float32 number, vector or kernel that TensorFlow keeps between the calls of a loaded graph. */
export type Variable = {
  readonly name: string;
  readonly shape: Shape;
  readonly handle: GraphTensor;
  /** Its value at the start of a call: whatever changes it runs after the whole of what is computed from it. */
  readonly value: GraphTensor;
};

const FLOAT = { type: 'float32' } as const;

const readOnly = (
  graph: GraphBuilder,
  { name, shape, handle }: Omit<Variable, 'value'>,
  after: readonly GraphTensor[] = [],
): GraphTensor =>
  graph.operation(
    'ReadVariableOp',
    `${name}/read`,
    [handle],
    { dtype: FLOAT },
    { type: 'float32', shape },
    after,
  );

/** The value of a variable once the operations of `after` have run. */
export const readAfter = (
  graph: GraphBuilder,
  variable: Variable,
  after: readonly GraphTensor[],
): GraphTensor => readOnly(graph, variable, after);

/** Sets a variable. The result is no tensor but something that others can run after. */
export const assign = (
  graph: GraphBuilder,
  variable: Pick<Variable, 'name' | 'handle'>,
  value: GraphTensor,
  after: readonly GraphTensor[] = [],
): GraphTensor =>
  graph.effect(
    'AssignVariableOp',
    `${variable.name}/assign`,
    [variable.handle, value],
    { dtype: FLOAT },
    after,
  );

/** All variables of a training graph, in the order of their first use. */
export type Variables = {
  /** The variable of this name, which is made at its first use. @throws RangeError where its shape differs from before */
  get(name: string, shape: Shape): Variable;
  readonly all: readonly Variable[];
};

export const createVariables = (graph: GraphBuilder): Variables => {
  const known = new Map<string, Variable>();
  const make = (name: string, shape: Shape): Variable => {
    const handle = graph.operation(
      'VarHandleOp',
      name,
      [],
      {
        dtype: FLOAT,
        shape: { shape },
        container: { string: '' },
        shared_name: { string: name },
      },
      { type: 'resource', shape: [] },
    );
    return { name, shape, handle, value: readOnly(graph, { name, shape, handle }) };
  };
  return {
    get(name, shape) {
      const variable = known.get(name) ?? make(name, shape);
      if (variable.shape.join() !== shape.join())
        throw new RangeError(
          `${name} is [${variable.shape.join(', ')}], and [${shape.join(', ')}] is asked for.`,
        );
      known.set(name, variable);
      return variable;
    },
    get all() {
      return [...known.values()];
    },
  };
};
