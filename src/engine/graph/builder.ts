import {
  encodeGraphDef,
  encodeSavedModel,
  type Attribute,
  type DataType,
  type Node,
  type Shape,
  type Signature,
} from './graph-def.ts';

/** A tensor of a graph under construction: one output of a node, named as TensorFlow names it (`node`, `node:1`). */
export type GraphTensor = { readonly name: string; readonly type: DataType; readonly shape: Shape };

/** What a node gives at one of its outputs. */
export type Output = { readonly type: DataType; readonly shape: Shape };

/** A node as it was added, with its tensors: what gradients are made of. */
export type Operation = {
  readonly operation: string;
  readonly inputs: readonly GraphTensor[];
  readonly outputs: readonly GraphTensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};

/** The name of a tensor where its output has to be told, as for a signature or a run. */
export const outputName = ({ name }: GraphTensor): string => (name.includes(':') ? name : `${name}:0`);

const nodeName = ({ name }: GraphTensor): string => name.split(':')[0] ?? name;

/**
 * Collects the nodes of a TensorFlow graph. Shapes are carried along so that signatures can state them; a size of
 * `UNKNOWN` stays open until the graph runs.
 */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #operations: Operation[] = [];
  readonly #names = new Map<string, number>();
  readonly #constants = new Map<string, readonly number[]>();

  #uniqueName(wanted: string): string {
    const count = this.#names.get(wanted) ?? 0;
    this.#names.set(wanted, count + 1);
    return count === 0 ? wanted : `${wanted}_${String(count)}`;
  }

  /** Every node so far, in the order of adding: inputs come before what uses them. */
  get operations(): readonly Operation[] {
    return this.#operations;
  }

  /** The numbers of an int32 constant, as for the axes of a reduction. @throws RangeError where the tensor is none */
  integersOf({ name }: GraphTensor): readonly number[] {
    const value = this.#constants.get(name);
    if (value === undefined) throw new RangeError(`${name} is no constant of whole numbers.`);
    return value;
  }

  /**
   * Adds a node with any number of outputs. It runs only after the nodes of `after` have run; where one of them is dead (not taken by
   * a Switch), so is it.
   */
  node(
    operation: string,
    name: string,
    inputs: readonly GraphTensor[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly Output[],
    after: readonly GraphTensor[] = [],
  ): readonly GraphTensor[] {
    const unique = this.#uniqueName(name);
    this.#nodes.push({
      name: unique,
      operation,
      inputs: [...inputs.map((input) => input.name), ...after.map((tensor) => `^${nodeName(tensor)}`)],
      attributes,
    });
    const tensors = outputs.map((output, index) => ({
      name: index === 0 ? unique : `${unique}:${String(index)}`,
      type: output.type,
      shape: output.shape,
    }));
    this.#operations.push({ operation, inputs, outputs: tensors, attributes });
    return tensors;
  }

  /** Adds a node that gives nothing and changes something. The result is no value: it is only there for others to run after. */
  effect(
    operation: string,
    name: string,
    inputs: readonly GraphTensor[],
    attributes: Readonly<Record<string, Attribute>>,
    after: readonly GraphTensor[] = [],
  ): GraphTensor {
    this.node(operation, name, inputs, attributes, [], after);
    return { name: this.#nodes.at(-1)?.name ?? name, type: 'bool', shape: [] };
  }

  /** Adds a node of which only the first output is used. */
  operation(
    operation: string,
    name: string,
    inputs: readonly GraphTensor[],
    attributes: Readonly<Record<string, Attribute>>,
    output: Output,
    after: readonly GraphTensor[] = [],
  ): GraphTensor {
    const [first] = this.node(operation, name, inputs, attributes, [output], after);
    if (first === undefined) throw new RangeError(`${name} gives nothing.`);
    return first;
  }

  placeholder(name: string, type: DataType, shape: Shape): GraphTensor {
    return this.operation('Placeholder', name, [], { dtype: { type }, shape: { shape } }, { type, shape });
  }

  constant(name: string, values: Float32Array | Int32Array, shape: Shape): GraphTensor {
    const type = values instanceof Float32Array ? 'float32' : 'int32';
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const tensor = this.operation(
      'Const',
      name,
      [],
      { dtype: { type }, value: { tensor: { type, shape, content } } },
      { type, shape },
    );
    if (type === 'int32') this.#constants.set(tensor.name, [...values]);
    return tensor;
  }

  /** A number as a float32 tensor without dimensions. */
  scalar(name: string, value: number): GraphTensor {
    return this.constant(name, Float32Array.of(value), []);
  }

  /** An operation on equally shaped (or broadcast) float32 tensors; the result has the shape of the first. */
  elementwise(
    operation: string,
    name: string,
    first: GraphTensor,
    ...rest: readonly GraphTensor[]
  ): GraphTensor {
    return this.operation(
      operation,
      name,
      [first, ...rest],
      { T: { type: first.type } },
      { type: first.type, shape: first.shape },
    );
  }

  /** The bytes of the graph alone, as a frozen graph is stored. */
  graphDef(): Uint8Array {
    return encodeGraphDef(this.#nodes);
  }

  /** The bytes of a `saved_model.pb` with one signature for each entry. */
  savedModel(
    signatures: Readonly<
      Record<
        string,
        {
          readonly inputs: Readonly<Record<string, GraphTensor>>;
          readonly outputs: Readonly<Record<string, GraphTensor>>;
        }
      >
    >,
  ): Uint8Array {
    const infos = (tensors: Readonly<Record<string, GraphTensor>>): Signature['inputs'] =>
      Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [
          name,
          { tensor: outputName(tensor), type: tensor.type, shape: tensor.shape },
        ]),
      );
    return encodeSavedModel(
      this.#nodes,
      Object.fromEntries(
        Object.entries(signatures).map(([name, { inputs, outputs }]) => [
          name,
          { inputs: infos(inputs), outputs: infos(outputs) },
        ]),
      ),
    );
  }
}
