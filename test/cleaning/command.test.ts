import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const SIZE = 8;
const PEOPLE = ['Ann', 'Ben', 'Cay', 'Dee'];
const FACES = 6;

let fakes: BuiltFakes;
let folder: string;
let crops: string;
let vectors: string;

/** As numpy.save writes it. */
const npy = (rows: number, values: Float32Array): Buffer => {
  const text = Buffer.from(
    `{'descr': '<f4', 'fortran_order': False, 'shape': (${String(rows)}, ${String(SIZE)}), }\n`,
  );
  const head = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  head.writeUInt16LE(text.length, 8);
  return Buffer.concat([head, text, Buffer.from(values.buffer)]);
};

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clean-'));
  crops = join(folder, 'crops');
  vectors = join(folder, 'faces.npy');
  let state = 9;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  const centres = PEOPLE.map(() => Array.from({ length: SIZE }, next));
  const files: string[] = [];
  const values: number[] = [];
  for (const [person, name] of PEOPLE.entries()) {
    await mkdir(join(crops, name), { recursive: true });
    for (let face = 0; face < FACES; face += 1) {
      const file = `${name}/${name}_${String(face)}.png`;
      files.push(file);
      await writeFile(join(crops, file), `${name} ${String(face % 5)}`);
      // The third face of Ben is Dee's.
      const looks = name === 'Ben' && face === 2 ? 3 : person;
      values.push(...(centres[looks] ?? []).map((value) => value + next() / 20));
    }
  }
  await writeFile(vectors, npy(files.length, Float32Array.from(values)));
  await writeFile(join(folder, 'faces.json'), JSON.stringify({ model: 'any', dimensions: SIZE, files }));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const clean = async (...args: readonly string[]) => {
  const ended = await run(fakes.cli, args, { FACENET_STUDIO_HOME: join(folder, 'home') });
  return { ...ended, document: (ended.out.startsWith('{') ? JSON.parse(ended.out) : null) as unknown };
};

test('clean mislabels names the face of another person first, whose it is and what speaks for it', async () => {
  const { code, document } = await clean('clean', 'mislabels', crops, '--embeddings', vectors, '--json');
  expect(code).toBe(0);
  expect(document).toMatchObject({ queue: 'mislabels', total: 24 });
  const [first, ...others] = (document as { items: { file: string; kind: string }[] }).items;
  expect(first).toMatchObject({
    file: 'Ben/Ben_2.png',
    identity: 'Ben',
    kind: 'flip',
    proposed: { identity: 'Dee' },
    evidence: { other: { identity: 'Dee' } },
  });
  expect(others).toHaveLength(23);
  expect(new Set(others.map(({ kind }) => kind))).toEqual(new Set(['likely-right']));
});

test('clean duplicates finds files of the same bytes, and the graph of before is used again', async () => {
  const first = await clean('clean', 'duplicates', crops, '--embeddings', vectors, '--json');
  expect(await readdir(folder)).toContain('faces.npy.neighbours');
  const again = await clean('clean', 'duplicates', crops, '--embeddings', vectors, '--json');
  expect(again.document).toEqual(first.document);
  const { items } = first.document as { items: { kind: string; file: string; evidence: { file: string } }[] };
  expect(
    items.filter(({ kind }) => kind === 'exact').map(({ file, evidence }) => [file, evidence.file]),
  ).toEqual(PEOPLE.map((name) => [`${name}/${name}_0.png`, `${name}/${name}_5.png`]));
});

test('filter says what goes and how many identities are left', async () => {
  const { document } = await clean(
    ...['filter', crops, '--embeddings', vectors, '--filter-percentile', '95'],
    ...['--filter_min_nrof_images_per_class', '6', '--json'],
  );
  expect(document).toMatchObject({ faces: 24, identities: 4, identitiesLeft: 3, facesLeft: 18 });
  expect((document as { removed: string[] }).removed).toContain('Ben/Ben_2.png');
});

test.each([
  [['clean', 'mislabels', '.', '--files', 'x.txt'], /--files names the rows of --embeddings/],
  [['clean', 'mislabels', '.', '--embeddings', 'x.npy', '--flip'], /leave --model and --flip out/],
  [['clean', 'nonsense', '.'], /one of mislabels, duplicates, identities, mixed, quality/],
  [['clean', 'quality', '.'], /no ledger/],
  [['clean', 'mislabels', '.', '--embeddings', 'missing.npy'], /There is no file missing.npy/],
  [
    ['filter', '.', '--embeddings', 'x.npy', '--filter-percentile', '101'],
    /--filter-percentile takes a number/,
  ],
])('%j is refused in one sentence', async (args, words) => {
  const { code, out, error } = await clean(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(error).toMatch(/^[^\n]+\n$/);
  expect(error).toMatch(words);
});

test('clean without --embeddings embeds the faces of the folder first', async () => {
  const photos = join(folder, 'photos');
  for (const [person, name] of PEOPLE.entries())
    for (let face = 0; face < FACES; face += 1) {
      // The third photo in Ben's folder shows Dee.
      const looks = name === 'Ben' && face === 2 ? 'dee' : name.toLowerCase();
      await mkdir(join(photos, name), { recursive: true });
      await writeFile(
        join(photos, name, `${String(face)}.jpg`),
        `like ${looks} ${String(person)} ${String(face)}`,
      );
    }
  await writeFile(join(photos, 'Ann', '9.jpg'), 'none 9');
  const { code, document } = await clean('clean', 'mislabels', photos, '--json', '--quiet');
  expect(code).toBe(0);
  const { items, noFace } = document as { items: unknown[]; noFace: string[] };
  expect(items[0]).toMatchObject({
    file: 'Ben/2.jpg',
    identity: 'Ben',
    kind: 'flip',
    proposed: { identity: 'Dee' },
  });
  expect(noFace).toEqual([join(photos, 'Ann', '9.jpg')]);
  const { document: left } = await clean(
    ...['filter', photos, '--filter-percentile', '95', '--json', '--quiet'],
  );
  expect(left).toMatchObject({ faces: 24, facesLeft: 23, removed: ['Ben/2.jpg'] });
});

test('rows that are not as many as files are refused', async () => {
  await writeFile(join(folder, 'few.txt'), 'Ann/Ann_0.png\n');
  const { code, error } = await clean(
    ...['clean', 'mislabels', crops, '--embeddings', vectors, '--files', join(folder, 'few.txt')],
  );
  expect(code).toBe(2);
  expect(error).toMatch(/24 rows, and 1 files/);
});
