import {
  encodeSavedModel,
  type Attribute,
  type DataType,
  type Node,
  type Shape,
  type Signature,
} from './graph-def.ts';

/** A tensor of a graph under construction: the output of one node. */
export type GraphTensor = { readonly name: string; readonly type: DataType; readonly shape: Shape };

/**
 * Collects the nodes of a TensorFlow graph. Shapes are carried along so that signatures can state them; a size of
 * `UNKNOWN` stays open until the graph runs.
 */
export class GraphBuilder {
  readonly #nodes: Node[] = [];
  readonly #names = new Map<string, number>();

  #uniqueName(wanted: string): string {
    const count = this.#names.get(wanted) ?? 0;
    this.#names.set(wanted, count + 1);
    return count === 0 ? wanted : `${wanted}_${String(count)}`;
  }

  /** Adds a node with one output that this builder has no method for. */
  operation(
    operation: string,
    name: string,
    inputs: readonly GraphTensor[],
    attributes: Readonly<Record<string, Attribute>>,
    output: { readonly type: DataType; readonly shape: Shape },
  ): GraphTensor {
    const unique = this.#uniqueName(name);
    this.#nodes.push({ name: unique, operation, inputs: inputs.map((input) => input.name), attributes });
    return { name: unique, ...output };
  }

  placeholder(name: string, type: DataType, shape: Shape): GraphTensor {
    return this.operation('Placeholder', name, [], { dtype: { type }, shape: { shape } }, { type, shape });
  }

  constant(name: string, values: Float32Array | Int32Array, shape: Shape): GraphTensor {
    const type = values instanceof Float32Array ? 'float32' : 'int32';
    const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    return this.operation(
      'Const',
      name,
      [],
      { dtype: { type }, value: { tensor: { type, shape, content } } },
      { type, shape },
    );
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
        Object.entries(tensors).map(([name, { name: node, type, shape }]) => [
          name,
          { tensor: `${node}:0`, type, shape },
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
