import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let photos: string;
let environment: Record<string, string>;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-embed-'));
  photos = join(folder, 'photos');
  environment = { FACENET_STUDIO_HOME: join(folder, 'home') };
  for (const [file, content] of [
    ['ann/1.jpg', 'one a'],
    ['ann/2.jpg', 'none b'],
    ['bob/1.jpg', 'one c'],
    ['bob/2.jpg', 'broken d'],
    ['bob/3.jpg', 'nan e'],
    ['bob/notes.txt', 'text'],
  ] as const) {
    await mkdir(join(photos, file, '..'), { recursive: true });
    await writeFile(join(photos, file), content);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Report = {
  model: string;
  dimensions: number;
  files: string[];
  noFace: string[];
  failed: { file: string; reason: { code: string } }[];
  remade: { from: string; files: number; why: string }[];
  distances: number[][];
};

const studio = async (
  ...args: readonly string[]
): Promise<{ code: number | null; report: Report; error: string }> => {
  const { code, out, error } = await run(fakes.cli, [...args, '--json', '--quiet'], environment);
  return { code, report: JSON.parse(out) as Report, error }; // the command's own format
};

const DIMENSIONS = 128;

/** The rows of a NumPy array of float32. */
const rowsOf = async (file: string): Promise<{ header: string; rows: Float32Array[] }> => {
  const bytes = await readFile(file);
  const start = 10 + bytes.readUInt16LE(8);
  const values = new Float32Array(Uint8Array.from(bytes.subarray(start)).buffer);
  return {
    header: bytes.toString('latin1', 10, start),
    rows: Array.from({ length: values.length / DIMENSIONS }, (_, row) =>
      values.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS),
    ),
  };
};

test('every photo of a folder has a row, or stands among those without a face or those that failed', async () => {
  const output = join(folder, 'vectors.npy');
  const { code, report } = await studio('embed', photos, '--output', output);
  expect(code).toBe(3);
  expect(report).toMatchObject({
    model: 'face-api-128',
    dimensions: DIMENSIONS,
    files: [`${photos}/ann/1.jpg`, `${photos}/bob/1.jpg`],
    noFace: [`${photos}/ann/2.jpg`],
    failed: [
      { file: `${photos}/bob/2.jpg`, reason: { code: 'damaged' } },
      { file: `${photos}/bob/3.jpg`, reason: { code: 'no-vector' } },
    ],
  });
  const { header, rows } = await rowsOf(output);
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(2, 128\), \} +\n$/);
  expect(rows).toHaveLength(2);
  // The rows are in the order of the files, whatever order they were made in.
  const alone = join(folder, 'alone.npy');
  await studio('embed', join(photos, 'bob', '1.jpg'), '--output', alone);
  expect((await rowsOf(alone)).rows[0]).toEqual(rows[1]);
});

test('crops that the model does not take are cut out of the originals anew, and it is told', async () => {
  const crops = join(folder, 'crops');
  await rm(join(photos, 'bob'), { recursive: true });
  await run(fakes.cli, ['align', photos, crops, '--quiet'], environment);
  const again = await studio('embed', crops);
  expect(again.code).toBe(0);
  expect(again.report.files).toEqual([`${crops}/ann/1.png`]);
  expect(again.report.remade).toMatchObject([{ from: 'originals', files: 1 }]);
  expect(again.report.remade[0]?.why).toMatch(
    /takes landmarks crops of 150 px with a margin of 0, not relative crops of 182 px with a margin of 44/,
  );
  await rm(photos, { recursive: true });
  const inCrops = await studio('embed', crops);
  expect(inCrops.report.remade).toMatchObject([{ from: 'crops', files: 1 }]);
});

test('crops as the model takes them are taken as they are', async () => {
  const crops = join(folder, 'crops');
  await rm(join(photos, 'bob'), { recursive: true });
  const style = ['--crop', 'landmarks', '--image-size', '150', '--margin', '0'];
  await run(fakes.cli, ['align', photos, crops, '--quiet', ...style], environment);
  const { code, report } = await studio('embed', crops);
  expect(code).toBe(0);
  expect(report).toMatchObject({ files: [`${crops}/ann/1.png`], remade: [] });
});

test('compare gives the distance of every pair, zero to itself', async () => {
  const [one, other] = [join(photos, 'ann', '1.jpg'), join(photos, 'bob', '1.jpg')];
  const { code, report } = await studio('compare', one, other);
  expect(code).toBe(0);
  expect(report.files).toEqual([one, other]);
  const [first, second] = report.distances;
  expect([first?.[0], second?.[1]]).toEqual([0, 0]);
  expect(first?.[1]).toBeGreaterThan(0);
  expect(second?.[0]).toBe(first?.[1]);
});

test('facenet’s three files hold vectors, the numbers of the folders and their names', async () => {
  const output = join(folder, 'exported');
  await studio('export-embeddings', photos, '--output', output, '--labels_name', 'numbers.npy');
  const vectors = await rowsOf(join(output, 'embeddings.npy'));
  expect(vectors.rows).toHaveLength(2);
  const numbers = await readFile(join(output, 'numbers.npy'));
  expect(numbers.toString('latin1')).toMatch(/'descr': '<i8'.*'shape': \(2,\)/);
  expect([numbers.readBigInt64LE(numbers.length - 16), numbers.readBigInt64LE(numbers.length - 8)]).toEqual([
    0n,
    1n,
  ]);
  const names = await readFile(join(output, 'label_strings.npy'));
  expect(names.toString('latin1')).toMatch(/'descr': '<U3'/);
  expect(names.subarray(-24).toString('utf16le').replaceAll('\0', '')).toBe('annbob');
});

test('CSV and Parquet name file and label beside the vector', async () => {
  const csv = join(folder, 'vectors.csv');
  await studio('export-embeddings', photos, '--output', csv);
  const [head, first] = (await readFile(csv, 'utf8')).split('\r\n');
  expect(head?.split(',').slice(0, 3)).toEqual(['file', 'label', 'v0']);
  expect(first?.split(',').slice(0, 2)).toEqual([`${photos}/ann/1.jpg`, 'ann']);
  expect(first?.split(',')).toHaveLength(2 + DIMENSIONS);
  const parquet = join(folder, 'vectors.parquet');
  await studio('export-embeddings', photos, '--output', parquet);
  const bytes = await readFile(parquet);
  expect([bytes.toString('latin1', 0, 4), bytes.toString('latin1', bytes.length - 4)]).toEqual([
    'PAR1',
    'PAR1',
  ]);
});

test.each([
  [['embed', 'nowhere', '--model', 'none'], 2, /There is no model none: there are face-api-128/],
  [
    ['export-embeddings', 'nowhere', '--output', 'x', '--format', 'xml'],
    2,
    /--format takes one of npy, csv, parquet, facenet/,
  ],
  [['models', 'import', 'nowhere.pb'], 2, /--accept-terms/],
])('%j is refused in one sentence', async (args, code, words) => {
  const ended = await run(fakes.cli, [...args], environment);
  expect(ended.code).toBe(code);
  expect(ended.error.trim().split('\n').at(-1)).toMatch(words);
});

test('a path that is not there is listed, and the others have their vectors', async () => {
  const { code, report } = await studio('embed', join(photos, 'ann', '1.jpg'), join(folder, 'nowhere'));
  expect(code).toBe(3);
  expect(report.files).toEqual([join(photos, 'ann', '1.jpg')]);
  expect(report.failed).toMatchObject([{ file: join(folder, 'nowhere'), reason: { code: 'missing' } }]);
});

test('models lists where each is from, whose photos it was trained on and its terms', async () => {
  const { code, out } = await run(fakes.cli, ['models', '--json'], environment);
  expect(code).toBe(0);
  const { models } = JSON.parse(out) as {
    models: { id: string; isDefault: boolean; origin: { trainedOn: string } }[];
  };
  expect(models).toMatchObject([{ id: 'face-api-128', isDefault: true }]);
  expect(models[0]?.origin.trainedOn).toMatch(/people/);
});
