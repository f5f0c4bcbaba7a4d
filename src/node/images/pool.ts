import type { KnownPhoto } from '../../contract/engine.ts';
import type { Conversion } from '../../contract/faces.ts';
import type { CropCut, CropPlan } from '../../core/images/crop-plan.ts';
import type { PyramidRequest } from '../../core/images/network-input.ts';
import type { View } from '../../core/images/view.ts';
import { processEntry } from '../processes/entry.ts';
import { WorkerLost } from './failures.ts';
import { DEFAULT_LIMITS, type ImageLimits } from './limits.ts';
import type { ImageSeconds, WrittenCrop } from './messages.ts';
import type { Payload } from './payload.ts';
import type { WorkerOptions } from './worker-process.ts';
import { createWorkerSlot, type Answer, type Reply, type WorkerSlot } from './worker-slot.ts';

export { CannotWrite, ImageFailure, WorkerLost } from './failures.ts';
export type { ImageLimits } from './limits.ts';
export type { ImageSeconds, WrittenCrop } from './messages.ts';
export type { PyramidRequest } from '../../core/images/network-input.ts';

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
  /** How to look at the photo: what is held is this view of it. */
  readonly view?: View | undefined;
};

/** One level of a photo's pyramid, [heightPx, widthPx, 3] RGB bytes, until the levels are released. */
export type OpenedLevel = {
  readonly scale: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Fills `target` with the level's bytes from `from` on. */
  copyTo(target: Uint8Array, from: number): void;
};

/** Network inputs, until they are released. */
export type Squares = {
  /** Fills `target` with values from `from` on. */
  copyTo(target: Float32Array, from: number): void;
  readonly release: () => void;
};

/** Pixels of crops, until they are released. */
export type CutCrops = {
  /** Fills `target` with bytes from `from` on: of each crop [size, size, 3] RGB, one after the other. */
  copyTo(target: Uint8Array, from: number): void;
  readonly release: () => void;
};

/** A photo that an image process holds until it is released. Every promise rejects with `WorkerLost` when that process ends. */
export type OpenedPhoto = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sourceSha256: string;
  readonly conversions: readonly Conversion[];
  /** Largest first; none for a photo too small to hold a face. */
  readonly levels: readonly OpenedLevel[];
  /** Frees the levels' pixels before the photo; may be called twice. */
  readonly releaseLevels: () => void;
  /**
   * Square network inputs [n, sizePx, sizePx, 3], normalised to (v - 127.5) * 0.0078125, of boxes [n, 4]: x1, y1, x2, y2 in facenet's
   * 1-based inclusive pixels after `rerec` and `fix`; black where a box leaves the photo. The caller releases them.
   */
  crops(boxes: Int32Array, sizePx: number): Promise<Squares>;
  /** The pixels of crops. The caller releases them. */
  cut(cuts: readonly CropCut[]): Promise<CutCrops>;
  /** Writes crops as PNG, each whole or not at all. Rejects with `CannotWrite`. */
  write(crops: readonly CropPlan[]): Promise<readonly WrittenCrop[]>;
  /** Frees the pixels; may be called twice. */
  release(): void;
};

export type RenditionRequest = { readonly file: string; readonly sizePx: number; readonly output: string };

export type ImagePool = {
  /** Starts all processes before they are needed; without it each starts at its first photo. */
  start(): void;
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

/** @throws when an answer's payload is shorter than the answer says; then it is released. */
const checkLength = (payload: Payload, bytes: number): void => {
  if (payload.bytes >= bytes) return;
  payload.release();
  throw new RangeError('An answer lacks bytes.');
};

/** The levels' parts of the payload, one after the other. */
const levelsOf = (
  sizes: Extract<Reply, { kind: 'opened' }>['levels'],
  payload: Payload,
): readonly OpenedLevel[] => {
  let bytes = 0;
  const levels = sizes.map(({ scale, widthPx, heightPx }): OpenedLevel => {
    const start = bytes;
    bytes += widthPx * heightPx * 3;
    return {
      scale,
      widthPx,
      heightPx,
      copyTo(target, from) {
        payload.copyTo(target, start + from);
      },
    };
  });
  checkLength(payload, bytes);
  return levels;
};

const squaresOf = (payload: Payload, values: number): Squares => {
  checkLength(payload, values * Float32Array.BYTES_PER_ELEMENT);
  return {
    copyTo(target, from) {
      const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      payload.copyTo(bytes, from * Float32Array.BYTES_PER_ELEMENT);
    },
    release: payload.release,
  };
};

const NO_SQUARES: Squares = { copyTo: () => undefined, release: () => undefined };

/** A photo that a process answered to have opened. */
const openedPhoto = (
  slot: WorkerSlot,
  photo: number,
  nextId: () => number,
  { reply, payload, generation }: Answer,
): OpenedPhoto => {
  if (reply.kind !== 'opened') throw new Error(`The image process answered "${reply.kind}" to "open".`);
  let isReleased = false;
  const checkHeld = (): void => {
    if (isReleased) throw new Error('The photo was released.');
    if (!slot.isCurrent(generation)) throw new WorkerLost();
  };
  return {
    widthPx: reply.widthPx,
    heightPx: reply.heightPx,
    sourceSha256: reply.sourceSha256,
    conversions: reply.conversions,
    levels: levelsOf(reply.levels, payload),
    releaseLevels: payload.release,
    async crops(boxes, sizePx) {
      checkHeld();
      if (boxes.length === 0) return NO_SQUARES;
      const bytes = new Uint8Array(boxes.buffer, boxes.byteOffset, boxes.byteLength);
      const answer = await slot.ask({ kind: 'crops', id: nextId(), photo, sizePx }, bytes);
      return squaresOf(answer.payload, (boxes.length / 4) * sizePx * sizePx * 3);
    },
    async cut(cuts) {
      checkHeld();
      const { payload: pixels } = await slot.ask({ kind: 'cut', id: nextId(), photo, cuts });
      checkLength(
        pixels,
        cuts.reduce((bytes, { sizePx }) => bytes + sizePx * sizePx * 3, 0),
      );
      return pixels;
    },
    async write(crops) {
      checkHeld();
      const { reply: written } = await slot.ask({ kind: 'write', id: nextId(), photo, crops });
      if (written.kind === 'written') return written.crops;
      throw new Error(`The image process answered "${written.kind}" to "write".`);
    },
    release() {
      payload.release();
      if (!isReleased) slot.release(photo, generation);
      isReleased = true;
    },
  };
};

/** Starts a pool of image processes. The caller closes it. */
export const createImagePool = (options: ImagePoolOptions): ImagePool => {
  const workerOptions: WorkerOptions = {
    entry: options.entry ?? processEntry('image-worker'),
    nodePath: options.nodePath ?? process.execPath,
    limits: { ...DEFAULT_LIMITS, ...options.limits },
  };
  const seconds = { read: 0, decode: 0, resample: 0, encode: 0 };
  const slots = Array.from({ length: Math.max(1, options.workers) }, () =>
    createWorkerSlot(workerOptions, (spent) => {
      for (const stage of ['read', 'decode', 'resample', 'encode'] as const) seconds[stage] += spent[stage];
    }),
  );
  let lastId = 0;
  let isClosed = false;

  const nextId = (): number => {
    lastId += 1;
    return lastId;
  };

  const leastBusy = (): WorkerSlot => {
    if (isClosed) throw new WorkerLost();
    return slots.reduce((best, slot) =>
      slot.pendingCount < best.pendingCount ||
      (slot.pendingCount === best.pendingCount && slot.heldCount < best.heldCount)
        ? slot
        : best,
    );
  };

  const deadlines = setInterval(() => {
    for (const slot of slots) slot.checkDeadlines();
  }, DEADLINE_CHECK_MS);
  deadlines.unref();

  return {
    start() {
      for (const slot of slots) slot.start();
    },
    async open({ file, known, pyramid, view }) {
      const slot = leastBusy();
      const photo = nextId();
      const answer = await slot.ask({
        kind: 'open',
        id: nextId(),
        photo,
        file,
        known,
        pyramid,
        view: view ?? null,
      });
      if (answer.reply.kind !== 'unchanged') return openedPhoto(slot, photo, nextId, answer);
      answer.payload.release();
      return 'unchanged';
    },
    async rendition(request) {
      await leastBusy().ask({ kind: 'rendition', id: nextId(), ...request });
    },
    seconds: () => ({ ...seconds }),
    get heldBytes() {
      return slots.reduce((bytes, slot) => bytes + slot.heldBytes, 0);
    },
    async close() {
      isClosed = true;
      clearInterval(deadlines);
      await Promise.all(slots.map(async (slot) => slot.close()));
    },
  };
};
