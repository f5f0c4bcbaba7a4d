import { binary } from '../graph/arithmetic.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import type { Variable, Variables } from './variables.ts';

/** The seed's optimisers with its constants (facenet.py, `train`), each by TensorFlow's own kernel. */
export const OPTIMISERS = ['ADAGRAD', 'ADADELTA', 'ADAM', 'RMSPROP', 'MOM'] as const;
export type Optimiser = (typeof OPTIMISERS)[number];

const FLOAT = { type: 'float32' } as const;
const UNLOCKED = { T: FLOAT, use_locking: { boolean: false } } as const;

/** Names that TensorFlow gives what an optimiser keeps of a variable, and the value at the start. */
const SLOTS: Readonly<Record<Optimiser, readonly { readonly name: string; readonly initial: number }[]>> = {
  ADAGRAD: [{ name: 'Adagrad', initial: 0.1 }],
  ADADELTA: [
    { name: 'Adadelta', initial: 0 },
    { name: 'Adadelta_1', initial: 0 },
  ],
  ADAM: [
    { name: 'Adam', initial: 0 },
    { name: 'Adam_1', initial: 0 },
  ],
  RMSPROP: [
    { name: 'RMSProp', initial: 1 },
    { name: 'RMSProp_1', initial: 0 },
  ],
  MOM: [{ name: 'Momentum', initial: 0 }],
};

/** What every element of an optimiser's own variable starts with; null for a variable of the network. */
export const initialSlotValue = (name: string): number | null => {
  const last = name.split('/').at(-1);
  return (
    Object.values(SLOTS)
      .flat()
      .find((slot) => slot.name === last)?.initial ?? null
  );
};

const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 0.1 };
const ADADELTA = { rho: 0.9, epsilon: 1e-6 };
const RMSPROP = { decay: 0.9, momentum: 0.9, epsilon: 1 };
const MOMENTUM = 0.9;

export type OptimiserInputs = {
  readonly learningRate: GraphTensor;
  /** Number of this step, from 1, as float32. */
  readonly stepNumber: GraphTensor;
};

/**
 * Writes the updates of an optimiser. What it gives takes a variable, its gradient and what has to run before, and gives something
 * that others can run after.
 */
export const optimiser = (
  graph: GraphBuilder,
  variables: Variables,
  kind: Optimiser,
  { learningRate, stepNumber }: OptimiserInputs,
): ((variable: Variable, gradient: GraphTensor, after: readonly GraphTensor[]) => GraphTensor) => {
  const number = (name: string, value: number): GraphTensor => graph.scalar(name, value);
  const slotsOf = ({ name, shape }: Variable): GraphTensor[] =>
    SLOTS[kind].map((slot) => variables.get(`${name}/${slot.name}`, shape).handle);
  const apply =
    (
      operation: string,
      rest: (gradient: GraphTensor) => readonly GraphTensor[],
      attributes: Readonly<Record<string, { readonly boolean: boolean }>> = {},
    ) =>
    (variable: Variable, gradient: GraphTensor, after: readonly GraphTensor[]): GraphTensor =>
      graph.effect(
        operation,
        `${variable.name}/apply`,
        [variable.handle, ...slotsOf(variable), ...rest(gradient)],
        { ...UNLOCKED, ...attributes },
        after,
      );
  switch (kind) {
    case 'ADAGRAD':
      return apply('ResourceApplyAdagrad', (gradient) => [learningRate, gradient], {
        update_slots: { boolean: true },
      });
    case 'ADADELTA': {
      const constants = [number('rho', ADADELTA.rho), number('epsilon', ADADELTA.epsilon)];
      return apply('ResourceApplyAdadelta', (gradient) => [learningRate, ...constants, gradient]);
    }
    case 'ADAM': {
      const [beta1, beta2] = [number('beta1', ADAM.beta1), number('beta2', ADAM.beta2)];
      const powers = [beta1, beta2].map((beta) => binary(graph, 'Pow', beta, stepNumber));
      const epsilon = number('epsilon', ADAM.epsilon);
      return apply(
        'ResourceApplyAdam',
        (gradient) => [...powers, learningRate, beta1, beta2, epsilon, gradient],
        { use_nesterov: { boolean: false } },
      );
    }
    case 'RMSPROP': {
      const constants = [
        number('decay', RMSPROP.decay),
        number('momentum', RMSPROP.momentum),
        number('epsilon', RMSPROP.epsilon),
      ];
      return apply('ResourceApplyRMSProp', (gradient) => [learningRate, ...constants, gradient]);
    }
    case 'MOM': {
      const momentum = number('momentum', MOMENTUM);
      return apply('ResourceApplyMomentum', (gradient) => [learningRate, gradient, momentum], {
        use_nesterov: { boolean: true },
      });
    }
  }
};
