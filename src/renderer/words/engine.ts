import type { EngineInfo } from '../../contract/engine.ts';
import type { EngineState } from '../../contract/studio.ts';

const backendName = ({ backend }: EngineInfo): string =>
  backend === 'tensorflow' ? 'TensorFlow' : 'WebAssembly';

/** The engine in two or three words: `TensorFlow GPU`. */
export const engineName = (state: EngineState): string => {
  if (state.state === 'starting') return 'Engine starting';
  if (state.state === 'failed') return 'No engine';
  return `${backendName(state.info)} ${state.info.device.split(/[\s:(,]/u)[0] ?? ''}`.trim();
};

/** Everything that a tip tells of the engine, one line each. */
export const engineLines = (state: EngineState): readonly string[] => {
  if (state.state === 'starting') return ['The engine that finds faces is starting.'];
  if (state.state === 'failed') return [state.reason, state.advice];
  const { info } = state;
  const lines = [`${backendName(info)} ${info.version}`, info.device];
  return info.whyNotBetter === null ? lines : [...lines, info.whyNotBetter.reason, info.whyNotBetter.advice];
};
