/**
 * The bare Inception-ResNet-v1 with random weights on native TensorFlow, singly and in batches, and the multiply-adds a second of a large matMul.
 * Arguments: size of a batch, seconds for each, and a file that takes the weights. Prints one JSON document.
 */
import { writeFileSync } from 'node:fs';
import { bindingPackageFolder, loadBinding } from '../../src/engine/backend/binding.ts';
import { loadGraph } from '../../src/engine/backend/native-graph.ts';
import { embeddingNetwork } from '../../src/engine/embedding/network.ts';
import { nativeEmbedder } from '../../src/engine/embedding/runner.ts';
import { inceptionResnetV1 } from '../../src/engine/facenet/inception-resnet-v1.ts';
import { variablesOf } from '../../src/engine/facenet/variables.ts';
import { GraphBuilder } from '../../src/engine/graph/builder.ts';
import { graphOperations } from '../../src/engine/network/graph-operations.ts';
import { encodeSafetensors } from '../../src/node/codecs/safetensors.ts';

const EMBEDDING_SIZE = 512;
const SIDE_PX = 160;
const MATRIX = 2048;
const PRODUCTS = 8;

const [batchText = '32', secondsText = '5', weightsFile] = process.argv.slice(2);
const batch = Number(batchText);
const seconds = Number(secondsText);

const weights = new Map(
  variablesOf(inceptionResnetV1, { embeddingSize: EMBEDDING_SIZE }).map(({ name, shape }) => {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    const reach = Math.sqrt(6 / shape.slice(0, -1).reduce((product, size) => product * size, 1));
    if (name.endsWith('variance')) values.fill(1);
    else if (name.endsWith('weights'))
      for (let i = 0; i < values.length; i += 1) values[i] = (Math.random() * 2 - 1) * reach;
    return [name, { shape, values }];
  }),
);
if (weightsFile !== undefined) writeFileSync(weightsFile, Buffer.concat([...encodeSafetensors(weights)]));

const network = embeddingNetwork(
  {
    architecture: 'inception-resnet-v1',
    dimensions: EMBEDDING_SIZE,
    isUnitLength: true,
    preprocessing: {
      crop: { style: 'relative', imageSizePx: SIDE_PX, marginPx: 32 },
      alsoTakes: [],
      inputSizePx: SIDE_PX,
      colour: 'rgb',
      standardisation: { kind: 'fixed', mean: [127.5, 127.5, 127.5], scale: 128 },
    },
  },
  weights,
);

/** Multiply-adds for one picture, counted where the network is written. */
const multiplyAdds = () => {
  const graph = new GraphBuilder();
  const ops = graphOperations(graph, false);
  let count = 0;
  network.write(
    {
      ...ops,
      convolution(x, kernel, bias, options) {
        const output = ops.convolution(x, kernel, bias, options);
        count += (output.shape[1] ?? 0) * (output.shape[2] ?? 0) * kernel.values.length;
        return output;
      },
      dense(x, kernel, bias) {
        count += kernel.values.length;
        return ops.dense(x, kernel, bias);
      },
    },
    graph.placeholder('pictures', 'float32', [1, SIDE_PX, SIDE_PX, 3]),
  );
  return count;
};

/** @param {() => unknown} run */
const runsPerSecond = (run) => {
  run();
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < seconds * 1000) {
    run();
    runs += 1;
  }
  return (runs * 1000) / (performance.now() - start);
};

const binding = loadBinding(bindingPackageFolder());
const runner = nativeEmbedder(binding, network);
/** @param {number} count */
const rate = (count) => {
  const pictures = Uint8Array.from({ length: count * SIDE_PX * SIDE_PX * 3 }, () => Math.random() * 256);
  return count * runsPerSecond(() => runner.run(pictures, count));
};

const matMulRate = () => {
  const graph = new GraphBuilder();
  const shape = [MATRIX, MATRIX];
  const float = /** @type {const} */ ({ type: 'float32' });
  const matrix = graph.placeholder('matrix', 'float32', shape);
  let product = matrix;
  for (let each = 0; each < PRODUCTS; each += 1)
    product = graph.operation(
      'MatMul',
      'product',
      [product, matrix],
      { T: float, transpose_a: { boolean: false }, transpose_b: { boolean: false } },
      { type: 'float32', shape },
    );
  const loaded = loadGraph(binding, graph, [matrix], [product]);
  const values = Float32Array.from({ length: MATRIX * MATRIX }, () => (Math.random() - 0.5) / MATRIX);
  return PRODUCTS * MATRIX ** 3 * runsPerSecond(() => loaded.run([{ shape, values }]));
};

const perPicture = multiplyAdds();
console.log(
  JSON.stringify({ single: rate(1), batch: rate(batch), multiplyAdds: perPicture, matMul: matMulRate() }),
);
