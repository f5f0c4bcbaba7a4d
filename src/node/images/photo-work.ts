import { stat } from 'node:fs/promises';
import type { KnownPhoto } from '../../contract/engine.ts';
import { renderCrop } from '../../core/images/crop.ts';
import { createResampler, pyramid } from '../../core/images/network-input.ts';
import { createSumsPool } from '../../core/images/integral.ts';
import { CHANNELS } from '../../core/images/photo.ts';
import { viewPhoto } from '../../core/images/view.ts';
import { createTurns } from '../../core/jobs/turns.ts';
import { measureCrop } from '../../core/quality/measure.ts';
import { decodePhoto, inspectPhoto, runDecoder, type DecodablePhoto } from './decode.ts';
import { ImageFailure } from './failures.ts';
import type { HeldPhotos } from './held-photos.ts';
import type { ImageLimits } from './limits.ts';
import type { ImageSeconds, WorkerReply, WorkerRequest, WrittenCrop } from './messages.ts';
import type { Loops } from './native-loops.ts';
import { createPngEncoder, type EncodePng } from './png.ts';
import { readPhoto } from './read-photo.ts';
import { writeImageFile } from './write-crops.ts';

const RENDITION_QUALITY = 85;

/** Seconds of one request, counted while it is worked on. */
export type Stopwatch = { -readonly [stage in keyof ImageSeconds]: number };

/** An answer without what every answer has. */
export type Answer = WorkerReply extends infer Reply
  ? Reply extends { readonly seconds: ImageSeconds }
    ? Omit<Reply, 'id' | 'seconds' | 'heldBytes' | 'left'>
    : never
  : never;

export type Answered = { readonly answer: Answer; readonly sent?: Sent };

/** Where a payload went: bytes left at the request's place of the exchange, or, where that is null, parts for the frame. */
export type Sent = { readonly left: number | null; readonly parts: readonly Uint8Array[] };

/** Sends a payload on its way at once: its memory is used again. */
export type Send = (parts: readonly Uint8Array[]) => Sent;

type Request<Kind> = Extract<WorkerRequest, { kind: Kind }>;
type Begun = (id: number, step: 'read' | 'decode', sourceSha256: string | null) => void;

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

/**
 * Makes what reads and decodes one photo, one step after the other, and says when each step begins; null when `known` still holds.
 * One photo is decoded at a time, so that a crash has one culprit; one more is read meanwhile.
 */
const createReader = (limits: ImageLimits, begun: Begun) => {
  const decoderTurns = createTurns(1);
  const readerTurns = createTurns(2);
  return async <Result>(
    { id, file, known }: { readonly id: number; readonly file: string; readonly known: KnownPhoto | null },
    seconds: Stopwatch,
    decode: (photo: DecodablePhoto, sourceSha256: string) => Promise<Result>,
  ): Promise<Result | null> =>
    readerTurns(async () => {
      begun(id, 'read', null);
      const start = performance.now();
      const { bytes, sha256 } = readPhoto(file, limits.maxFileBytes);
      const unchanged = known !== null && (await isUnchanged(sha256, known));
      seconds.read += secondsSince(start);
      if (unchanged) return null;
      return decoderTurns(async () => {
        begun(id, 'decode', sha256);
        const decodeStart = performance.now();
        try {
          return await decode(await inspectPhoto(bytes, file, limits.maxPixels), sha256);
        } catch (error) {
          if (error instanceof ImageFailure) throw new ImageFailure(error.code, error.message, sha256);
          throw error;
        } finally {
          seconds.decode += secondsSince(decodeStart);
        }
      });
    });
};

/** What an image process does for its parent, but the talking. */
export type PhotoWork = {
  answer(
    request: Exclude<WorkerRequest, { kind: 'release' }>,
    payload: ArrayBuffer,
    seconds: Stopwatch,
    send: Send,
  ): Promise<Answered>;
};

/** Makes network inputs in memory that is kept: collecting as much anew for each photo takes longer than many a loop over it. */
const createInputMaker = (held: HeldPhotos) => {
  let memory = new Float32Array(0);
  return (
    { photo, sizePx }: Request<'crops'>,
    payload: ArrayBuffer,
    seconds: Stopwatch,
    send: Send,
  ): Answered => {
    const start = performance.now();
    const boxes = new Int32Array(payload);
    const values = (boxes.length / 4) * sizePx * sizePx * CHANNELS;
    if (memory.length < values) memory = new Float32Array(values);
    const inputs = memory.subarray(0, values);
    held.get(photo).networkInputs(boxes, sizePx, inputs);
    seconds.resample += secondsSince(start);
    return { answer: { kind: 'crops' }, sent: send([new Uint8Array(inputs.buffer, 0, inputs.byteLength)]) };
  };
};

const writeCrops = async (
  held: HeldPhotos,
  { photo, crops }: Request<'write'>,
  loops: Loops,
  encodePng: EncodePng,
  seconds: Stopwatch,
): Promise<Answered> => {
  const source = held.get(photo).photo;
  const written: WrittenCrop[] = [];
  for (const crop of crops) {
    const start = performance.now();
    const pixels = renderCrop(source, crop, loops);
    const rendered = performance.now();
    const png = encodePng(pixels, crop.sizePx, crop.sizePx);
    seconds.resample += (rendered - start) / 1000;
    const quality = measureCrop(pixels, crop.sizePx);
    written.push({ ...(await writeImageFile(crop.output, png)), quality });
    seconds.encode += secondsSince(rendered);
  }
  return { answer: { kind: 'written', crops: written } };
};

const cutCrops = (
  held: HeldPhotos,
  { photo, cuts }: Request<'cut'>,
  loops: Loops,
  seconds: Stopwatch,
  send: Send,
): Answered => {
  const start = performance.now();
  const source = held.get(photo).photo;
  const crops = cuts.map((cut) => renderCrop(source, cut, loops));
  seconds.resample += secondsSince(start);
  return { answer: { kind: 'cut' }, sent: send(crops) };
};

const encodeRendition = (photo: DecodablePhoto, sizePx: number): Promise<Buffer> =>
  runDecoder(photo, (image) =>
    image
      .resize({ width: sizePx, height: sizePx, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: RENDITION_QUALITY })
      .toBuffer(),
  );

/** @param begun hears when a step of a request begins. */
export const createPhotoWork = (
  limits: ImageLimits,
  held: HeldPhotos,
  loops: Loops,
  begun: Begun,
): PhotoWork => {
  const read = createReader(limits, begun);
  const makeInputs = createInputMaker(held);
  const encodePng = createPngEncoder(loops);
  const sums = createSumsPool();

  const openPhoto = async (request: Request<'open'>, seconds: Stopwatch, send: Send): Promise<Answered> => {
    // The levels belong to the same turn: while one photo keeps this process busy, no other may seem to be slow.
    const opened = await read(request, seconds, async (decodable, sourceSha256) => {
      const { photo: decoded, conversions } = await decodePhoto(decodable);
      const start = performance.now();
      const photo = request.view === null ? decoded : viewPhoto(decoded, request.view);
      const resampler = createResampler(photo, loops, sums);
      held.hold(request.photo, resampler);
      const levels = request.pyramid === null ? [] : pyramid(resampler, request.pyramid);
      const resampleSeconds = secondsSince(start);
      seconds.resample += resampleSeconds;
      seconds.decode -= resampleSeconds;
      return { photo, conversions, sourceSha256, levels };
    });
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
    return { answer, sent: send(levels.map(({ pixels }) => pixels)) };
  };

  const makeRendition = async (request: Request<'rendition'>, seconds: Stopwatch): Promise<Answered> => {
    const jpeg = await read({ ...request, known: null }, seconds, (photo) =>
      encodeRendition(photo, request.sizePx),
    );
    if (jpeg === null) throw new Error('A rendition is always made anew.');
    const start = performance.now();
    await writeImageFile(request.output, jpeg);
    seconds.encode += secondsSince(start);
    return { answer: { kind: 'done' } };
  };

  return {
    async answer(request, payload, seconds, send) {
      switch (request.kind) {
        case 'open':
          return openPhoto(request, seconds, send);
        case 'crops':
          return makeInputs(request, payload, seconds, send);
        case 'cut':
          return cutCrops(held, request, loops, seconds, send);
        case 'write':
          return writeCrops(held, request, loops, encodePng, seconds);
        case 'rendition':
          return makeRendition(request, seconds);
      }
    },
  };
};
