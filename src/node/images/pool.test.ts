import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildWorker, type BuiltWorker } from '../../../test/hostile/build-worker.ts';
import { workerIds } from '../../../test/hostile/workers.ts';
import { createSumsPool } from '../../core/images/integral.ts';
import { createResampler, pyramid } from '../../core/images/network-input.ts';
import { plainLoops } from '../../core/images/plain-loops.ts';
import {
  createImagePool,
  ImageFailure,
  WorkerLost,
  type ImagePool,
  type OpenedLevel,
  type OpenedPhoto,
} from './pool.ts';

const PYRAMID = { minFaceSizePx: 20, scaleFactor: 0.709, asOpenCv: false };

let built: BuiltWorker;
let folder: string;
let pool: ImagePool;

beforeAll(async () => {
  built = await buildWorker();
});
afterAll(async () => {
  await built.remove();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-pool-'));
  pool = createImagePool({ workers: 2, entry: built.entry });
});
afterEach(async () => {
  await pool.close();
  await rm(folder, { recursive: true, force: true });
});

/** A smooth colour field with a pattern: every region differs from every other. */
const paint = (widthPx: number, heightPx: number): Buffer => {
  const pixels = Buffer.alloc(widthPx * heightPx * 3);
  for (let i = 0; i < pixels.length; i += 1) {
    const x = Math.floor(i / 3) % widthPx;
    const y = Math.floor(i / 3 / widthPx);
    pixels[i] = 127.5 + 60 * Math.sin(x * 0.09 + (i % 3)) + 60 * Math.cos(y * 0.07 - (i % 3));
  }
  return pixels;
};

const paintPng = async (name: string, widthPx: number, heightPx: number): Promise<string> => {
  const file = join(folder, name);
  await sharp(paint(widthPx, heightPx), { raw: { width: widthPx, height: heightPx, channels: 3 } })
    .png()
    .toFile(file);
  return file;
};

const openPhoto = async (file: string): Promise<OpenedPhoto> => {
  const opened = await pool.open({ file, known: null, pyramid: PYRAMID });
  if (opened === 'unchanged') throw new Error('Nothing was known about the photo.');
  return opened;
};

const failureOf = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('Nothing failed.');
};

const pixelsOf = (level: OpenedLevel | undefined): Uint8Array => {
  const pixels = new Uint8Array((level?.widthPx ?? 0) * (level?.heightPx ?? 0) * 3);
  level?.copyTo(pixels, 0);
  return pixels;
};

describe('A pool of image processes', () => {
  it('opens a photo with its size, its hash and the levels of its pyramid', async () => {
    const file = await paintPng('photo.png', 250, 200);
    const photo = await openPhoto(file);
    expect([photo.widthPx, photo.heightPx]).toEqual([250, 200]);
    expect(photo.sourceSha256).toBe(
      createHash('sha256')
        .update(await readFile(file))
        .digest('hex'),
    );
    expect(photo.conversions).toEqual([]);
    expect(photo.levels.map((level) => [level.widthPx, level.heightPx])).toEqual([
      [150, 120],
      [107, 86],
      [76, 61],
      [54, 43],
      [38, 31],
      [27, 22],
      [20, 16],
    ]);
    const mean = (values: Uint8Array): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const level of photo.levels) expect(mean(pixelsOf(level))).toBeCloseTo(mean(paint(250, 200)), 0);
  });

  it('gives the same pixels of a pyramid too large for the memory that it shares with its processes', async () => {
    const [widthPx, heightPx] = [2600, 1900];
    const photo = await openPhoto(await paintPng('large.png', widthPx, heightPx));
    const expected = pyramid(
      createResampler({ widthPx, heightPx, pixels: paint(widthPx, heightPx) }, plainLoops, createSumsPool()),
      PYRAMID,
    );
    expect(photo.levels.reduce((sum, level) => sum + pixelsOf(level).byteLength, 0)).toBeGreaterThan(
      4 * 1024 ** 2,
    );
    expect(photo.levels.length).toBe(expected.length);
    photo.levels.forEach((level, index) => {
      expect(Buffer.compare(pixelsOf(level), expected[index]?.pixels ?? new Uint8Array(0))).toBe(0);
    });
  });

  it('gives network inputs that hold exactly the pixels of their boxes', async () => {
    const photo = await openPhoto(await paintPng('photo.png', 250, 200));
    const squares = await photo.crops(Int32Array.of(11, 21, 34, 44, -3, -3, 20, 20), 24);
    const inputs = new Float32Array(2 * 24 * 24 * 3);
    squares.copyTo(inputs, 0);
    const pixels = paint(250, 200);
    expect(inputs[0]).toBeCloseTo(((pixels[(20 * 250 + 10) * 3] ?? 0) - 127.5) / 128, 6);
    expect(inputs[24 * 24 * 3]).toBeCloseTo(-127.5 / 128, 6);
    const last = new Float32Array(24 * 3);
    squares.copyTo(last, inputs.length - last.length);
    expect(last).toEqual(inputs.slice(-last.length));
    expect(() => {
      squares.copyTo(last, inputs.length);
    }).toThrow('lacks bytes');
    squares.release();
    expect(() => {
      squares.copyTo(last, 0);
    }).toThrow('after its release');
  });

  it('keeps what was left for one photo while others are opened, and until it is released', async () => {
    const file = await paintPng('photo.png', 250, 200);
    const photo = await openPhoto(file);
    const before = photo.levels.map(pixelsOf);
    const others = await Promise.all(
      Array.from({ length: 12 }, async (_, k) => openPhoto(await paintPng(`other-${String(k)}.png`, 90, 90))),
    );
    expect(photo.levels.map(pixelsOf)).toEqual(before);
    for (const other of others) other.release();
    photo.release();
    expect(() => pixelsOf(photo.levels[0])).toThrow('after its release');
  });

  it('writes a crop as a PNG with the pixels of its region, and tells its size and hash', async () => {
    const photo = await openPhoto(await paintPng('photo.png', 250, 200));
    const output = join(folder, 'person', 'photo.png');
    const [written] = await photo.write([
      { output, sizePx: 48, geometry: { kind: 'region', box: [10, 20, 58, 68], outside: 'black' } },
    ]);
    const bytes = await readFile(output);
    expect(written).toEqual({
      bytes: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      quality: { sharpness: expect.any(Number) as number, exposure: expect.any(Number) as number },
    });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const region = await sharp(paint(250, 200), { raw: { width: 250, height: 200, channels: 3 } })
      .extract({ left: 10, top: 20, width: 48, height: 48 })
      .raw()
      .toBuffer();
    expect([info.width, info.height, info.channels]).toEqual([48, 48, 3]);
    expect(data.equals(region)).toBe(true);
    expect(await readdir(join(folder, 'person'))).toEqual(['photo.png']);
  });

  it('tells that a photo is unchanged without decoding it, until its crop or its bytes change', async () => {
    const file = await paintPng('photo.png', 60, 60);
    const photo = await openPhoto(file);
    const output = join(folder, 'crop.png');
    const [crop] = await photo.write([
      { output, sizePx: 16, geometry: { kind: 'region', box: [0, 0, 60, 60], outside: 'black' } },
    ]);
    const known = { sourceSha256: photo.sourceSha256, crops: [{ file: output, bytes: crop?.bytes ?? 0 }] };
    const decodedBefore = pool.seconds().decode;
    expect(await pool.open({ file, known, pyramid: PYRAMID })).toBe('unchanged');
    expect(pool.seconds().decode).toBe(decodedBefore);
    await writeFile(output, 'torn');
    expect(await pool.open({ file, known, pyramid: PYRAMID })).not.toBe('unchanged');
  });

  it('gives memory back when a photo is released, also twice', async () => {
    const photo = await openPhoto(await paintPng('photo.png', 400, 300));
    expect(pool.heldBytes).toBeGreaterThanOrEqual(400 * 300 * 3);
    photo.release();
    photo.release();
    expect(pool.heldBytes).toBe(0);
    expect(await failureOf(photo.crops(Int32Array.of(1, 1, 24, 24), 24))).toBeInstanceOf(Error);
  });

  it('makes an upright rendition that is never larger than the photo', async () => {
    const file = join(folder, 'turned.jpg');
    await sharp(paint(300, 200), { raw: { width: 300, height: 200, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(file);
    await pool.rendition({ file, sizePx: 150, output: join(folder, 'small.jpg') });
    await pool.rendition({ file, sizePx: 900, output: join(folder, 'large.jpg') });
    const small = await sharp(join(folder, 'small.jpg')).metadata();
    const large = await sharp(join(folder, 'large.jpg')).metadata();
    expect([small.format, small.width, small.height]).toEqual(['jpeg', 100, 150]);
    expect([large.width, large.height]).toEqual([200, 300]);
  });

  it('says why a photo cannot be used, and goes on with the next', async () => {
    const file = join(folder, 'note.jpg');
    await writeFile(file, 'no picture at all');
    const failure = await failureOf(openPhoto(file));
    expect(failure).toBeInstanceOf(ImageFailure);
    expect(failure).toMatchObject({ code: 'not-an-image', message: 'The file holds no picture.' });
    expect((await openPhoto(await paintPng('photo.png', 40, 40))).widthPx).toBe(40);
  });

  it('says that a crop cannot be written, and leaves nothing half-written', async () => {
    const photo = await openPhoto(await paintPng('photo.png', 60, 60));
    await writeFile(join(folder, 'file'), '');
    const failure = await failureOf(
      photo.write([
        {
          output: join(folder, 'file', 'crop.png'),
          sizePx: 16,
          geometry: { kind: 'region', box: [0, 0, 60, 60], outside: 'black' },
        },
      ]),
    );
    expect(failure).toMatchObject({ name: 'CannotWrite', code: 'other' });
  });

  it('hands photos of a process that was killed back to be opened again', async () => {
    const file = await paintPng('photo.png', 60, 60);
    const photo = await openPhoto(file);
    for (const id of workerIds(built.entry)) process.kill(id, 'SIGKILL');
    expect(await failureOf(photo.crops(Int32Array.of(1, 1, 24, 24), 24))).toBeInstanceOf(WorkerLost);
    const again = await openPhoto(file);
    (await again.crops(Int32Array.of(1, 1, 24, 24), 24)).copyTo(new Float32Array(24 * 24 * 3), 0);
  });

  it('leaves no process and no descriptor behind when it is closed', async () => {
    const descriptorsBefore = (await readdir('/proc/self/fd')).length;
    const own = createImagePool({ workers: 2, entry: built.entry });
    const file = await paintPng('photo.png', 60, 60);
    await Promise.all([1, 2, 3, 4].map(() => own.open({ file, known: null, pyramid: null })));
    expect(workerIds(built.entry)).toHaveLength(2);
    await own.close();
    expect(workerIds(built.entry)).toHaveLength(0);
    expect((await readdir('/proc/self/fd')).length).toBe(descriptorsBefore);
  });
});
