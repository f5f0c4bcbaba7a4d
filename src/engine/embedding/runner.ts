import type { TensorFlowBinding } from '../backend/binding.ts';
import { loadGraph } from '../backend/native-graph.ts';
import { GraphBuilder } from '../graph/builder.ts';
import { UNKNOWN } from '../graph/graph-def.ts';
import { graphOperations } from '../network/graph-operations.ts';
import type { Operations } from '../network/operations.ts';

/** A network that makes vectors of pictures, with its weights. */
export type EmbeddingNetwork = {
  readonly inputSizePx: number;
  readonly dimensions: number;
  /** Pictures [batch, inputSizePx, inputSizePx, 3] float32, pixels 0..255, to vectors [batch, dimensions]. */
  write<Tensor>(ops: Operations<Tensor>, pixels: Tensor): Tensor;
};

/** A network ready to run. Each call is synchronous: the caller gives the event loop a turn between calls. */
export type EmbeddingRunner = {
  /** Pictures [count, inputSizePx, inputSizePx, 3] RGB bytes to vectors [count, dimensions]. */
  run(pictures: Uint8Array, count: number): Float32Array;
  dispose(): void;
};

/** The network as one graph of native TensorFlow. */
export const nativeEmbedder = (binding: TensorFlowBinding, network: EmbeddingNetwork): EmbeddingRunner => {
  const side = network.inputSizePx;
  const builder = new GraphBuilder();
  const ops = graphOperations(builder, false);
  const input = builder.placeholder('pictures', 'uint8', [UNKNOWN, side, side, 3]);
  const graph = loadGraph(binding, builder, [input], [network.write(ops, ops.toFloat(input))]);
  return {
    run: (pictures, count) =>
      graph.run([{ shape: [count, side, side, 3], values: pictures }])[0] ?? new Float32Array(),
    dispose() {
      graph.dispose();
    },
  };
};
