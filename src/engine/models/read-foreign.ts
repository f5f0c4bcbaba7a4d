import { problemOfOperation } from '../../core/models/graph-operations.ts';
import { HEAD_BYTES, kindOfFile } from '../../node/codecs/file-kinds.ts';
import { readFrozenGraph, valuesOfConstant, type FrozenGraph } from '../../node/codecs/frozen-graph.ts';
import { NoProtobuf } from '../../node/codecs/protobuf-reader.ts';
import type { NamedTensor } from '../../node/codecs/safetensors.ts';
import { inceptionResnetV1 } from '../facenet/inception-resnet-v1.ts';
import { BETA, BIASES, MOVING_MEAN, MOVING_VARIANCE, variablesOf, WEIGHTS } from '../facenet/variables.ts';

/** A foreign model file was refused. The message says what was found, as the rest of a sentence about the file. */
export class ModelRefused extends Error {}

/** Tensors of Inception-ResNet-v1 that a file brought, by the seed's names and in its order. */
export type ForeignWeights = {
  readonly embeddingSize: number;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
};

const SCOPE = 'InceptionResnetV1/';
const BOTTLENECK = `${SCOPE}Bottleneck/weights`;
const MOST_EMBEDDING_SIZE = 4096;

/** Names that weights of a layer end with, ours and those of other networks. */
const WEIGHT_NAMES = [WEIGHTS, BIASES, BETA, MOVING_MEAN, MOVING_VARIANCE, 'gamma', 'kernel', 'bias'];

const shown = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

const checkOperations = ({ operations, functions }: FrozenGraph): void => {
  for (const [operation, node] of operations)
    if (problemOfOperation(operation) === 'reaches-out')
      throw new ModelRefused(
        `its node ${node} has the operation ${operation}, which reaches files, other programs or code: no model needs it. Nothing was run.`,
      );
  for (const [operation, node] of operations)
    if (problemOfOperation(operation) === 'unknown')
      throw new ModelRefused(
        `its node ${node} has the operation ${operation}, which none of the networks that can be imported has.`,
      );
  if (functions > 0)
    throw new ModelRefused('it brings functions of its own, which no network that can be imported has.');
};

/** @throws ModelRefused when the graph is another network */
const embeddingSizeOf = ({ constants }: FrozenGraph): number => {
  const bottleneck = constants.get(BOTTLENECK);
  if (bottleneck === undefined)
    throw new ModelRefused(
      `it is a TensorFlow graph, but it lacks ${BOTTLENECK}: only frozen Inception-ResNet-v1 networks of facenet can be imported.`,
    );
  const [inputs, size = 0] = bottleneck.shape;
  if (bottleneck.shape.length !== 2 || inputs !== 1792 || size < 1 || size > MOST_EMBEDDING_SIZE)
    throw new ModelRefused(
      `${BOTTLENECK} has the shape ${shown(bottleneck.shape)}, not [1792, size of the embedding].`,
    );
  return size;
};

const checkNames = ({ constants }: FrozenGraph, expected: ReadonlyMap<string, readonly number[]>): void => {
  const missing = [...expected.keys()].filter((name) => !constants.has(name));
  const [firstMissing] = missing;
  if (firstMissing !== undefined)
    throw new ModelRefused(
      `it lacks ${String(missing.length)} of the ${String(expected.size)} tensors of the network, ${firstMissing} among them.`,
    );
  const extra = [...constants.keys()].find(
    (name) =>
      name.startsWith(SCOPE) && !expected.has(name) && WEIGHT_NAMES.some((end) => name.endsWith(`/${end}`)),
  );
  if (extra !== undefined) throw new ModelRefused(`it has weights that the network does not have: ${extra}.`);
};

const tensorOf = ({ constants }: FrozenGraph, name: string, expected: readonly number[]): NamedTensor => {
  const constant = constants.get(name);
  if (constant === undefined) throw new ModelRefused(`it lacks ${name}.`);
  const { shape, isFloat } = constant;
  if (!isFloat) throw new ModelRefused(`${name} holds something other than float32 values.`);
  if (shape.length !== expected.length || shape.some((size, axis) => size !== expected[axis]))
    throw new ModelRefused(`${name} has the shape ${shown(shape)}, not ${shown(expected)}.`);
  const tensor = valuesOfConstant(constant);
  const isUsable = name.endsWith(MOVING_VARIANCE)
    ? (value: number) => Number.isFinite(value) && value >= 0
    : (value: number) => Number.isFinite(value);
  if (!tensor.values.every(isUsable))
    throw new ModelRefused(`${name} holds values that no trained network has.`);
  return tensor;
};

const readGraph = (bytes: Buffer): ForeignWeights => {
  const graph = readFrozenGraph(bytes);
  checkOperations(graph);
  const embeddingSize = embeddingSizeOf(graph);
  const expected = new Map(
    variablesOf(inceptionResnetV1, { embeddingSize }).map(({ name, shape }) => [name, shape]),
  );
  checkNames(graph, expected);
  const tensors = new Map<string, NamedTensor>();
  for (const [name, shape] of expected) tensors.set(name, tensorOf(graph, name, shape));
  return { embeddingSize, tensors };
};

/**
 * Reads the weights of a frozen graph of the seed as data; nothing in the file is ever run.
 * @throws ModelRefused for every other file, with what was found
 */
export const readForeignModel = (bytes: Buffer): ForeignWeights => {
  const kind = kindOfFile(bytes.subarray(0, HEAD_BYTES));
  if (kind !== null) throw new ModelRefused(`it is ${kind}.`);
  try {
    return readGraph(bytes);
  } catch (error) {
    if (error instanceof NoProtobuf)
      throw new ModelRefused(`it is no frozen TensorFlow graph, or it is damaged: ${error.message}.`);
    throw error;
  }
};
