import * as tf from '@tensorflow/tfjs-core';
import { CANVAS_CELLS, CANVAS_SIDE_PX } from '../../core/mtcnn/packing.ts';
import { VALUES_PER_OUTPUT, VALUES_PER_REFINEMENT } from '../../core/mtcnn/stages.ts';
import type { TensorFlowBinding } from '../backend/binding.ts';
import { loadGraph, type NativeGraph } from '../backend/native-graph.ts';
import { GraphBuilder, type GraphTensor } from '../graph/builder.ts';
import { UNKNOWN } from '../graph/graph-def.ts';
import { graphOperations } from '../network/graph-operations.ts';
import type { Operations } from '../network/operations.ts';
import { createWeightTensors, tfjsOperations } from '../network/tfjs-operations.ts';
import { onet, pnet, rnet, type MtcnnWeights } from './networks.ts';

/** Side of the squares that R-net and O-net take. */
export const RNET_SIDE_PX = 24;
export const ONET_SIDE_PX = 48;

/** Side of the mask of a canvas: the size of the first convolution's output. */
export const MASK_SIDE = CANVAS_SIDE_PX - 2;

/** The three networks, ready to run. Each call is synchronous: the caller gives the event loop a turn between calls. */
export type MtcnnRunner = {
  /** Canvas [side, side, 3] uint8 and mask [side - 2, side - 2] to cells [rows, columns, 5]; see `pnet`. */
  pnet(canvas: Uint8Array, mask: Float32Array): Float32Array;
  /** [count, 24, 24, 3] to [count, 5]. */
  rnet(squares: Float32Array, count: number): Float32Array;
  /** [count, 48, 48, 3] to [count, 15]. */
  onet(squares: Float32Array, count: number): Float32Array;
  dispose(): void;
};

const CANVAS_SHAPE = [1, CANVAS_SIDE_PX, CANVAS_SIDE_PX, 3] as const;
const MASK_SHAPE = [1, MASK_SIDE, MASK_SIDE, 1] as const;

/** The networks as graphs of native TensorFlow, one call for each run. `hasActivations` as `loadActivations` says. */
export const nativeRunner = (
  binding: TensorFlowBinding,
  weights: MtcnnWeights,
  hasActivations: boolean,
): MtcnnRunner => {
  const build = (
    write: (
      ops: Operations<GraphTensor>,
      graph: GraphBuilder,
    ) => { inputs: GraphTensor[]; output: GraphTensor },
  ): NativeGraph => {
    const graph = new GraphBuilder();
    const { inputs, output } = write(graphOperations(graph, hasActivations), graph);
    return loadGraph(binding, graph, inputs, [output]);
  };
  const cells = build((ops, graph) => {
    const canvas = graph.placeholder('canvas', 'uint8', CANVAS_SHAPE);
    const mask = graph.placeholder('mask', 'float32', MASK_SHAPE);
    return { inputs: [canvas, mask], output: pnet(ops, weights, canvas, mask) };
  });
  const squares = (side: number, network: typeof rnet): NativeGraph =>
    build((ops, graph) => {
      const input = graph.placeholder('squares', 'float32', [UNKNOWN, side, side, 3]);
      return { inputs: [input], output: network(ops, weights, input) };
    });
  const refinement = squares(RNET_SIDE_PX, rnet);
  const output = squares(ONET_SIDE_PX, onet);
  const only = (values: readonly Float32Array[]): Float32Array => values[0] ?? new Float32Array();
  return {
    pnet: (canvas, mask) =>
      only(
        cells.run([
          { shape: CANVAS_SHAPE, values: canvas },
          { shape: MASK_SHAPE, values: mask },
        ]),
      ),
    rnet: (values, count) =>
      only(refinement.run([{ shape: [count, RNET_SIDE_PX, RNET_SIDE_PX, 3], values }])),
    onet: (values, count) => only(output.run([{ shape: [count, ONET_SIDE_PX, ONET_SIDE_PX, 3], values }])),
    dispose() {
      for (const graph of [cells, refinement, output]) graph.dispose();
    },
  };
};

/** The networks on the tfjs backend that is set: slower, and everywhere to be had. */
export const tfjsRunner = (weights: MtcnnWeights): MtcnnRunner => {
  const kept = createWeightTensors();
  const ops = tfjsOperations(kept);
  const run = (network: () => tf.Tensor, size: number): Float32Array => {
    const values = tf.tidy(() => network().dataSync());
    if (!(values instanceof Float32Array) || values.length !== size)
      throw new TypeError('A network gave an unexpected shape.');
    return values;
  };
  return {
    pnet: (canvas, mask) =>
      run(
        () =>
          pnet(
            ops,
            weights,
            tf.tensor(canvas, [...CANVAS_SHAPE], 'int32'),
            tf.tensor(mask, [...MASK_SHAPE], 'float32'),
          ),
        CANVAS_CELLS * CANVAS_CELLS * VALUES_PER_REFINEMENT,
      ),
    rnet: (values, count) =>
      run(
        () => rnet(ops, weights, tf.tensor(values, [count, RNET_SIDE_PX, RNET_SIDE_PX, 3])),
        count * VALUES_PER_REFINEMENT,
      ),
    onet: (values, count) =>
      run(
        () => onet(ops, weights, tf.tensor(values, [count, ONET_SIDE_PX, ONET_SIDE_PX, 3])),
        count * VALUES_PER_OUTPUT,
      ),
    dispose() {
      kept.dispose();
    },
  };
};
