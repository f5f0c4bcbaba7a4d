import { ProtobufWriter } from '../../src/node/codecs/protobuf-writer.ts';
import { inceptionResnetV1 } from '../../src/engine/facenet/inception-resnet-v1.ts';
import { variablesOf } from '../../src/engine/facenet/variables.ts';
import { goldenWeights } from './golden-network.ts';

/** Frozen graphs as TensorFlow's freeze_graph writes them, node by node, without any code of the program's own reader. */

type Attribute = (value: ProtobufWriter) => void;

const node = (
  graph: ProtobufWriter,
  name: string,
  operation: string,
  inputs: readonly string[] = [],
  attributes: Readonly<Record<string, Attribute>> = {},
): void => {
  graph.message(1, (message) => {
    message.string(1, name).string(2, operation);
    for (const input of inputs) message.string(3, input);
    for (const [key, write] of Object.entries(attributes))
      message.message(5, (entry) => entry.string(1, key).message(2, write));
  });
};

const FLOAT = 1;
const type: Attribute = (value) => value.integer(6, FLOAT);

/** How a constant's values are stored. */
type Storage = 'content' | 'floats';

const constant = (
  graph: ProtobufWriter,
  name: string,
  shape: readonly number[],
  values: Float32Array,
  storage: Storage = 'content',
): void => {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  node(graph, name, 'Const', [], {
    dtype: type,
    value: (value) => {
      value.message(8, (tensor) => {
        tensor.integer(1, FLOAT).message(2, (message) => {
          for (const size of shape) message.message(2, (dimension) => dimension.integer(1, size));
        });
        tensor.bytes(storage === 'content' ? 4 : 5, bytes);
      });
    },
  });
};

/** The nodes around one layer's batch norm: the training side, the other side, and what the switch of the phase lets through. */
const batchNorm = (graph: ProtobufWriter, scope: string, channels: number): void => {
  const within = `${scope}/BatchNorm`;
  constant(graph, `${within}/Const`, [channels], Float32Array.of(1), 'floats');
  node(graph, `${within}/cond/Switch`, 'Switch', ['phase_train', 'phase_train']);
  node(graph, `${within}/cond/pred_id`, 'Identity', ['phase_train']);
  for (const side of ['FusedBatchNorm', 'FusedBatchNorm_1'])
    node(graph, `${within}/cond/${side}`, 'FusedBatchNorm', [
      `${within}/cond/${side}/Switch`,
      `${within}/beta/read`,
    ]);
  node(graph, `${within}/cond/Merge`, 'Merge', [
    `${within}/cond/FusedBatchNorm_1`,
    `${within}/cond/FusedBatchNorm`,
  ]);
};

export type FrozenGraphOptions = {
  readonly embeddingSize: number;
  /** Adds nodes of its own. */
  readonly extra?: (graph: ProtobufWriter) => void;
  /** Leaves a tensor out, or gives it another shape. */
  readonly change?: (name: string, shape: readonly number[]) => readonly number[] | null;
};

/** Adds a node without inputs. */
export const addNode = node;
/** Adds a constant. */
export const addConstant = constant;

/** The bytes of a frozen Inception-ResNet-v1 with golden weights, in the seed's node names. */
export const frozenGraph = ({ embeddingSize, extra, change }: FrozenGraphOptions): Buffer => {
  const graph = new ProtobufWriter();
  node(graph, 'phase_train', 'Placeholder');
  node(graph, 'image_batch', 'Placeholder', [], { dtype: type });
  for (const { name, shape } of variablesOf(inceptionResnetV1, { embeddingSize })) {
    const changed = change === undefined ? shape : change(name, shape);
    if (changed === null) continue;
    constant(graph, name, changed, goldenWeights(name, changed).values);
    node(graph, `${name}/read`, 'Identity', [name]);
    if (name.endsWith('/weights'))
      node(graph, name.replace(/weights$/, 'Conv2D'), 'Conv2D', [`${name}/read`]);
    if (name.endsWith('BatchNorm/beta')) batchNorm(graph, name.replace('/BatchNorm/beta', ''), shape[0] ?? 0);
  }
  node(graph, 'embeddings/Square', 'Square');
  node(graph, 'embeddings', 'Mul', ['InceptionResnetV1/Bottleneck/BatchNorm/cond/Merge']);
  extra?.(graph);
  graph.message(4, (versions) => versions.integer(1, 24));
  return Buffer.from(graph.finish());
};
