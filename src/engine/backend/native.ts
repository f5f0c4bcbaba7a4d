import { existsSync } from 'node:fs';
import type { EngineInfo } from '../../contract/engine.ts';
import { readEngineRecord } from '../../node/processes/engine-record.ts';
import { nativeEmbedder } from '../embedding/runner.ts';
import type { MtcnnWeights } from '../mtcnn/networks.ts';
import { nativeRunner } from '../mtcnn/runner.ts';
import { bindingPackageFolder, loadActivations, loadBinding } from './binding.ts';
import type { Backend } from './backend.ts';

/** Why the native engine cannot be had, and what to do; as a sentence each. */
export const whyNoNative = (error: unknown): { reason: string; advice: string } => {
  const record = readEngineRecord();
  return {
    reason:
      record?.reason ??
      `Native TensorFlow did not load: ${error instanceof Error ? error.message : String(error)}`,
    advice:
      record?.advice ??
      'Run "npm run setup" to install it; it needs pip, a C++ compiler and a 64-bit Linux with glibc 2.27 or newer.',
  };
};

const hasNvidiaDriver = (): boolean => existsSync('/proc/driver/nvidia/version');

const whyNoGpu = (): EngineInfo['whyNotBetter'] =>
  readEngineRecord()?.whyNoGpu ??
  (hasNvidiaDriver()
    ? {
        reason: 'There is an NVIDIA GPU, but the CUDA build of TensorFlow is not installed or did not load.',
        advice: 'Run "npm run setup" with the GPU visible to install it.',
      }
    : {
        reason: 'This machine has no NVIDIA GPU with a driver.',
        advice: 'Nothing to do: TensorFlow uses every core.',
      });

/** TensorFlow through the addon of `@tensorflow/tfjs-node-gpu`, on a GPU where one is visible. @throws when it cannot be loaded. */
export const openNative = (): Backend => {
  const binding = loadBinding(bindingPackageFolder());
  const isOnGpu = binding.isUsingGpuDevice();
  const hasActivations = !isOnGpu && loadActivations();
  const info: EngineInfo = {
    backend: 'tensorflow',
    device: isOnGpu ? 'GPU' : 'CPU',
    version: binding.TF_Version,
    libraries: [{ name: 'libtensorflow', version: binding.TF_Version }],
    whyNotBetter: isOnGpu ? null : whyNoGpu(),
  };
  return {
    info,
    mtcnn: (weights: MtcnnWeights) => nativeRunner(binding, weights, hasActivations),
    embedder: (network) => nativeEmbedder(binding, network),
    tensors: () => binding.getNumOfTensors(),
    graphs: () => binding.getNumOfSavedModels(),
  };
};
