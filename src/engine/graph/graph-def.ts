import { ProtobufWriter } from '../../node/codecs/protobuf-writer.ts';

/** Numbers of tensorflow/core/framework/types.proto. */
export const DATA_TYPES = { float32: 1, int32: 3, uint8: 4, bool: 10, resource: 20 } as const;
export type DataType = keyof typeof DATA_TYPES;

/** A dimension that is only known when the graph runs. */
export const UNKNOWN = -1;
export type Shape = readonly number[];

export type Attribute =
  | { readonly type: DataType }
  | { readonly integer: number }
  | { readonly float: number }
  | { readonly boolean: boolean }
  | { readonly string: string }
  | { readonly integers: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly shape: Shape }
  | { readonly tensor: { readonly type: DataType; readonly shape: Shape; readonly content: Uint8Array } };

export type Node = {
  readonly name: string;
  readonly operation: string;
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
};

export type TensorInfo = { readonly tensor: string; readonly type: DataType; readonly shape: Shape };

export type Signature = {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly outputs: Readonly<Record<string, TensorInfo>>;
};

// Field numbers below are those of TensorFlow's protos: saved_model, meta_graph, graph, node_def, attr_value, tensor, tensor_shape.

const writeShape = (message: ProtobufWriter, shape: Shape): void => {
  for (const size of shape) message.message(2, (dimension) => dimension.integer(1, size));
};

const writeAttribute = (message: ProtobufWriter, attribute: Attribute): void => {
  if ('type' in attribute) message.integer(6, DATA_TYPES[attribute.type]);
  else if ('integer' in attribute) message.integer(3, attribute.integer);
  else if ('float' in attribute) message.float(4, attribute.float);
  else if ('boolean' in attribute) message.boolean(5, attribute.boolean);
  else if ('string' in attribute) message.string(2, attribute.string);
  else if ('shape' in attribute)
    message.message(7, (shape) => {
      writeShape(shape, attribute.shape);
    });
  else if ('integers' in attribute) {
    message.message(1, (list) => {
      for (const integer of attribute.integers) list.integer(3, integer);
    });
  } else if ('strings' in attribute) {
    message.message(1, (list) => {
      for (const string of attribute.strings) list.string(2, string);
    });
  } else {
    const { type, shape, content } = attribute.tensor;
    message.message(8, (tensor) => {
      tensor.integer(1, DATA_TYPES[type]);
      tensor.message(2, (message) => {
        writeShape(message, shape);
      });
      tensor.bytes(4, content);
    });
  }
};

const writeNode = (message: ProtobufWriter, node: Node): void => {
  message.string(1, node.name).string(2, node.operation);
  for (const input of node.inputs) message.string(3, input);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    message.message(5, (entry) =>
      entry.string(1, name).message(2, (value) => {
        writeAttribute(value, attribute);
      }),
    );
  }
};

const writeTensorInfo = (message: ProtobufWriter, info: TensorInfo): void => {
  message
    .string(1, info.tensor)
    .integer(2, DATA_TYPES[info.type])
    .message(3, (shape) => {
      writeShape(shape, info.shape);
    });
};

const writeSignature = (message: ProtobufWriter, signature: Signature): void => {
  const sides = [
    [1, signature.inputs],
    [2, signature.outputs],
  ] as const;
  for (const [field, infos] of sides) {
    for (const [name, info] of Object.entries(infos)) {
      message.message(field, (entry) =>
        entry.string(1, name).message(2, (value) => {
          writeTensorInfo(value, info);
        }),
      );
    }
  }
  message.string(3, 'tensorflow/serving/predict');
};

/** The newest GraphDef that TensorFlow 2.9 and later both read (`GraphDef.versions.producer`). */
const GRAPH_PRODUCER = 1087;
const SAVED_MODEL_SCHEMA = 1;
/** The tag under which a SavedModel's graph is found. */
export const SERVE_TAG = 'serve';

const writeGraph = (message: ProtobufWriter, nodes: readonly Node[]): void => {
  for (const node of nodes)
    message.message(1, (entry) => {
      writeNode(entry, node);
    });
  message.message(4, (versions) => versions.integer(1, GRAPH_PRODUCER));
};

/** The bytes of a frozen graph (`.pb`). */
export const encodeGraphDef = (nodes: readonly Node[]): Uint8Array => {
  const message = new ProtobufWriter();
  writeGraph(message, nodes);
  return message.finish();
};

/** The bytes of a `saved_model.pb` that holds this graph; no folder of variables is needed. */
export const encodeSavedModel = (
  nodes: readonly Node[],
  signatures: Readonly<Record<string, Signature>>,
): Uint8Array =>
  new ProtobufWriter()
    .integer(1, SAVED_MODEL_SCHEMA)
    .message(2, (metaGraph) => {
      metaGraph.message(1, (info) => info.string(4, SERVE_TAG));
      metaGraph.message(2, (graph) => {
        writeGraph(graph, nodes);
      });
      for (const [name, signature] of Object.entries(signatures)) {
        metaGraph.message(5, (entry) =>
          entry.string(1, name).message(2, (value) => {
            writeSignature(value, signature);
          }),
        );
      }
    })
    .finish();
