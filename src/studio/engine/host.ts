import type { EngineClient, EngineInfo } from '../../contract/engine.ts';
import type { EngineState } from '../../contract/studio.ts';
import { createSignal, nextChange, type Signal } from '../streams.ts';
import { AUTO_ENGINE, type ConnectEngine, type EngineOptions } from './connection.ts';
import { startEngine, type EngineProcess } from './process.ts';

/** An engine in use. It outlives crashes: calls made while it starts again wait for it. */
export type EngineLease = {
  readonly client: EngineClient;
  readonly info: EngineInfo;
  /** How often it has crashed; a call that failed while this grew was cut off by a crash. */
  readonly crashes: () => number;
  /** Aborted, with a failure as its reason, when the engine crashed too often and stays down. */
  readonly lost: AbortSignal;
  readonly release: () => void;
};

export type EngineHost = {
  /** The engine that was asked for, or for `auto` the preferred one, started when it does not run; waits while another one is in use. @throws a failure */
  acquire(options: EngineOptions, signal?: AbortSignal): Promise<EngineLease>;
  state(): EngineState;
  /** Whether no engine runs and none is being started. */
  isIdle(): boolean;
  readonly changes: Signal;
  stop(): Promise<void>;
};

type Running = { readonly engine: EngineProcess; users: number };

/** True when one engine serves both. */
export const isSameEngine = (a: EngineOptions, b: EngineOptions): boolean =>
  a.choice === b.choice &&
  a.gpuMemoryFraction === b.gpuMemoryFraction &&
  a.photoMemoryMebibytes === b.photoMemoryMebibytes &&
  (a.networkCores ?? 'half') === (b.networkCores ?? 'half');

/** What is started for a wish: where nobody cares which engine, the one that is preferred. */
const resolveWish = (wish: EngineOptions, preferred: EngineOptions): EngineOptions =>
  wish.choice === 'auto'
    ? {
        ...preferred,
        ...(wish.networkCores === undefined ? {} : { networkCores: wish.networkCores }),
        gpuMemoryFraction: Math.min(wish.gpuMemoryFraction, preferred.gpuMemoryFraction),
      }
    : { ...preferred, ...wish };

/** Between jobs an engine waits for so long before it gives its 400 MB back; it takes a second to start again. */
const REST_AFTER_MS = 30_000;

/**
 * Keeps one engine process, started at first use, kept between jobs that follow each other and exchanged when another choice is asked
 * for. One that nobody used for a while is stopped; its state goes on telling what it is.
 * @param preferred asked each time somebody leaves the choice to the program
 */
export const createEngineHost = (
  connect: ConnectEngine,
  preferred: () => EngineOptions = () => AUTO_ENGINE,
  restAfterMs = REST_AFTER_MS,
): EngineHost => {
  const changes = createSignal();
  let running: Running | null = null;
  let state: EngineState = { state: 'starting' };
  let turn: Promise<void> = Promise.resolve();

  const start = (options: EngineOptions): Running => {
    const isCurrent = (): boolean => running === null || running === started;
    const engine = startEngine(connect, options, {
      onState(next) {
        if (!isCurrent()) return;
        state = next;
        changes.notify();
      },
      onLost() {
        if (isCurrent()) running = null;
      },
    });
    const started: Running = { engine, users: 0 };
    return started;
  };
  const stopRunning = async (): Promise<void> => {
    const ending = running;
    running = null;
    await ending?.engine.connection.stop();
  };

  let resting: ReturnType<typeof setTimeout> | undefined;
  const restSoon = (used: Running): void => {
    clearTimeout(resting);
    resting = setTimeout(() => {
      if (running === used && used.users === 0) void stopRunning();
    }, restAfterMs);
    resting.unref();
  };

  /** Waits until nobody uses an engine of other options, then gives the one of these. */
  const exchange = async (options: EngineOptions, signal?: AbortSignal): Promise<Running> => {
    while (running !== null && !isSameEngine(running.engine.options, options) && running.users > 0) {
      await nextChange(changes, signal);
      signal?.throwIfAborted();
    }
    if (running !== null && !isSameEngine(running.engine.options, options)) await stopRunning();
    running ??= start(options);
    running.users += 1;
    return running;
  };

  return {
    async acquire(wish, signal) {
      const options = resolveWish(wish, preferred());
      const mine = turn.then(() => exchange(options, signal));
      turn = mine.then(
        () => undefined,
        () => undefined,
      );
      const used = await mine;
      const { connection, crashes, lost, info } = used.engine;
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        used.users -= 1;
        changes.notify();
        restSoon(used);
      };
      try {
        return { client: connection.client, info: await info(), crashes, lost, release };
      } catch (error) {
        release();
        // An engine that cannot be had is asked again next time: somebody may have followed the advice.
        if (running === used && used.users === 0) await stopRunning();
        throw error;
      }
    },
    state: () => state,
    isIdle: () => running === null,
    changes,
    stop: stopRunning,
  };
};
