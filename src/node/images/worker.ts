import { Socket } from 'node:net';
import sharp from 'sharp';
import { EXCHANGE_DESCRIPTOR, leaveAt } from './exchange.ts';
import { CannotWrite, ImageFailure } from './failures.ts';
import { createFrameReader, writeFrame } from './frames.ts';
import { createHeldPhotos } from './held-photos.ts';
import { EXIT_TOO_MUCH_MEMORY, type ImageLimits } from './limits.ts';
import type { PlacedRequest, WorkerReply } from './messages.ts';
import { loadLoops } from './native-loops.ts';
import { createPhotoWork, type Answer, type Answered, type Send } from './photo-work.ts';

/**
 * The image process: reads, decodes, resamples and writes pixels of unknown origin, and holds nothing that matters. It speaks frames
 * over descriptor 3, which its parent opened, and ends with it.
 */

const CHANNEL_DESCRIPTOR = 3;
const MEMORY_CHECK_MS = 50;

/** What went wrong, as an answer. */
const refusalOf = (error: unknown): Answer => {
  if (error instanceof ImageFailure) {
    return { kind: 'failed', code: error.code, message: error.message, sourceSha256: error.sourceSha256 };
  }
  if (error instanceof CannotWrite) return { kind: 'cannot-write', code: error.code, message: error.message };
  return { kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
};

const work = (limits: ImageLimits): void => {
  sharp.concurrency(1);
  sharp.cache(false);
  const socket = new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true });
  const say = (reply: WorkerReply, payload?: readonly Uint8Array[]): void => {
    writeFrame(socket, reply, payload);
  };
  const held = createHeldPhotos(() => {
    globalThis.gc?.();
  });
  const photoWork = createPhotoWork(limits, held, loadLoops(), (id, step, sourceSha256) => {
    say({ kind: 'begun', id, step, sourceSha256 });
  });

  const handle = async (request: PlacedRequest, payload: ArrayBuffer): Promise<void> => {
    if (request.kind === 'release') {
      held.release(request.photo);
      return;
    }
    const seconds = { read: 0, decode: 0, resample: 0, encode: 0 };
    const send: Send = (parts) => {
      const left = request.place === null ? null : leaveAt(EXCHANGE_DESCRIPTOR, request.place, parts);
      return { left, parts: left === null ? parts.map((part) => part.slice()) : [] };
    };
    const answered: Answered = await photoWork
      .answer(request, payload, seconds, send)
      .catch((error: unknown) => ({ answer: refusalOf(error) }));
    if (request.kind === 'open' && answered.answer.kind !== 'opened') held.release(request.photo);
    const heldBytes = 'photo' in request ? held.bytesOf(request.photo) : 0;
    const left = answered.sent?.left ?? null;
    // The answer lacks only what is added here.
    const reply = { ...answered.answer, id: request.id, seconds, heldBytes, left } as WorkerReply;
    say(reply, answered.sent?.parts);
  };

  const readFrames = createFrameReader((header, payload) => {
    // The parent is the program that started this one.
    void handle(header as PlacedRequest, payload);
  });
  socket.on('data', readFrames);
  socket.on('end', () => process.exit(0));
  socket.on('error', () => process.exit(0));
  setInterval(() => {
    if (process.memoryUsage.rss() - held.bytes > limits.maxWorkerBytes) process.exit(EXIT_TOO_MUCH_MEMORY);
  }, MEMORY_CHECK_MS).unref();
  say({ kind: 'ready' });
};

// The parent passes the limits; both are the same build.
work(JSON.parse(process.argv[2] ?? 'null') as ImageLimits);
