import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import sharp from 'sharp';
import type { KnownPhoto } from '../../contract/engine.ts';
import { renderCrop } from '../../core/images/crop.ts';
import { createResampler, pyramid, type Resampler } from '../../core/images/network-input.ts';
import { decodePhoto, inspectPhoto, runDecoder, type DecodablePhoto } from './decode.ts';
import { CannotWrite, ImageFailure } from './failures.ts';
import { createFrameReader, writeFrame } from './frames.ts';
import { EXIT_TOO_MUCH_MEMORY, type ImageLimits } from './limits.ts';
import type { ImageSeconds, WorkerReply, WorkerRequest, WrittenCrop } from './messages.ts';
import { encodePng } from './png.ts';
import { readPhoto, type PhotoBytes } from './read-photo.ts';
import { createTurns } from './turns.ts';
import { writeImageFile } from './write-crops.ts';

/**
 * The image process: reads, decodes, resamples and writes pixels of unknown origin, and holds nothing that matters. It speaks frames
 * over descriptor 3, which its parent opened, and ends with it.
 */

const CHANNEL_DESCRIPTOR = 3;
const MEMORY_CHECK_MS = 50;
/** Freed photos are returned to the system once this much has piled up. */
const COLLECT_AFTER_BYTES = 64 * 1024 * 1024;
const RENDITION_QUALITY = 85;

type Timer = { -readonly [stage in keyof ImageSeconds]: number };
type Answer = WorkerReply extends infer Reply
  ? Reply extends { readonly seconds: ImageSeconds }
    ? Omit<Reply, 'id' | 'seconds' | 'heldBytes'>
    : never
  : never;
type Answered = { readonly answer: Answer; readonly payload?: readonly Uint8Array[] };

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

const isUnchanged = async (sha256: string, known: KnownPhoto): Promise<boolean> => {
  if (sha256 !== known.sourceSha256) return false;
  const sizes = await Promise.all(
    known.crops.map(({ file }) =>
      stat(file).then(
        (found) => found.size,
        () => null,
      ),
    ),
  );
  return known.crops.every(({ bytes }, i) => sizes[i] === bytes);
};

const work = (limits: ImageLimits): void => {
  sharp.concurrency(1);
  sharp.cache(false);
  const socket = new Socket({ fd: CHANNEL_DESCRIPTOR, readable: true, writable: true });
  const held = new Map<number, Resampler>();
  const released = new Set<number>();
  // One photo is decoded at a time, so that a crash has one culprit; one more is read meanwhile.
  const decoderTurns = createTurns(1);
  const readerTurns = createTurns(2);
  let freedBytes = 0;

  const heldBytes = (): number => {
    let bytes = 0;
    for (const photo of held.values()) bytes += photo.heldBytes;
    return bytes;
  };
  const say = (reply: WorkerReply, payload?: readonly Uint8Array[]): void => {
    writeFrame(socket, reply, payload);
  };

  /** Reads and decodes one photo, one step after the other; null when `known` still holds. */
  const read = async <Result>(
    id: number,
    file: string,
    known: KnownPhoto | null,
    seconds: Timer,
    decode: (photo: DecodablePhoto, sha256: string) => Promise<Result>,
  ): Promise<Result | null> =>
    readerTurns(async () => {
      say({ kind: 'begun', id, step: 'read', sourceSha256: null });
      const start = performance.now();
      const source: PhotoBytes = await readPhoto(file, limits.maxFileBytes);
      const unchanged = known !== null && (await isUnchanged(source.sha256, known));
      seconds.read += secondsSince(start);
      if (unchanged) return null;
      return decoderTurns(async () => {
        say({ kind: 'begun', id, step: 'decode', sourceSha256: source.sha256 });
        const decodeStart = performance.now();
        try {
          const photo = await inspectPhoto(source.bytes, file, limits.maxPixels);
          return await decode(photo, source.sha256);
        } catch (error) {
          if (error instanceof ImageFailure) throw new ImageFailure(error.code, error.message, source.sha256);
          throw error;
        } finally {
          seconds.decode += secondsSince(decodeStart);
        }
      });
    });

  const openPhoto = async (
    request: Extract<WorkerRequest, { kind: 'open' }>,
    seconds: Timer,
  ): Promise<Answered> => {
    // The levels belong to the same turn: while one photo keeps this process busy, no other may seem to be slow.
    const opened = await read(
      request.id,
      request.file,
      request.known,
      seconds,
      async (decodable, sourceSha256) => {
        const { photo, conversions } = await decodePhoto(decodable);
        const start = performance.now();
        const resampler = createResampler(photo);
        if (!released.delete(request.photo)) held.set(request.photo, resampler);
        const levels = request.pyramid === null ? [] : pyramid(resampler, request.pyramid);
        const resampleSeconds = secondsSince(start);
        seconds.resample += resampleSeconds;
        seconds.decode -= resampleSeconds;
        return { photo, conversions, sourceSha256, levels };
      },
    );
    if (opened === null) return { answer: { kind: 'unchanged' } };
    const { photo, conversions, sourceSha256, levels } = opened;
    const answer: Answer = {
      kind: 'opened',
      widthPx: photo.widthPx,
      heightPx: photo.heightPx,
      sourceSha256,
      conversions,
      levels: levels.map(({ scale, widthPx, heightPx }) => ({ scale, widthPx, heightPx })),
    };
    return { answer, payload: levels.map(({ pixels }) => pixels) };
  };

  const photoOf = (photo: number): Resampler => {
    const resampler = held.get(photo);
    if (resampler === undefined) throw new Error(`Photo ${String(photo)} is not held.`);
    return resampler;
  };

  const makeInputs = (photo: number, sizePx: number, payload: ArrayBuffer, seconds: Timer): Answered => {
    const start = performance.now();
    const inputs = photoOf(photo).networkInputs(new Int32Array(payload), sizePx);
    seconds.resample += secondsSince(start);
    return { answer: { kind: 'crops' }, payload: [new Uint8Array(inputs.buffer)] };
  };

  const writeCrops = async (
    { photo, crops }: Extract<WorkerRequest, { kind: 'write' }>,
    seconds: Timer,
  ): Promise<Answered> => {
    const resampler = photoOf(photo);
    const written: WrittenCrop[] = [];
    for (const crop of crops) {
      const start = performance.now();
      const pixels = renderCrop(resampler.photo, crop);
      const rendered = performance.now();
      const png = encodePng(pixels, crop.sizePx, crop.sizePx);
      seconds.resample += (rendered - start) / 1000;
      written.push(await writeImageFile(crop.output, png));
      seconds.encode += secondsSince(rendered);
    }
    return { answer: { kind: 'written', crops: written } };
  };

  const makeRendition = async (
    { id, file, sizePx, output }: Extract<WorkerRequest, { kind: 'rendition' }>,
    seconds: Timer,
  ): Promise<Answered> => {
    const jpeg = await read(id, file, null, seconds, (photo) => encodeRendition(photo, sizePx));
    if (jpeg === null) throw new Error('A rendition is always made anew.');
    const start = performance.now();
    await writeImageFile(output, jpeg);
    seconds.encode += secondsSince(start);
    return { answer: { kind: 'done' } };
  };

  const release = (photo: number): void => {
    const resampler = held.get(photo);
    if (resampler === undefined) {
      released.add(photo);
      return;
    }
    held.delete(photo);
    freedBytes += resampler.heldBytes;
    if (freedBytes < COLLECT_AFTER_BYTES) return;
    freedBytes = 0;
    globalThis.gc?.();
  };

  const answerOf = async (
    request: Exclude<WorkerRequest, { kind: 'release' }>,
    payload: ArrayBuffer,
    seconds: Timer,
  ): Promise<Answered> => {
    switch (request.kind) {
      case 'open':
        return openPhoto(request, seconds);
      case 'crops':
        return makeInputs(request.photo, request.sizePx, payload, seconds);
      case 'write':
        return writeCrops(request, seconds);
      case 'rendition':
        return makeRendition(request, seconds);
    }
  };

  const handle = async (request: WorkerRequest, payload: ArrayBuffer): Promise<void> => {
    if (request.kind === 'release') {
      release(request.photo);
      return;
    }
    const seconds: Timer = { read: 0, decode: 0, resample: 0, encode: 0 };
    const answered = await answerOf(request, payload, seconds).catch((error: unknown) => ({
      answer: refusalOf(error),
      payload: [],
    }));
    if (request.kind === 'open' && answered.answer.kind !== 'opened') released.delete(request.photo);
    const bytes = 'photo' in request ? (held.get(request.photo)?.heldBytes ?? 0) : 0;
    // The answer lacks only what is added here.
    const reply = { ...answered.answer, id: request.id, seconds, heldBytes: bytes } as WorkerReply;
    say(reply, answered.payload);
  };

  const readFrames = createFrameReader((header, payload) => {
    // The parent is the program that started this one.
    void handle(header as WorkerRequest, payload);
  });
  socket.on('data', readFrames);
  socket.on('end', () => process.exit(0));
  socket.on('error', () => process.exit(0));
  setInterval(() => {
    if (process.memoryUsage.rss() - heldBytes() > limits.maxWorkerBytes) process.exit(EXIT_TOO_MUCH_MEMORY);
  }, MEMORY_CHECK_MS).unref();
  say({ kind: 'ready' });
};

/** What went wrong, as an answer. */
const refusalOf = (error: unknown): Answer => {
  if (error instanceof ImageFailure) {
    return { kind: 'failed', code: error.code, message: error.message, sourceSha256: error.sourceSha256 };
  }
  if (error instanceof CannotWrite) return { kind: 'cannot-write', code: error.code, message: error.message };
  return { kind: 'fault', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
};

const encodeRendition = (photo: DecodablePhoto, sizePx: number): Promise<Buffer> =>
  runDecoder(photo, (image) =>
    image
      .resize({ width: sizePx, height: sizePx, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: RENDITION_QUALITY })
      .toBuffer(),
  );

// The parent passes the limits; both are the same build.
work(JSON.parse(process.argv[2] ?? 'null') as ImageLimits);
