import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildWorker, type BuiltWorker } from '../../../test/hostile/build-worker.ts';
import { png, pngData, pngHeader } from '../../../test/hostile/png.ts';
import { workerIds } from '../../../test/hostile/workers.ts';
import {
  createImagePool,
  ImageFailure,
  WorkerLost,
  type ImageLimits,
  type ImagePool,
  type OpenedPhoto,
} from './pool.ts';

const MEBIBYTE = 1024 * 1024;

let built: BuiltWorker;
let folder: string;
let small: string;
/** 100 megapixels in a few kilobytes: seconds of work, 300 MB of pixels. */
let heavy: string;
let pool: ImagePool | null = null;

beforeAll(async () => {
  built = await buildWorker();
  folder = await mkdtemp(join(tmpdir(), 'image-limits-'));
  small = join(folder, 'small.png');
  heavy = join(folder, 'heavy.png');
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123456' } })
    .png()
    .toFile(small);
  await writeFile(heavy, png(pngHeader(10_000, 10_000, 1, 0), pngData(1250, 10_000)));
});
afterEach(async () => {
  await pool?.close();
});
afterAll(async () => {
  await built.remove();
  await rm(folder, { recursive: true, force: true });
});

const start = (limits: Partial<ImageLimits>): ImagePool => {
  pool = createImagePool({ workers: 1, entry: built.entry, limits });
  return pool;
};

const open = async (images: ImagePool, file: string): Promise<OpenedPhoto> => {
  const photo = await images.open({
    file,
    known: null,
    pyramid: { minFaceSizePx: 20, scaleFactor: 0.709, asOpenCv: false },
  });
  if (photo === 'unchanged') throw new Error('Nothing was known about the photo.');
  return photo;
};

const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('Nothing failed.');
};

/** Long enough for the heavy photo to be read, far too short for it to be decoded. */
const UNTIL_DECODING_MS = 150;

/** Stops the image process as a decoder in an endless loop would. */
const stopWhileDecoding = async (): Promise<void> => {
  await wait(UNTIL_DECODING_MS);
  for (const id of workerIds(built.entry)) process.kill(id, 'SIGSTOP');
};

const expectRecovery = async (images: ImagePool, innocent: OpenedPhoto): Promise<void> => {
  expect(await failureOf(innocent.crops(Int32Array.of(1, 1, 24, 24), 24))).toBeInstanceOf(WorkerLost);
  expect(await failureOf(innocent.write([]))).toBeInstanceOf(WorkerLost);
  innocent.release();
  const again = await open(images, small);
  (await again.crops(Int32Array.of(1, 1, 24, 24), 24)).copyTo(new Float32Array(24 * 24 * 3), 0);
  expect(images.heldBytes).toBeLessThan(MEBIBYTE);
};

describe('A photo that costs too much', () => {
  it('is refused as too slow when its time is over, and the photos held beside it can be opened again', async () => {
    const images = start({ timeoutMs: 3000 });
    const innocent = await open(images, small);
    const opening = failureOf(open(images, heavy));
    await stopWhileDecoding();
    const failure = await opening;
    expect(failure).toBeInstanceOf(ImageFailure);
    expect(failure).toMatchObject({
      code: 'too-slow',
      sourceSha256: createHash('sha256')
        .update(await readFile(heavy))
        .digest('hex'),
    });
    await expectRecovery(images, innocent);
  });

  it('is refused as taking too much memory, and the photos held beside it can be opened again', async () => {
    const images = start({ maxWorkerBytes: 220 * MEBIBYTE });
    const innocent = await open(images, small);
    expect(await failureOf(open(images, heavy))).toMatchObject({ code: 'too-much-memory' });
    await expectRecovery(images, innocent);
  });

  it('is refused by its pixels and by its bytes before it is decoded', async () => {
    const images = start({ maxPixels: 4000, maxFileBytes: 5000 });
    expect(await failureOf(open(images, small))).toMatchObject({
      code: 'too-many-pixels',
      message: 'The photo has 64 x 64 pixels; at most 0.004 million can be read.',
    });
    expect(await failureOf(open(images, heavy))).toMatchObject({ code: 'too-large' });
  });

  it('does not make the photos fail that wait for the same process', async () => {
    const images = start({ timeoutMs: 3000 });
    await open(images, small);
    const opening = Promise.allSettled([heavy, small, small, small].map((file) => open(images, file)));
    await stopWhileDecoding();
    const outcomes = await opening;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled', 'fulfilled']);
  });
});

describe('A decoder that crashes', () => {
  it('blames the photo that it was decoding', async () => {
    const images = start({});
    const innocent = await open(images, small);
    const opening = failureOf(open(images, heavy));
    await wait(UNTIL_DECODING_MS);
    for (const id of workerIds(built.entry)) process.kill(id, 'SIGSEGV');
    expect(await opening).toMatchObject({ name: 'ImageFailure', code: 'decoder-crashed' });
    await expectRecovery(images, innocent);
  });

  it('does not blame the photo when somebody else killed the process', async () => {
    const images = start({});
    await open(images, small);
    const opening = failureOf(open(images, heavy));
    await wait(UNTIL_DECODING_MS);
    for (const id of workerIds(built.entry)) process.kill(id, 'SIGKILL');
    expect(await opening).toBeInstanceOf(WorkerLost);
  });

  it('is said to be missing when it cannot even start', async () => {
    pool = createImagePool({ workers: 1, entry: join(folder, 'nowhere.mjs') });
    expect(String(await failureOf(open(pool, small)))).toContain('The image process cannot start');
  });
});
