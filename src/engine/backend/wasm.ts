import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { setWasmPaths, version_wasm as wasmVersion } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { EngineInfo } from '../../contract/engine.ts';
import { tfjsEmbedder } from '../embedding/tfjs-runner.ts';
import { tfjsRunner } from '../mtcnn/runner.ts';
import type { Backend } from './backend.ts';

/** The backend that needs nothing but its npm package: one thread, SIMD. @throws when WebAssembly cannot start. */
export const openWasm = async (whyNotBetter: EngineInfo['whyNotBetter']): Promise<Backend> => {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`.replace(/\/?$/, '/'));
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly could not be started.');
  await tf.ready();
  return {
    info: {
      backend: 'wasm',
      device: 'CPU',
      version: wasmVersion,
      libraries: [{ name: '@tensorflow/tfjs-core', version: tf.version_core }],
      whyNotBetter,
    },
    mtcnn: tfjsRunner,
    embedder: tfjsEmbedder,
    tensors: () => tf.memory().numTensors,
    graphs: () => 0,
  };
};
