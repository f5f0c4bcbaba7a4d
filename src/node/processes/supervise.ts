import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Frame } from '../../contract/channel.ts';

/** A process that crashes more often than this within the window is left down, and its owner is told. */
const MOST_RESTARTS = 3;
const RESTART_WINDOW_MS = 5 * 60_000;
const RESTART_DELAY_MS = 100;

export type Supervised = {
  /** Sends a frame; false when the process is down (the frame is dropped). */
  send(frame: Frame): boolean;
  /** Ends the process for good and resolves when it is gone. */
  stop(): Promise<void>;
  /** Ends the process hard; it is started again as after a crash. */
  kill(): void;
  readonly pid: number | null;
};

export type SupervisedEvents = {
  up(): void;
  /** `reason` tells how the process ended, as a sentence. `final` when it will not be started again. */
  down(reason: string, final: boolean): void;
  frame(frame: Frame): void;
};

export type SuperviseOptions = {
  readonly entry: string;
  readonly events: SupervisedEvents;
  /** The plain Node that runs it; the running one unless this is Electron. See docs/decisions/0001. */
  readonly nodePath?: string | undefined;
  readonly arguments?: readonly string[] | undefined;
  /** For Node itself, before the entry. */
  readonly nodeArguments?: readonly string[] | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** False: a process that ended stays down. */
  readonly restart?: boolean | undefined;
  readonly now?: (() => number) | undefined;
  /** Lines of its stderr that are left out of ours: what a native library says whether or not anybody can use it. */
  readonly isChatter?: ((line: string) => boolean) | undefined;
};

/** A process that was told to leave closes what it has open, and is ended by force after this time. */
const LEAVE_MS = 10_000;

/** Forks a program of the build, restarts it after a crash, at most 3 times in 5 minutes, and relays its frames. */
export const supervise = (options: SuperviseOptions): Supervised => {
  const { entry, events, isChatter, restart = true, now = Date.now } = options;
  const crashes: number[] = [];
  let child: ChildProcess | null = null;
  let isStopped = false;
  let gone: Promise<void> = Promise.resolve();

  const start = (): void => {
    const started = fork(entry, [...(options.arguments ?? [])], {
      serialization: 'advanced',
      execArgv: [...(options.nodeArguments ?? [])],
      ...(options.nodePath === undefined ? {} : { execPath: options.nodePath }),
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'inherit', isChatter === undefined ? 'inherit' : 'pipe', 'ipc'],
    });
    child = started;
    if (started.stderr !== null && isChatter !== undefined) {
      createInterface({ input: started.stderr }).on('line', (line) => {
        if (!isChatter(line)) process.stderr.write(`${line}\n`);
      });
    }
    started.on('message', (message) => {
      // The child is our own program and speaks only these two.
      const known = message as { readonly ready: true } | Frame;
      if ('ready' in known) events.up();
      else events.frame(known);
    });
    started.on('error', (error) => {
      events.down(`It could not be started: ${error.message}.`, true);
    });
    gone = new Promise((resolve) => {
      started.once('exit', (code, signal) => {
        if (child === started) child = null;
        resolve();
        if (isStopped) return;
        crashes.push(now());
        while (crashes[0] !== undefined && crashes[0] < now() - RESTART_WINDOW_MS) crashes.shift();
        const mayRestart = restart && crashes.length <= MOST_RESTARTS;
        events.down(
          signal === null ? `It ended with code ${String(code)}.` : `It was ended by ${signal}.`,
          !mayRestart,
        );
        if (mayRestart)
          setTimeout(() => {
            if (!isStopped) start();
          }, RESTART_DELAY_MS);
      });
    });
  };

  start();
  return {
    send(frame) {
      if (child?.connected !== true) return false;
      child.send(frame);
      return true;
    },
    async stop() {
      isStopped = true;
      if (child?.connected === true) child.disconnect();
      const hard = setTimeout(() => child?.kill('SIGKILL'), LEAVE_MS);
      await gone;
      clearTimeout(hard);
    },
    kill() {
      child?.kill('SIGKILL');
    },
    get pid() {
      return child?.pid ?? null;
    },
  };
};
