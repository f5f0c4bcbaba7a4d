import type { NamedTensor } from './safetensors.ts';
import { NoProtobuf, readFields, type Field } from './protobuf-reader.ts';

/** A constant of a graph, not yet made into numbers: its shape is only what the file says. */
export type GraphConstant = {
  readonly shape: readonly number[];
  readonly isFloat: boolean;
  /** A view of the file: little-endian float32 of all values, or of fewer, the last of which stands for the rest. */
  readonly content: Uint8Array;
};

/** What a frozen GraphDef says of itself. Nothing of it is ever run. */
export type FrozenGraph = {
  /** For each operation the first node that has it. */
  readonly operations: ReadonlyMap<string, string>;
  readonly constants: ReadonlyMap<string, GraphConstant>;
  /** Functions that the graph brings with it. */
  readonly functions: number;
};

// Field numbers of TensorFlow's protos: graph, node_def, attr_value, tensor, tensor_shape.
const GRAPH_NODE = 1;
const GRAPH_LIBRARY = 2;
const NODE_NAME = 1;
const NODE_OPERATION = 2;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_TENSOR = 8;
const TENSOR_TYPE = 1;
const TENSOR_SHAPE = 2;
const TENSOR_CONTENT = 4;
const TENSOR_FLOATS = 5;
const SHAPE_DIMENSION = 2;
const DIMENSION_SIZE = 1;
const TYPE_FLOAT = 1n;

/** Far more than any network of the seed has. */
const MOST_NODES = 100_000;
const MOST_DIMENSIONS = 8;
const MOST_SIZE = 2n ** 31n;
const MOST_NAME_BYTES = 4096;

const text = (field: Field): string => {
  if (field.kind !== 'bytes') throw new NoProtobuf('a name is a number');
  if (field.bytes.length > MOST_NAME_BYTES) throw new NoProtobuf('a name is longer than any name is');
  return new TextDecoder().decode(field.bytes);
};

const message = (field: Field): Uint8Array => {
  if (field.kind !== 'bytes') throw new NoProtobuf('a message is a number');
  return field.bytes;
};

const sizeOf = (dimension: Uint8Array): number => {
  let size = 0n;
  for (const field of readFields(dimension))
    if (field.field === DIMENSION_SIZE && field.kind === 'number') size = field.value;
  if (size >= MOST_SIZE) throw new NoProtobuf('a tensor has a size that no tensor has');
  return Number(size);
};

const shapeOf = (bytes: Uint8Array): readonly number[] => {
  const shape: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.field !== SHAPE_DIMENSION) continue;
    shape.push(sizeOf(message(field)));
    if (shape.length > MOST_DIMENSIONS) throw new NoProtobuf('a tensor has more dimensions than any has');
  }
  return shape;
};

const tensorOf = (bytes: Uint8Array): GraphConstant => {
  let shape: readonly number[] = [];
  let isFloat = false;
  let content: Uint8Array = new Uint8Array();
  const floats: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.field === TENSOR_TYPE) isFloat = field.kind === 'number' && field.value === TYPE_FLOAT;
    else if (field.field === TENSOR_SHAPE) shape = shapeOf(message(field));
    else if (field.field === TENSOR_CONTENT) content = message(field);
    else if (field.field === TENSOR_FLOATS && field.kind !== 'number') floats.push(field.bytes);
  }
  return { shape, isFloat, content: content.length > 0 ? content : Buffer.concat(floats) };
};

/** The tensor of an entry of a node's attributes; null for another attribute. */
const tensorOfAttribute = (entry: Uint8Array): GraphConstant | null => {
  let name = '';
  let value: Uint8Array | null = null;
  for (const field of readFields(entry)) {
    if (field.field === 1) name = text(field);
    else if (field.field === 2) value = message(field);
  }
  if (name !== 'value' || value === null) return null;
  for (const field of readFields(value))
    if (field.field === ATTRIBUTE_TENSOR) return tensorOf(message(field));
  return null;
};

type GraphNode = {
  readonly name: string;
  readonly operation: string;
  readonly constant: GraphConstant | null;
};

const nodeOf = (bytes: Uint8Array): GraphNode => {
  let name = '';
  let operation = '';
  const attributes: Uint8Array[] = [];
  for (const field of readFields(bytes)) {
    if (field.field === NODE_NAME) name = text(field);
    else if (field.field === NODE_OPERATION) operation = text(field);
    else if (field.field === NODE_ATTRIBUTE) attributes.push(message(field));
  }
  if (name === '' || operation === '') throw new NoProtobuf('a node has no name or no operation');
  if (operation !== 'Const') return { name, operation, constant: null };
  for (const attribute of attributes) {
    const constant = tensorOfAttribute(attribute);
    if (constant !== null) return { name, operation, constant };
  }
  throw new NoProtobuf(`the constant ${name} has no value`);
};

/**
 * Reads a frozen GraphDef as data: names of operations, and constants. Work and memory grow with the file and no further.
 * @throws NoProtobuf for anything else
 */
export const readFrozenGraph = (bytes: Uint8Array): FrozenGraph => {
  const operations = new Map<string, string>();
  const constants = new Map<string, GraphConstant>();
  const names = new Set<string>();
  let functions = 0;
  for (const field of readFields(bytes)) {
    if (field.field === GRAPH_LIBRARY)
      for (const each of readFields(message(field))) functions += each.field === 1 ? 1 : 0;
    if (field.field !== GRAPH_NODE) continue;
    const node = nodeOf(message(field));
    if (names.has(node.name)) throw new NoProtobuf(`two nodes are named ${node.name}`);
    names.add(node.name);
    if (names.size > MOST_NODES) throw new NoProtobuf('it has more nodes than any network has');
    if (!operations.has(node.operation)) operations.set(node.operation, node.name);
    if (node.constant !== null) constants.set(node.name, node.constant);
  }
  if (names.size === 0) throw new NoProtobuf('it has no nodes');
  return { operations, constants, functions };
};

/**
 * The numbers of a constant whose shape somebody expects, so that its size is known to be one of ours.
 * @throws NoProtobuf when values and shape disagree
 */
export const valuesOfConstant = ({ shape, content }: GraphConstant): NamedTensor => {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const given = content.length / Float32Array.BYTES_PER_ELEMENT;
  if (!Number.isInteger(given) || given > size || (given === 0 && size > 0))
    throw new NoProtobuf('a tensor has other values than its shape says');
  const values = new Float32Array(size);
  // A copy, so that the values are aligned.
  const floats = new Float32Array(Uint8Array.from(content).buffer);
  values.set(floats);
  // As TensorFlow writes tensors whose last values are all the same.
  values.fill(floats[given - 1] ?? 0, given);
  return { shape, values };
};
