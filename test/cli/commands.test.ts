import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { run, start } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let photos: string;
let crops: string;
let environment: Record<string, string>;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  photos = join(folder, 'photos');
  crops = join(folder, 'crops');
  environment = { FACENET_STUDIO_HOME: join(folder, 'home') };
  await mkdir(join(photos, 'ann'), { recursive: true });
  await writeFile(join(photos, 'ann', '1.jpg'), 'one');
  await writeFile(join(photos, 'ann', '2.jpg'), 'none');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const studio = (...args: readonly string[]) => run(fakes.cli, args, environment);

/** One sentence on stderr and nothing on stdout. */
const expectRefused = (
  ended: { code: number | null; out: string; error: string },
  words: string | RegExp,
): void => {
  expect(ended.code).toBe(2);
  expect(ended.out).toBe('');
  expect(ended.error).toMatch(/^[^\n]+[.]\n$/);
  expect(ended.error).toMatch(words);
};

describe('wrong usage is one sentence and exit code 2', () => {
  test.each([
    [['align'], /required argument/],
    [['frobnicate'], /frobnicate/],
    [[], /No command/],
    [['align', 'a', 'b', '--frobnicate'], /--frobnicate/],
    [['align', 'a', 'b', 'c'], /too many arguments/i],
    [
      ['align', 'a', 'b', '--image-size', 'huge'],
      /--image-size takes a whole number from 16 to 2048, not "huge"/,
    ],
    [['align', 'a', 'b', '--image_size', '12.5'], /--image-size/],
    [['align', 'a', 'b', '--image-size', '0x80'], /--image-size/],
    [['align', 'a', 'b', '--margin', '-1'], /--margin/],
    [['align', 'a', 'b', '--margin', ''], /--margin/],
    [['align', 'a', 'b', '--thresholds', '0.6,0.7'], /--thresholds/],
    [['align', 'a', 'b', '--thresholds', '0.6,0.7,2'], /--thresholds/],
    [['align', 'a', 'b', '--scale-factor', '1'], /--scale-factor/],
    [['align', 'a', 'b', '--min-face-size', '1'], /--min-face-size/],
    [
      ['align', 'a', 'b', '--gpu-memory-fraction', '0'],
      /--gpu-memory-fraction takes a number above 0 and at most 1, not "0"/,
    ],
    [['align', 'a', 'b', '--crop', 'round'], /box, relative, landmarks/],
    [['align', 'a', 'b', '--exact', 'dlib'], /facenet/],
    [['align', 'a', 'b', '--engine', 'tpu'], /auto, gpu, cpu, wasm/],
    [['align', 'a', 'b', '--detect-multiple-faces=maybe'], /true or false/],
    [['detect'], /required argument/],
  ])('%j', async (args, words) => {
    expectRefused(await studio(...args), words);
  });
});

describe('folders that cannot be used are one sentence and exit code 2', () => {
  test('a missing input', async () => {
    expectRefused(await studio('align', join(folder, 'nowhere'), crops), /There is no folder .*nowhere/);
  });
  test('an input that is a file', async () => {
    expectRefused(await studio('align', join(photos, 'ann', '1.jpg'), crops), /is not a folder/);
  });
  test('an input without photos, of which no output is made', async () => {
    await mkdir(join(folder, 'empty'));
    await writeFile(join(folder, 'empty', 'notes.txt'), 'none');
    expectRefused(await studio('align', join(folder, 'empty'), crops), /no photos/);
    expect(await readdir(folder)).not.toContain('crops');
  });
  test('an output inside the input, the same folder, and an input inside the output', async () => {
    expectRefused(await studio('align', photos, join(photos, 'crops')), /lies inside the input folder/);
    expectRefused(await studio('align', photos, join(photos, '.')), /same folder/);
    expectRefused(await studio('align', photos, folder), /lies inside the output folder/);
  });
  test('a sibling whose name begins like the input is no such case', async () => {
    expect((await studio('align', photos, `${photos}-crops`, '--quiet')).code).toBe(0);
  });
  test('an output that is a file', async () => {
    await writeFile(crops, 'x');
    expectRefused(await studio('align', photos, crops), /is not a folder/);
  });
  test('an output that was made with other settings, naming what differs', async () => {
    expect((await studio('align', photos, crops, '--quiet')).code).toBe(0);
    expectRefused(
      await studio('align', photos, crops, '--image-size', '160', '--quiet'),
      /image size 182, not 160/,
    );
    expect((await studio('align', photos, crops, '--image_size', '182', '--quiet')).code).toBe(0);
  });
});

describe('the exit code tells how it went', () => {
  test('0 when photos have no face, 3 when one could not be read, 1 when the engine cannot be had', async () => {
    expect((await studio('align', photos, crops, '--quiet')).code).toBe(0);
    await writeFile(join(photos, 'ann', '3.jpg'), 'broken');
    const { code, out } = await studio('align', photos, crops, '--quiet');
    expect(code).toBe(3);
    expect(out).toContain('3 photos: 1 aligned, 1 without a face, 1 could not be read. 2 were done before.');
    expect(out).toContain('ann/3.jpg: It is damaged.');
    const gpu = await studio('align', photos, crops, '--engine', 'gpu');
    expect([gpu.code, gpu.error]).toEqual([1, 'There is no GPU. Use --engine cpu.\n']);
  });

  test('help is no mistake', async () => {
    for (const args of [['--help'], ['align', '--help'], ['detect', '--help'], ['doctor', '--help']]) {
      const { code, out, error } = await studio(...args);
      expect([code, error]).toEqual([0, '']);
      expect(out).toContain('Examples:');
    }
  });
});

describe('--json is one document on stdout and nothing else', () => {
  test('align', async () => {
    const { code, out, error } = await studio('align', photos, crops, '--json', '--quiet');
    expect([code, error]).toEqual([0, '']);
    expect(out.trimEnd().split('\n')).toHaveLength(1);
    const document = JSON.parse(out) as Record<string, unknown>; // what the command promises is checked below
    expect(document).toMatchObject({
      images: 2,
      aligned: 1,
      noFace: 1,
      failed: 0,
      skipped: 0,
      unchanged: 0,
      faces: 1,
      crops: 1,
      engine: { backend: 'wasm', device: 'CPU', version: '0' },
      ledger: join(crops, 'ledger.jsonl'),
    });
    expect(document['boundingBoxes']).toMatch(/bounding_boxes_\d{5}\.txt$/);
    expect(document['seconds']).toBeGreaterThan(0);
    expect(document['imagesPerSecond']).toBeGreaterThan(0);
  });

  test('detect, with a line for everything that was given, named as it was given', async () => {
    await writeFile(join(photos, 'ann', '3.jpg'), 'broken');
    await writeFile(join(photos, 'ann', 'notes.txt'), 'text');
    const { code, out } = await studio(
      'detect',
      `${photos}/`,
      join(folder, 'gone.jpg'),
      `${folder}/./photos/ann/1.jpg`,
      '--json',
    );
    expect(code).toBe(3);
    const { images, engine } = JSON.parse(out) as {
      images: { file: string; status: string; faces: unknown[] }[];
      engine: unknown;
    }; // checked below
    expect(images.map(({ file, status }) => [file, status])).toEqual([
      [`${photos}/ann/1.jpg`, 'faces'],
      [`${photos}/ann/2.jpg`, 'noFace'],
      [`${photos}/ann/3.jpg`, 'failed'],
      [`${photos}/ann/notes.txt`, 'skipped'],
      [join(folder, 'gone.jpg'), 'failed'],
      [`${folder}/./photos/ann/1.jpg`, 'faces'],
    ]);
    expect(images[0]).toMatchObject({
      width: 100,
      height: 80,
      faces: [
        {
          box: [0.25, 1.5, 10.75, 12.25],
          score: 0.9,
          landmarks: [
            [1, 1],
            [2, 1],
            [1.5, 2],
            [1, 3],
            [2, 3],
          ],
        },
      ],
    });
    expect(images[2]?.faces).toEqual([]);
    expect(engine).toEqual({ backend: 'wasm', device: 'CPU', version: '0' });
  });

  test('doctor', async () => {
    const { code, out, error } = await studio('doctor', '--json');
    expect([code, error]).toEqual([0, '']);
    expect(JSON.parse(out)).toMatchObject({
      engine: { backend: 'wasm' },
      failure: null,
      node: process.version,
      dataFolder: join(folder, 'home'),
    });
    expect((await studio('doctor', '--engine', 'gpu', '--json')).code).toBe(1);
  });

  test('a mistake', async () => {
    const { code, out, error } = await studio('align', join(folder, 'nowhere'), crops, '--json');
    expect(code).toBe(2);
    expect(JSON.parse(out)).toEqual({ error: error.trimEnd() });
  });
});

test('the flags of the seed mean what they mean there', async () => {
  const { code } = await studio(
    'align',
    '--detect_multiple_faces',
    photos,
    crops,
    '--image_size=160',
    '--random_order',
    '--gpu_memory_fraction',
    '0.25',
    '--margin',
    '32',
    '--exact',
    'facenet',
    '--quiet',
  );
  expect(code).toBe(0);
  const manifest: unknown = JSON.parse(await readFile(join(crops, 'facenet-studio.json'), 'utf8'));
  expect(manifest).toMatchObject({
    settings: {
      detect: { mode: 'facenet' },
      crop: { style: 'box', imageSizePx: 160, marginPx: 32, detectMultipleFaces: true },
    },
  });
});

test('Ctrl-C stops cleanly, and the same command continues', async () => {
  for (let index = 0; index < 300; index += 1)
    await writeFile(join(photos, 'ann', `more ${String(index)}.jpg`), `one ${String(index)}`);
  const program = start(fakes.cli, ['align', photos, crops, '--quiet'], {
    ...environment,
    FAKE_ENGINE_DELAY_MS: '20',
  });
  while ((await readdir(crops, { recursive: true }).catch(() => [])).length < 50) await delay(10);
  program.signal('SIGINT');
  const { code, out, error } = await program.ended;
  expect([code, out, error]).toEqual([
    130,
    '',
    'Stopped. Everything done is kept; the same command continues.\n',
  ]);
  const again = await studio('align', photos, crops, '--json', '--quiet');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({ images: 302 });
  expect((JSON.parse(again.out) as { unchanged: number }).unchanged).toBeGreaterThan(0); // the command's own format
});

test('progress is told on stderr in plain lines where it cannot be rewritten', async () => {
  for (let index = 0; index < 400; index += 1)
    await writeFile(join(photos, 'ann', `more ${String(index)}.jpg`), `one ${String(index)}`);
  const { code, error } = await run(fakes.cli, ['align', photos, crops], {
    ...environment,
    FAKE_ENGINE_DELAY_MS: '70',
  });
  expect(code).toBe(0);
  expect(error).toMatch(/^Aligning \d+ of 402 photos · [\d.]+ photos\/s · \d+ s left.*\n/m);
  expect(error).not.toContain('\r');
});
