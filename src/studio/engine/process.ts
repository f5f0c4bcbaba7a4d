import type { EngineInfo } from '../../contract/engine.ts';
import type { EngineState } from '../../contract/studio.ts';
import { failed, isFailure } from '../failure.ts';
import type { ConnectEngine, EngineConnection, EngineOptions } from './connection.ts';
import { engineError } from './errors.ts';

/** An engine process with what is known of it. */
export type EngineProcess = {
  readonly options: EngineOptions;
  readonly connection: EngineConnection;
  /** Aborted, with a failure as its reason, when the engine crashed too often and stays down. */
  readonly lost: AbortSignal;
  readonly crashes: () => number;
  /** What it says of itself; asked again after a crash. @throws a failure when it cannot be had */
  readonly info: () => Promise<EngineInfo>;
};

const sentenceOf = (error: unknown): string => {
  if (isFailure(error)) return error.data.message;
  return error instanceof Error ? error.message : String(error);
};

/** The state that an error of describing stands for, and the error as a failure where it is one for people. */
const stateOfError = (error: unknown): { readonly state: EngineState; readonly told: unknown } => {
  const known = engineError(error);
  if (known?.code !== 'ENGINE_UNAVAILABLE') {
    return { state: { state: 'failed', reason: sentenceOf(error), advice: '' }, told: error };
  }
  const { reason, advice } = known.data;
  const sentence = [reason, advice].filter((part) => part !== '').join(' ');
  return { state: { state: 'failed', reason, advice }, told: failed(sentence) };
};

/** Starts an engine process and asks what it is. `onLost` is called when it stays down. */
export const startEngine = (
  connect: ConnectEngine,
  options: EngineOptions,
  events: { readonly onState: (state: EngineState) => void; readonly onLost: () => void },
): EngineProcess => {
  const lost = new AbortController();
  let crashes = 0;
  let isUpBefore = false;

  const describe = async (): Promise<EngineInfo> => {
    events.onState({ state: 'starting' });
    try {
      const info = await connection.client.describe({}, { signal: AbortSignal.any([lost.signal]) });
      events.onState({ state: 'ready', info });
      return info;
    } catch (error) {
      const { state, told } = stateOfError(lost.signal.aborted ? lost.signal.reason : error);
      events.onState(state);
      throw told;
    }
  };
  const ask = (): Promise<EngineInfo> => {
    const asked = describe();
    // Whoever needs it awaits it; the state tells the rest.
    asked.catch(() => undefined);
    return asked;
  };

  const connection = connect(options, {
    onUp() {
      if (isUpBefore) info = ask();
      isUpBefore = true;
    },
    onDown(reason, final) {
      crashes += 1;
      events.onState({ state: 'starting' });
      if (!final) return;
      const often = `The engine crashed ${String(crashes)} times and stays down: ${reason}`;
      lost.abort(failed(`${often} Run "facenet-studio doctor".`));
      events.onLost();
    },
  });
  let info = ask();
  return { options, connection, lost: lost.signal, crashes: () => crashes, info: () => info };
};
