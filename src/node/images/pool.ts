import type { KnownPhoto } from '../../contract/engine.ts';
import type { Conversion } from '../../contract/faces.ts';
import type { CropPlan } from '../../core/images/crop-plan.ts';
import type { PyramidLevel, PyramidRequest } from '../../core/images/network-input.ts';
import { processEntry } from '../processes/entry.ts';
import { CannotWrite, ImageFailure, WorkerLost } from './failures.ts';
import { DEFAULT_LIMITS, EXIT_TOO_MUCH_MEMORY, type ImageLimits } from './limits.ts';
import type { ImageSeconds, WorkerReply, WorkerRequest, WrittenCrop } from './messages.ts';
import { startWorker, type WorkerEnd, type WorkerProcess } from './worker-process.ts';

export { CannotWrite, ImageFailure, WorkerLost } from './failures.ts';
export type { ImageLimits } from './limits.ts';
export type { ImageSeconds, WrittenCrop } from './messages.ts';
export type { PyramidLevel, PyramidRequest } from '../../core/images/network-input.ts';

export type ImagePoolOptions = {
  /** Image processes; as many as there are cores to spare. */
  readonly workers: number;
  readonly limits?: Partial<ImageLimits> | undefined;
  /** The program of the image process; that of the build unless a test builds its own. */
  readonly entry?: string | undefined;
  /** The plain Node that runs it; the running one by default. */
  readonly nodePath?: string | undefined;
};

export type OpenRequest = {
  /** Absolute path of the photo. */
  readonly file: string;
  /** What an earlier run left; the photo is `unchanged` when its bytes and all its crops are still the same. */
  readonly known: KnownPhoto | null;
  /** Levels to make as soon as the photo is decoded; null for none. */
  readonly pyramid: PyramidRequest | null;
};

/** A photo that an image process holds until it is released. Every promise rejects with `WorkerLost` when that process ends. */
export type OpenedPhoto = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sourceSha256: string;
  readonly conversions: readonly Conversion[];
  /** Largest first; none for a photo too small to hold a face. */
  readonly levels: readonly PyramidLevel[];
  /**
   * Square network inputs [n, sizePx, sizePx, 3], normalised to (v - 127.5) * 0.0078125, of boxes [n, 4]: x1, y1, x2, y2 in facenet's
   * 1-based inclusive pixels after `rerec` and `fix`; black where a box leaves the photo.
   */
  crops(boxes: Int32Array, sizePx: number): Promise<Float32Array>;
  /** Writes crops as PNG, each whole or not at all. Rejects with `CannotWrite`. */
  write(crops: readonly CropPlan[]): Promise<readonly WrittenCrop[]>;
  /** Frees the pixels; may be called twice. */
  release(): void;
};

export type RenditionRequest = { readonly file: string; readonly sizePx: number; readonly output: string };

export type ImagePool = {
  /**
   * Reads, checks, hashes and decodes a photo in the least busy process. Rejects with `ImageFailure` for a photo that cannot be used,
   * and with `WorkerLost` when another photo took the process down: then open it anew.
   */
  open(request: OpenRequest): Promise<OpenedPhoto | 'unchanged'>;
  /** Writes an upright JPEG (quality 85) whose longer side is at most `sizePx`, never enlarged. Rejects as `open` and `write` do. */
  rendition(request: RenditionRequest): Promise<void>;
  /** Seconds of work since the pool began, summed over its processes. */
  seconds(): ImageSeconds;
  /** Bytes of decoded photos that the processes hold now. */
  readonly heldBytes: number;
  /** Ends all processes; what is pending rejects with `WorkerLost`. */
  close(): Promise<void>;
};

const DEADLINE_CHECK_MS = 100;
/** A process that cannot even start is tried this often before its requests fail. */
const MOST_FAILED_STARTS = 3;
/** A photo that waited while one process after the other ended is handed back after this many. */
const MOST_ATTEMPTS = 5;

type Reply = Exclude<WorkerReply, { kind: 'ready' } | { kind: 'begun' }>;

type Pending = {
  readonly request: Exclude<WorkerRequest, { kind: 'release' }>;
  /** Null while the request waits for its turn in the worker. */
  deadline: number | null;
  step: 'read' | 'decode' | null;
  sourceSha256: string | null;
  isTooSlow: boolean;
  /** Processes that it was sent to. */
  attempts: number;
  resolve(answer: { readonly reply: Reply; readonly payload: ArrayBuffer }): void;
  reject(error: Error): void;
};

type Slot = {
  process: WorkerProcess | null;
  readonly pending: Map<number, Pending>;
  /** Bytes of each photo that the process holds. */
  readonly held: Map<number, number>;
  failedStarts: number;
  /** Grows with each process, so that photos of an earlier one are known as lost. */
  generation: number;
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

/** Cuts the levels' pixels out of the payload, without copying. @throws when they do not fill it. */
const levelsOf = (
  sizes: Extract<Reply, { kind: 'opened' }>['levels'],
  payload: ArrayBuffer,
): readonly PyramidLevel[] => {
  let at = 0;
  return sizes.map(({ scale, widthPx, heightPx }) => {
    const pixels = new Uint8Array(payload, at, widthPx * heightPx * 3);
    at += pixels.byteLength;
    return { scale, widthPx, heightPx, pixels };
  });
};

/** Starts a pool of image processes. The caller closes it. */
export const createImagePool = (options: ImagePoolOptions): ImagePool => {
  const limits: ImageLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const entry = options.entry ?? processEntry('image-worker');
  const nodePath = options.nodePath ?? process.execPath;
  const slots: readonly Slot[] = Array.from({ length: Math.max(1, options.workers) }, () => ({
    process: null,
    pending: new Map<number, Pending>(),
    held: new Map<number, number>(),
    failedStarts: 0,
    generation: 0,
  }));
  const seconds = { read: 0, decode: 0, resample: 0, encode: 0 };
  let lastId = 0;
  let isClosed = false;

  const begin = (slot: Slot): WorkerProcess => {
    const started = startWorker(
      { entry, nodePath, limits },
      {
        reply(reply, payload) {
          if (slot.process === started) receive(slot, reply, payload);
        },
        ended(end) {
          if (slot.process === started) lose(slot, end);
        },
      },
    );
    slot.process = started;
    return started;
  };

  const receive = (slot: Slot, reply: WorkerReply, payload: ArrayBuffer): void => {
    if (reply.kind === 'ready') {
      slot.failedStarts = 0;
      return;
    }
    const pending = slot.pending.get(reply.id);
    if (pending === undefined) return;
    if (reply.kind === 'begun') {
      pending.deadline = performance.now() + limits.timeoutMs;
      pending.step = reply.step;
      pending.sourceSha256 = reply.sourceSha256;
      return;
    }
    slot.pending.delete(reply.id);
    for (const stage of ['read', 'decode', 'resample', 'encode'] as const)
      seconds[stage] += reply.seconds[stage];
    if ('photo' in pending.request) {
      const { photo } = pending.request;
      const isHeld = pending.request.kind === 'open' ? reply.kind === 'opened' : slot.held.has(photo);
      if (isHeld) slot.held.set(photo, reply.heldBytes);
    }
    const failure = failureOf(reply);
    if (failure === null) pending.resolve({ reply, payload });
    else pending.reject(failure);
  };

  const lose = (slot: Slot, end: WorkerEnd): void => {
    const lost = [...slot.pending.values()];
    slot.process = null;
    slot.generation += 1;
    slot.pending.clear();
    slot.held.clear();
    slot.failedStarts = end.wasReady ? 0 : slot.failedStarts + 1;
    const isHopeless = slot.failedStarts >= MOST_FAILED_STARTS;
    const isTooSlow = lost.some((pending) => pending.isTooSlow);
    for (const pending of lost) {
      if (!isClosed && !isHopeless && isInnocent(pending, end, isTooSlow)) {
        pending.step = null;
        pending.deadline = null;
        dispatch(slot, pending, null);
      } else if (isHopeless) pending.reject(new Error(`The image process cannot start: ${end.lastWords}`));
      else pending.reject(lossOf(pending, end, limits));
    }
  };

  const dispatch = (slot: Slot, pending: Pending, payload: Uint8Array | null): void => {
    pending.attempts += 1;
    slot.pending.set(pending.request.id, pending);
    (slot.process ?? begin(slot)).send(pending.request, payload ?? undefined);
  };

  const ask = (
    slot: Slot,
    request: Exclude<WorkerRequest, { kind: 'release' }>,
    payload: Uint8Array | null = null,
  ): Promise<{ readonly reply: Reply; readonly payload: ArrayBuffer }> =>
    new Promise((resolve, reject) => {
      // Reading and decoding wait for their turn and say when it comes; all else begins when it arrives.
      const deadline = isQueued(request) ? null : performance.now() + limits.timeoutMs;
      const state = { deadline, step: null, sourceSha256: null, isTooSlow: false, attempts: 0 };
      dispatch(slot, { request, ...state, resolve, reject }, payload);
    });

  const leastBusy = (): Slot => {
    if (isClosed) throw new WorkerLost();
    return slots.reduce((best, slot) =>
      slot.pending.size < best.pending.size ||
      (slot.pending.size === best.pending.size && slot.held.size < best.held.size)
        ? slot
        : best,
    );
  };

  const nextId = (): number => {
    lastId += 1;
    return lastId;
  };

  const openedPhoto = (
    slot: Slot,
    photo: number,
    reply: Extract<Reply, { kind: 'opened' }>,
    levels: ArrayBuffer,
  ): OpenedPhoto => {
    const { generation } = slot;
    let isReleased = false;
    const checkHeld = (): void => {
      if (isReleased) throw new Error('The photo was released.');
      if (slot.generation !== generation || isClosed) throw new WorkerLost();
    };
    return {
      widthPx: reply.widthPx,
      heightPx: reply.heightPx,
      sourceSha256: reply.sourceSha256,
      conversions: reply.conversions,
      levels: levelsOf(reply.levels, levels),
      async crops(boxes, sizePx) {
        checkHeld();
        if (boxes.length === 0) return new Float32Array(0);
        const bytes = new Uint8Array(boxes.buffer, boxes.byteOffset, boxes.byteLength);
        const answer = await ask(slot, { kind: 'crops', id: nextId(), photo, sizePx }, bytes);
        return new Float32Array(answer.payload);
      },
      async write(crops) {
        checkHeld();
        const { reply: written } = await ask(slot, { kind: 'write', id: nextId(), photo, crops });
        if (written.kind !== 'written')
          throw new Error(`The image process answered "${written.kind}" to "write".`);
        return written.crops;
      },
      release() {
        if (isReleased) return;
        isReleased = true;
        if (slot.generation !== generation) return;
        slot.held.delete(photo);
        slot.process?.send({ kind: 'release', photo });
      },
    };
  };

  const checkDeadlines = (slot: Slot): void => {
    const now = performance.now();
    const late = [...slot.pending.values()].filter(({ deadline }) => deadline !== null && deadline <= now);
    if (late.length === 0) return;
    // Whatever else is late waits for the photo that keeps the process busy.
    const culprit = [...slot.pending.values()].find(({ step }) => step === 'decode') ?? late[0];
    if (culprit === undefined || !late.includes(culprit)) return;
    culprit.isTooSlow = isQueued(culprit.request);
    slot.process?.kill();
  };

  const deadlines = setInterval(() => {
    slots.forEach(checkDeadlines);
  }, DEADLINE_CHECK_MS);
  deadlines.unref();

  return {
    async open({ file, known, pyramid }) {
      const slot = leastBusy();
      const photo = nextId();
      const { reply, payload } = await ask(slot, { kind: 'open', id: nextId(), photo, file, known, pyramid });
      if (reply.kind === 'unchanged') return 'unchanged';
      if (reply.kind !== 'opened') throw new Error(`The image process answered "${reply.kind}" to "open".`);
      return openedPhoto(slot, photo, reply, payload);
    },
    async rendition(request) {
      await ask(leastBusy(), { kind: 'rendition', id: nextId(), ...request });
    },
    seconds: () => ({ ...seconds }),
    get heldBytes() {
      let bytes = 0;
      for (const slot of slots) for (const photo of slot.held.values()) bytes += photo;
      return bytes;
    },
    async close() {
      isClosed = true;
      clearInterval(deadlines);
      await Promise.all(slots.map((slot) => slot.process?.close()));
    },
  };
};
