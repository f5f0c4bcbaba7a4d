import type { EngineClient, EngineInfo } from '../../contract/engine.ts';
import type { EngineState } from '../../contract/studio.ts';
import { failed, isFailure } from '../failure.ts';
import { createSignal, type Signal } from '../streams.ts';
import { engineError } from './errors.ts';
import type { ConnectEngine, EngineConnection, EngineOptions } from './connection.ts';

/** An engine in use. It outlives crashes: calls made while it starts again wait for it. */
export type EngineLease = {
  readonly client: EngineClient;
  readonly info: EngineInfo;
  /** How often it has crashed; a call that failed while this grew was cut off by a crash. */
  crashes(): number;
  /** Aborted, with a failure as its reason, when the engine crashed too often and stays down. */
  readonly lost: AbortSignal;
  release(): void;
};

export type EngineHost = {
  /** The engine that was asked for, started when it does not run; waits while another one is in use. @throws a failure */
  acquire(options: EngineOptions, signal?: AbortSignal): Promise<EngineLease>;
  state(): EngineState;
  /** Whether no engine runs and none is being started. */
  isIdle(): boolean;
  readonly changes: Signal;
  stop(): Promise<void>;
};

type Running = {
  readonly options: EngineOptions;
  readonly connection: EngineConnection;
  readonly lost: AbortController;
  info: Promise<EngineInfo>;
  crashes: number;
  users: number;
};

const isSame = (a: EngineOptions, b: EngineOptions): boolean =>
  a.choice === b.choice && a.gpuMemoryFraction === b.gpuMemoryFraction;

const sentence = (error: unknown): { readonly reason: string; readonly advice: string } => {
  if (isFailure(error)) return { reason: error.data.message, advice: '' };
  return { reason: error instanceof Error ? error.message : String(error), advice: '' };
};

/** Keeps one engine process, started at first use, kept between jobs and exchanged when another choice is asked for. */
export const createEngineHost = (connect: ConnectEngine): EngineHost => {
  const changes = createSignal();
  let running: Running | null = null;
  let state: EngineState = { state: 'starting' };
  let turn: Promise<void> = Promise.resolve();

  const setState = (next: EngineState): void => {
    state = next;
    changes.notify();
  };

  const describe = async (engine: Running): Promise<EngineInfo> => {
    setState({ state: 'starting' });
    try {
      const info = await engine.connection.client.describe({}, { signal: engine.lost.signal });
      setState({ state: 'ready', info });
      return info;
    } catch (error) {
      const known = engineError(error);
      if (known?.code === 'ENGINE_UNAVAILABLE') {
        const { reason, advice } = known.data;
        setState({ state: 'failed', reason, advice });
        throw failed([reason, advice].filter((part) => part !== '').join(' '));
      }
      const told: unknown = engine.lost.signal.aborted ? engine.lost.signal.reason : error;
      setState({ state: 'failed', ...sentence(told) });
      throw told;
    }
  };

  const start = (options: EngineOptions): Running => {
    const lost = new AbortController();
    let isUpBefore = false;
    const connection = connect(options, {
      onUp() {
        if (isUpBefore && running === engine) {
          engine.info = describe(engine);
          // Whoever needs it awaits it; the state tells the rest.
          engine.info.catch(() => undefined);
        }
        isUpBefore = true;
      },
      onDown(reason, final) {
        engine.crashes += 1;
        if (running === engine) setState({ state: 'starting' });
        if (!final) return;
        lost.abort(
          failed(
            `The engine crashed ${String(engine.crashes)} times and stays down: ${reason} Run "facenet-studio doctor".`,
          ),
        );
        if (running === engine) running = null;
      },
    });
    const engine: Running = {
      options,
      connection,
      lost,
      info: Promise.reject(new Error('not yet asked')),
      crashes: 0,
      users: 0,
    };
    engine.info.catch(() => undefined);
    engine.info = describe(engine);
    engine.info.catch(() => undefined);
    return engine;
  };

  const stopRunning = async (): Promise<void> => {
    const engine = running;
    running = null;
    await engine?.connection.stop();
  };

  /** Waits until nobody uses an engine of other options, then gives the one of these. */
  const exchange = async (options: EngineOptions, signal?: AbortSignal): Promise<Running> => {
    while (running !== null && !isSame(running.options, options) && running.users > 0) {
      signal?.throwIfAborted();
      await new Promise<void>((resolve) => {
        const unsubscribe = changes.subscribe(() => {
          unsubscribe();
          resolve();
        });
        signal?.addEventListener(
          'abort',
          () => {
            resolve();
          },
          { once: true },
        );
      });
    }
    signal?.throwIfAborted();
    if (running !== null && !isSame(running.options, options)) await stopRunning();
    running ??= start(options);
    running.users += 1;
    return running;
  };

  return {
    async acquire(options, signal) {
      const mine = turn.then(() => exchange(options, signal));
      turn = mine.then(
        () => undefined,
        () => undefined,
      );
      const engine = await mine;
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        engine.users -= 1;
        changes.notify();
      };
      try {
        const info = await engine.info;
        return {
          client: engine.connection.client,
          info,
          crashes: () => engine.crashes,
          lost: engine.lost.signal,
          release,
        };
      } catch (error) {
        release();
        // An engine that cannot be had is asked again next time: somebody may have followed the advice.
        if (running === engine && engine.users === 0) await stopRunning();
        throw error;
      }
    },
    state: () => state,
    isIdle: () => running === null,
    changes,
    stop: stopRunning,
  };
};
