import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { EngineInfo } from '../../contract/engine.ts';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import type { MtcnnWeights } from '../mtcnn/networks.ts';
import { nativeRunner } from '../mtcnn/runner.ts';
import { bindingPackageFolder, loadBinding } from './binding.ts';
import type { Backend } from './backend.ts';

/** What the installer wrote down about the native engine; see scripts/setup/native-engine.mjs. */
const InstallRecord = z.looseObject({ outcome: z.string(), reason: z.string().nullable().optional() });

const INSTALL_RECORD = join(PROJECT_FOLDER, 'node_modules', '.facenet-studio', 'native-engine.json');

const installerReason = (): string | null => {
  if (!existsSync(INSTALL_RECORD)) return null;
  const record = InstallRecord.safeParse(JSON.parse(readFileSync(INSTALL_RECORD, 'utf8')));
  return record.success ? (record.data.reason ?? null) : null;
};

/** Why the native engine cannot be had, and what to do; as a sentence each. */
export const whyNoNative = (error: unknown): { reason: string; advice: string } => ({
  reason:
    installerReason() ??
    `Native TensorFlow did not load: ${error instanceof Error ? error.message : String(error)}`,
  advice:
    'Run "npm run setup" to install it; it needs pip, a C++ compiler and a 64-bit Linux with glibc 2.27 or newer.',
});

const hasNvidiaDriver = (): boolean => existsSync('/proc/driver/nvidia/version');

const whyNoGpu = (): EngineInfo['whyNotBetter'] =>
  hasNvidiaDriver()
    ? {
        reason: 'There is an NVIDIA GPU, but the CUDA build of TensorFlow is not installed or did not load.',
        advice: 'Run "npm run setup" with the GPU visible to install it.',
      }
    : {
        reason: 'This machine has no NVIDIA GPU with a driver.',
        advice: 'Nothing to do: TensorFlow uses every core.',
      };

/** TensorFlow through the addon of `@tensorflow/tfjs-node-gpu`, on a GPU where one is visible. @throws when it cannot be loaded. */
export const openNative = (): Backend => {
  const binding = loadBinding(bindingPackageFolder());
  const isOnGpu = binding.isUsingGpuDevice();
  const info: EngineInfo = {
    backend: 'tensorflow',
    device: isOnGpu ? 'GPU' : 'CPU',
    version: binding.TF_Version,
    libraries: [{ name: 'libtensorflow', version: binding.TF_Version }],
    whyNotBetter: isOnGpu ? null : whyNoGpu(),
  };
  return {
    info,
    mtcnn: (weights: MtcnnWeights) => nativeRunner(binding, weights),
    tensors: () => binding.getNumOfTensors(),
    graphs: () => binding.getNumOfSavedModels(),
  };
};
