import * as tf from '@tensorflow/tfjs-core';
import { createWeightTensors, tfjsOperations } from '../network/tfjs-operations.ts';
import type { EmbeddingNetwork, EmbeddingRunner } from './runner.ts';

/** The network on the tfjs backend that is set: slower, and everywhere to be had. */
export const tfjsEmbedder = (network: EmbeddingNetwork): EmbeddingRunner => {
  const kept = createWeightTensors();
  const ops = tfjsOperations(kept);
  const side = network.inputSizePx;
  return {
    run(pictures, count) {
      const values = tf.tidy(() =>
        network.write(ops, ops.toFloat(tf.tensor(pictures, [count, side, side, 3], 'int32'))).dataSync(),
      );
      if (!(values instanceof Float32Array) || values.length !== count * network.dimensions)
        throw new TypeError('A network gave an unexpected shape.');
      return values;
    },
    dispose() {
      kept.dispose();
    },
  };
};
