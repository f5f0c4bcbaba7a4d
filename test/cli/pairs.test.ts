import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { OverlapReport, PairGenerationReport } from '../../src/contract/pairs.ts';
import { parsePairs } from '../../src/core/pairs/parse-pairs.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, type Place } from '../workspace/program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const PEOPLE = ['Ann_Lee', 'Bob', 'Cy', 'Dee'];

let fakes: BuiltFakes;
let place: Place;
let list: string;

/** Three photos of each person, named as LFW names them. */
const PHOTOS = PEOPLE.flatMap((person) =>
  [1, 2, 3].map(
    (number) => [`${person}/${person}_000${String(number)}.jpg`, `one ${person} ${String(number)}`] as const,
  ),
);

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(fakes, PHOTOS);
  list = join(place.folder, 'pairs.txt');
});
afterEach(() => place.remove());

const generate = async (...args: readonly string[]): Promise<PairGenerationReport> =>
  PairGenerationReport.parse(await place.json('pairs', 'generate', ...args, '--quiet'));
const SMALL = ['--folds', '2', '--pairs', '4'];

test("a folder of identities becomes LFW's list, by which it can be judged", async () => {
  const report = await generate(place.photos, '--output', list, ...SMALL);
  expect(report).toMatchObject({
    format: 'lfw',
    pairs: 16,
    people: 4,
    pictures: 12,
    leftOut: 0,
    engine: null,
  });
  const { pairs, folds } = parsePairs(await readFile(list, 'utf8'));
  expect([pairs.length, folds]).toEqual([16, 2]);
  const { pairs: judged } = await place.json<{ pairs: { scored: number; folds: string } }>(
    'validate',
    place.photos,
    '--pairs',
    list,
    '--lfw-nrof-folds',
    '2',
    '--quiet',
  );
  expect(judged).toMatchObject({ scored: 16, missing: 0, folds: 'list' });
});

test('the same seed gives the same list, and a list that is there is never written over', async () => {
  await generate(place.photos, '--output', list, ...SMALL);
  const again = join(place.folder, 'new folder', 'again.txt');
  await generate(place.photos, '--output', again, ...SMALL);
  const text = await readFile(list, 'utf8');
  expect(await readFile(again, 'utf8')).toBe(text);
  const { code, error } = await place.studio(
    ...['pairs', 'generate', place.photos, '--output', list, ...SMALL, '--seed', '1'],
  );
  expect(code).toBe(2);
  expect(error).toContain(`${list} is there already`);
  expect(await readFile(list, 'utf8')).toBe(text);
});

test('a workspace gives the faces that it keeps, by the names that it knows', async () => {
  await place.setUp();
  const faces = await place.json<{ faces: { id: number; file: string }[] }>('list', place.work);
  const face = (file: string): string => String(faces.faces.find((each) => each.file.endsWith(file))?.id);
  await place.studio('mark', place.work, 'rejected', '--faces', face('Bob_0001.jpg'));
  await place.studio('move', place.work, '--to', 'Cy', '--faces', face('Dee_0003.jpg'));
  const output = join(place.folder, 'pairs.csv');
  const report = await generate(place.work, '--output', output, '--folds', '1', '--pairs', '11');
  expect(report).toMatchObject({ format: 'csv', people: 4, pictures: 11 });
  const { pairs } = parsePairs(await readFile(output, 'utf8'));
  const couples = pairs
    .filter(({ isSame }) => isSame)
    .map(({ first, second }) => [first, second].sort().join());
  expect(couples).toContain('Cy/Cy_0001.jpg,Dee/Dee_0003.jpg');
  expect(couples.join()).not.toContain('Bob_0001');
  expect(couples).not.toContain('Dee/Dee_0001.jpg,Dee/Dee_0003.jpg');
});

test('hard pairs are chosen by the vectors of a workspace, which are kept', async () => {
  await place.setUp();
  const output = join(place.folder, 'pairs.csv');
  const plain = await generate(place.work, '--output', list, ...SMALL);
  const hard = await generate(place.work, '--output', output, ...SMALL, '--hard', '50');
  expect(plain.engine).toBeNull();
  expect(hard.engine?.backend).toBe('wasm');
  expect(await readdir(join(place.work, 'embeddings'))).toHaveLength(1);
  const differentOf = (text: string): readonly string[] =>
    parsePairs(text)
      .pairs.filter(({ isSame }) => !isSame)
      .map(({ first, second }) => [first, second].sort().join().replaceAll('.jpg', ''));
  expect(differentOf(await readFile(output, 'utf8'))).not.toEqual(differentOf(await readFile(list, 'utf8')));
});

test.each([
  [['--output', 'pairs.json'], /should end in \.txt, for LFW's own format, or in \.csv/],
  [['--output', 'p.csv', '--folds', '2', '--pairs', '500'], /500 pairs of one person .* cannot be made/],
  [['--output', 'p.csv', '--model', 'x'], /goes with --hard/],
  [['--output', 'p.csv', '--hard', '1'], /--hard takes a whole number from 2/],
  [['--folds', '2'], /--output/],
])('wrong usage is one sentence: %j', async (args, words) => {
  const { code, out, error } = await place.studio('pairs', 'generate', place.photos, ...args);
  expect([code, out]).toEqual([2, '']);
  expect(error).toMatch(words);
});

test("pictures that LFW's lists cannot name are told of, and nothing is written", async () => {
  await mkdir(join(place.photos, 'Eve'));
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg'])
    await writeFile(join(place.photos, 'Eve', name), `one ${name}`);
  const { code, error } = await place.studio(
    ...['pairs', 'generate', place.photos, '--output', list, '--folds', '1', '--pairs', '15'],
  );
  expect(code).toBe(2);
  expect(error).toMatch(/person\/person_0001, which Eve\/.\.jpg and Eve\/.\.jpg are not: write a \.csv/);
  expect((await readdir(place.folder)).includes('pairs.txt')).toBe(false);
});

const overlap = async (...args: readonly string[]): Promise<OverlapReport> =>
  OverlapReport.parse(await place.json('overlap', ...args, '--quiet'));

test('people of both sets are found by name and by face, and the test is judged without them', async () => {
  const tested = join(place.folder, 'test');
  const photos: readonly (readonly [string, string])[] = [
    ['lee, ann/1.jpg', 'one new picture'],
    ['Unknown/1.jpg', 'one Cy 2'],
    ...['Fay', 'Gus'].flatMap((person) =>
      ['1.jpg', '2.jpg'].map((name) => [`${person}/${name}`, `one ${person} ${name}`] as const),
    ),
  ];
  for (const [file, content] of photos) {
    await mkdir(join(tested, file, '..'), { recursive: true });
    await writeFile(join(tested, file), content);
  }
  await writeFile(list, ['Fay/1 Fay/2 1', 'Fay/1 Gus/1 0', 'Gus/1 Gus/2 1', 'Unknown/1 Gus/2 0'].join('\n'));
  // The fake draws vectors from bytes: pictures are 4.6 apart, and only one and the same is near.
  const judged = ['--threshold', '3', '--pairs', list, '--lfw-nrof-folds', '2'];
  const report = await overlap(place.photos, tested, ...judged);
  expect(report.train).toEqual({ people: 4, pictures: 12, withoutVector: 0 });
  expect(report.test).toEqual({ people: 4, pictures: 6, withoutVector: 0 });
  expect(report.overlaps.map(({ test: of, train, byName, byFace }) => [of, train, byName, byFace])).toEqual([
    ['Unknown', 'Cy', false, true],
    ['lee, ann', 'Ann_Lee', true, false],
  ]);
  expect(report.overlaps[0]?.pictures[0]).toEqual(['Cy/Cy_0002.jpg', 'Unknown/1.jpg']);
  expect([report.people, report.judged?.pairs, report.judged?.leftOut]).toEqual([2, 4, 1]);
  expect(report.judged?.disjoint?.accuracy.folds).toHaveLength(2);
  const text = await place.studio('overlap', place.photos, tested, ...judged, '--quiet');
  expect([text.code, text.error]).toEqual([0, '']);
  expect(text.out).toContain('2 people of the test set are in the training set.\n');
  expect(text.out).toMatch(/\tname\tlee, ann\tAnn_Lee\n/);
  expect(text.out).toContain('Without 1 pair of people who are in both:\nAccuracy: ');
});

test('a workspace may be either set, and a folder of nobody is refused', async () => {
  await place.setUp();
  const report = await overlap(place.work, place.photos);
  expect(report.people).toBe(4);
  expect(report.overlaps.filter(({ byName }) => byName)).toHaveLength(4);
  const flat = join(place.folder, 'flat');
  await mkdir(flat);
  await writeFile(join(flat, '1.jpg'), 'one x');
  const { code, error } = await place.studio('overlap', place.work, flat);
  expect(code).toBe(2);
  expect(error).toContain(`${flat} holds no pictures of named people`);
});
