import { CannotWrite, ImageFailure, WorkerLost } from './failures.ts';
import { EXIT_TOO_MUCH_MEMORY, type ImageLimits } from './limits.ts';
import type { ImageSeconds, WorkerReply, WorkerRequest } from './messages.ts';
import type { Payload } from './payload.ts';
import { startWorker, type WorkerEnd, type WorkerOptions, type WorkerProcess } from './worker-process.ts';

/** A process that cannot even start is tried this often before its requests fail. */
const MOST_FAILED_STARTS = 3;
/** A photo that waited while one process after the other ended is handed back after this many. */
const MOST_ATTEMPTS = 5;

/** What ends a request. */
export type Reply = Exclude<WorkerReply, { kind: 'ready' } | { kind: 'begun' }>;

type Request = Exclude<WorkerRequest, { kind: 'release' }>;

export type Answer = {
  readonly reply: Reply;
  /** Whoever asked releases it. */
  readonly payload: Payload;
  /** Names the process that answered, and so the one that holds what was opened. */
  readonly generation: number;
};

type Pending = {
  readonly request: Request;
  /** Null while the request waits for its turn in the worker. */
  deadline: number | null;
  step: 'read' | 'decode' | null;
  sourceSha256: string | null;
  isTooSlow: boolean;
  /** Processes that it was sent to. */
  attempts: number;
  resolve(answer: Answer): void;
  reject(error: Error): void;
};

/** One place in the pool: an image process, started when needed and again when it ended, and what it is asked. */
export type WorkerSlot = {
  /** Starts the process before it is asked. */
  start(): void;
  /** Rejects with the failure of the photo, or `WorkerLost`. */
  ask(request: Request, payload?: Uint8Array): Promise<Answer>;
  /** Frees a photo; nothing when its process is gone. */
  release(photo: number, generation: number): void;
  /** Whether that process still lives. */
  isCurrent(generation: number): boolean;
  /** Ends the process when a request of it is late. */
  checkDeadlines(): void;
  readonly pendingCount: number;
  readonly heldCount: number;
  readonly heldBytes: number;
  close(): Promise<void>;
};

const isQueued = ({ kind }: Pending['request']): boolean => kind === 'open' || kind === 'rendition';

/** Whether a request can have had no part in the end of its process, so that the next process may do it. */
const isInnocent = (
  { request, step, isTooSlow, attempts }: Pending,
  { wasReady }: WorkerEnd,
  wasEndedForAnother: boolean,
): boolean => {
  if (!isQueued(request) || isTooSlow) return false;
  return !wasReady || ((step !== 'decode' || wasEndedForAnother) && attempts < MOST_ATTEMPTS);
};

const failureOf = (reply: Reply): Error | null => {
  switch (reply.kind) {
    case 'failed':
      return new ImageFailure(reply.code, reply.message, reply.sourceSha256);
    case 'cannot-write':
      return new CannotWrite(reply.code, reply.message);
    case 'fault':
      return new Error(`The image process failed: ${reply.message}`);
    default:
      return null;
  }
};

/** What the end of its process means for a request. */
const lossOf = (pending: Pending, end: WorkerEnd, limits: ImageLimits): Error => {
  const { sourceSha256 } = pending;
  if (!end.wasReady) return new Error(`The image process cannot start: ${end.lastWords}`);
  if (pending.isTooSlow) {
    const seconds = String(limits.timeoutMs / 1000);
    return new ImageFailure(
      'too-slow',
      `The photo could not be read within ${seconds} seconds.`,
      sourceSha256,
    );
  }
  if (pending.step !== 'decode') return new WorkerLost();
  if (end.code === EXIT_TOO_MUCH_MEMORY) {
    return new ImageFailure('too-much-memory', 'The photo takes too much memory to decode.', sourceSha256);
  }
  if (end.code === 0 || end.signal === 'SIGKILL') return new WorkerLost();
  return new ImageFailure(
    'decoder-crashed',
    'The photo brought its decoder down; get another copy of it.',
    sourceSha256,
  );
};

/** The request that keeps the process busy for too long, if one does: whatever else is late waits for it. */
const culpritOf = (pending: readonly Pending[], now: number): Pending | null => {
  const late = pending.filter(({ deadline }) => deadline !== null && deadline <= now);
  const culprit = pending.find(({ step }) => step === 'decode') ?? late[0];
  return culprit !== undefined && late.includes(culprit) ? culprit : null;
};

/** Keeps count of what the process holds: photos that it opened and that were not released meanwhile. */
const noteHeld = (held: Map<number, number>, request: Request, reply: Reply): void => {
  if (!('photo' in request)) return;
  const isHeld = request.kind === 'open' ? reply.kind === 'opened' : held.has(request.photo);
  if (isHeld) held.set(request.photo, reply.heldBytes);
};

const WAITING = { deadline: null, step: null } as const;

/** Makes a place in the pool. `spent` hears how long each answered request took. */
export const createWorkerSlot = (
  options: WorkerOptions,
  spent: (seconds: ImageSeconds) => void,
): WorkerSlot => {
  const { limits } = options;
  const pending = new Map<number, Pending>();
  /** Bytes of each photo that the process holds. */
  const held = new Map<number, number>();
  let process: WorkerProcess | null = null;
  let generation = 0;
  let failedStarts = 0;
  let isClosed = false;

  const receive = (reply: WorkerReply, payload: Payload): boolean => {
    const asked = reply.kind === 'ready' ? undefined : pending.get(reply.id);
    if (reply.kind === 'ready' || asked === undefined) return false;
    if (reply.kind === 'begun') {
      asked.deadline = performance.now() + limits.timeoutMs;
      asked.step = reply.step;
      asked.sourceSha256 = reply.sourceSha256;
      return false;
    }
    pending.delete(reply.id);
    spent(reply.seconds);
    noteHeld(held, asked.request, reply);
    const failure = failureOf(reply);
    if (failure === null) asked.resolve({ reply, payload, generation });
    else asked.reject(failure);
    return failure === null;
  };

  const lose = (end: WorkerEnd): void => {
    const lost = [...pending.values()];
    process = null;
    generation += 1;
    pending.clear();
    held.clear();
    failedStarts = end.wasReady ? 0 : failedStarts + 1;
    const mayGoOn = !isClosed && failedStarts < MOST_FAILED_STARTS;
    const wasTooSlow = lost.some(({ isTooSlow }) => isTooSlow);
    for (const asked of lost) {
      if (mayGoOn && isInnocent(asked, end, wasTooSlow)) send(Object.assign(asked, WAITING));
      else asked.reject(lossOf(asked, end, limits));
    }
  };

  const running = (): WorkerProcess => (process ??= startWorker(options, { reply: receive, ended: lose }));

  const send = (asked: Pending, payload?: Uint8Array): void => {
    asked.attempts += 1;
    pending.set(asked.request.id, asked);
    running().send(asked.request, payload);
  };

  return {
    start() {
      running();
    },
    ask: (request, payload) =>
      new Promise((resolve, reject) => {
        // Reading and decoding wait for their turn and say when it comes; all else begins when it arrives.
        const deadline = isQueued(request) ? null : performance.now() + limits.timeoutMs;
        const state = { deadline, step: null, sourceSha256: null, isTooSlow: false, attempts: 0 };
        send({ request, ...state, resolve, reject }, payload);
      }),
    release(photo, of) {
      if (of !== generation) return;
      held.delete(photo);
      process?.send({ kind: 'release', photo });
    },
    isCurrent: (of) => of === generation && !isClosed,
    checkDeadlines() {
      const culprit = culpritOf([...pending.values()], performance.now());
      if (culprit === null) return;
      culprit.isTooSlow = isQueued(culprit.request);
      process?.kill();
    },
    get pendingCount() {
      return pending.size;
    },
    get heldCount() {
      return held.size;
    },
    get heldBytes() {
      let bytes = 0;
      for (const photo of held.values()) bytes += photo;
      return bytes;
    },
    async close() {
      isClosed = true;
      await process?.close();
    },
  };
};
