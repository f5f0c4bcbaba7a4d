import type { EngineChoice, EngineInfo } from '../../contract/engine.ts';
import type { Backend } from './backend.ts';
import { openNative, whyNoNative } from './native.ts';

/** The engine asked for cannot be had. Both texts are sentences for people. */
export class EngineUnavailable extends Error {
  readonly reason: string;
  readonly advice: string;

  constructor({ reason, advice }: { readonly reason: string; readonly advice: string }) {
    super(`${reason} ${advice}`);
    this.name = 'EngineUnavailable';
    this.reason = reason;
    this.advice = advice;
  }
}

const CPU_ASKED_FOR = {
  reason: 'The CPU was asked for.',
  advice:
    'Leave out "--engine cpu", or choose the best there is in the settings, to use a GPU where there is one.',
};

const openWasm = async (whyNotBetter: EngineInfo['whyNotBetter']): Promise<Backend> => {
  // Loaded only here: tfjs costs half a second that native TensorFlow does not need.
  const wasm = await import('./wasm.ts');
  return wasm.openWasm(whyNotBetter);
};

/**
 * Opens the engine asked for: `auto` takes TensorFlow on a GPU, else on the CPU, else WebAssembly, and says why not a better
 * one. The process that calls it hides the GPU from TensorFlow by its environment when `cpu` was asked for.
 * @throws EngineUnavailable when `gpu` or `cpu` was asked for and cannot be had.
 */
export const chooseBackend = async (choice: EngineChoice): Promise<Backend> => {
  if (choice === 'wasm') {
    return openWasm({
      reason: 'WebAssembly was asked for.',
      advice: 'Leave out "--engine wasm", or choose the best there is in the settings, to use TensorFlow.',
    });
  }
  let native: Backend;
  try {
    native = openNative();
  } catch (error) {
    const why = whyNoNative(error);
    if (choice === 'auto') return openWasm(why);
    throw new EngineUnavailable(why);
  }
  const { info } = native;
  if (choice === 'gpu' && info.device !== 'GPU' && info.whyNotBetter !== null) {
    throw new EngineUnavailable(info.whyNotBetter);
  }
  return choice === 'cpu' ? { ...native, info: { ...info, whyNotBetter: CPU_ASKED_FOR } } : native;
};
