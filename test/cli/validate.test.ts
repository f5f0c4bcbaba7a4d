import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { ValidationReport } from '../../src/contract/validation.ts';
import { run } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let pairs: string;
let embeddings: string;

const FILES = ['ann/ann_0001.png', 'ann/ann_0002.png', 'bob/bob_0001.png', 'bob/bob_0002.png'];

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cli-validate-'));
  pairs = join(folder, 'pairs.txt');
  embeddings = join(folder, 'vectors.npy');
  await writeFile(pairs, '2 1\nann 1 2\nann 1 bob 1\nbob 1 2\nann 2 bob 2\n');
  await writeVectors(FILES, [0, 0.5, 1, 1.5]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Embeddings of one number each, as numpy and `embed --json` write them. */
const writeVectors = async (files: readonly string[], values: readonly number[]): Promise<void> => {
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${String(values.length)}, 1), }\n`;
  const start = Buffer.from(`\u0093NUMPY\u0001\0${String.fromCharCode(header.length)}\0${header}`, 'latin1');
  await writeFile(embeddings, Buffer.concat([start, new Uint8Array(Float32Array.from(values).buffer)]));
  await writeFile(join(folder, 'vectors.json'), JSON.stringify({ model: 'any', dimensions: 1, files }));
};

const validate = (...args: readonly string[]) =>
  run(fakes.cli, ['validate', ...args], { FACENET_STUDIO_HOME: join(folder, 'home') });

test("the seed's lines are written, and what they stand on", async () => {
  const { code, out, error } = await validate(
    '--embeddings',
    embeddings,
    '--pairs',
    pairs,
    '--lfw_nrof_folds',
    '2',
  );
  expect(out).toBe(
    [
      'Accuracy: 1.00000+-0.00000',
      'Validation rate: 1.00000+-0.00000 @ FAR=0.00000',
      'Area Under Curve (AUC): 1.000',
      'Equal Error Rate (EER): 0.000',
      'Pairs: 4 scored, none missing',
      '',
    ].join('\n'),
  );
  expect(error).toContain('A FAR of 0.001 is judged by');
  expect(code).toBe(0);
});

test('the document holds the figures, and missing pairs make exit code 3', async () => {
  await writeVectors(FILES.slice(0, 3), [0, 0.1, 1]);
  const { code, out, error } = await validate(
    '--embeddings',
    embeddings,
    '--pairs',
    pairs,
    '--lfw-nrof-folds',
    '2',
    '--json',
  );
  const report = ValidationReport.parse(JSON.parse(out));
  expect(report.pairs).toMatchObject({ scored: 2, missing: 2, policy: 'wrong' });
  expect(report.accuracy.folds).toHaveLength(2);
  expect(report.val.target).toBe(0.001);
  expect(error).toContain('Missing in fold 2, line 4: bob/bob_0002: no such picture');
  expect(code).toBe(3);
});

test.each([
  [['--embeddings', 'e', '--pairs', 'p', '--distance-metric', '2'], /--distance-metric takes one of 0, 1/],
  [['--embeddings', 'e', '--pairs', 'p', '--far', '0'], /--far takes a number above 0/],
  [
    ['--embeddings', 'e', '--pairs', 'p', '--lfw_nrof_folds', '1'],
    /--lfw-nrof-folds takes a whole number from 2/,
  ],
  [['--embeddings', 'e', '--pairs', 'p', '--exact', 'dlib'], /--exact takes only facenet/],
  [['--embeddings', 'e', '--pairs', 'p', '--missing', 'perhaps'], /wrong, skip, fail/],
  [['--embeddings', 'e', '--pairs', 'p', '--use-flipped-images'], /nothing is embedded/],
  [['--pairs', 'p'], /Name a folder/],
  [['photos'], /--pairs/],
  [['--embeddings', 'nowhere.npy', '--pairs', 'nowhere.txt'], /There is no list of pairs at .*nowhere\.txt/],
])('wrong usage is one sentence: %j', async (args, words) => {
  const { code, out, error } = await validate(...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(error).toMatch(/^[^\n]+[.]\n$/);
  expect(error).toMatch(words);
});

test('files that cannot be used are named with what is wrong', async () => {
  const check = async (...words: readonly string[]): Promise<void> => {
    const { code, error } = await validate(
      '--embeddings',
      embeddings,
      '--pairs',
      pairs,
      '--lfw-nrof-folds',
      '2',
    );
    expect(code).toBe(2);
    for (const word of words) expect(error).toContain(word);
  };
  await writeFile(pairs, '2 1\nann 1 2\nann one bob 1\n');
  await check(pairs, 'line 3', '"one" should be the number');
  await writeFile(pairs, Buffer.from('\uFEFF2 1\r\nann 1 2\r\n', 'utf16le'));
  await check(pairs, 'is no text in UTF-8: give a list of pairs, or save it as UTF-8.');
  await writeFile(pairs, 'ann/ann_0001,ann/ann_0002,1\n');
  await check('1 pair cannot be divided into 2 folds.');
  await writeFile(pairs, '2 1\nann 1 2\nann 1 bob 1\nbob 1 2\nann 2 bob 2\n');
  await writeFile(join(folder, 'vectors.json'), JSON.stringify({ files: FILES.slice(1) }));
  await check('has 4 rows, but 3 files are named');
  await rm(join(folder, 'vectors.json'));
  await check('must stand in', 'vectors.txt');
  await rm(pairs);
  await mkdir(pairs);
  await check(`${pairs} holds no splits: give a list of pairs`);
});

test('an embedding that holds something other than numbers makes its pairs missing', async () => {
  await writeVectors(FILES, [0, 0.5, 1, Number.NaN]);
  const { code, error } = await validate(
    '--embeddings',
    embeddings,
    '--pairs',
    pairs,
    '--lfw-nrof-folds',
    '2',
  );
  expect(error).toContain(
    'Missing in fold 2, line 4: bob/bob_0002: its embedding holds something other than numbers',
  );
  expect(code).toBe(3);
});

test("CFP's protocol is read from its folder", async () => {
  await writeVectors(
    ['001/frontal/01.jpg', '001/profile/01.jpg', '002/frontal/01.jpg', '002/profile/01.jpg'],
    [0, 0.1, 1, 1.2],
  );
  const protocol = join(folder, 'Protocol');
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(join(protocol, name, '..'), { recursive: true });
    await writeFile(join(protocol, name), text);
  };
  await write(
    'Pair_list_F.txt',
    '1 ../Data/Images/001/frontal/01.jpg\n2 ../Data/Images/002/frontal/01.jpg\n',
  );
  await write(
    'Pair_list_P.txt',
    '1 ../Data/Images/001/profile/01.jpg\n2 ../Data/Images/002/profile/01.jpg\n',
  );
  for (const split of ['01', '02']) {
    await write(`Split/FP/${split}/same.txt`, '1,1\n');
    await write(`Split/FP/${split}/diff.txt`, '1,2\n');
  }
  const { code, out } = await validate(
    '--embeddings',
    embeddings,
    '--pairs',
    join(protocol, 'Split', 'FP'),
    '--lfw-nrof-folds',
    '2',
  );
  expect(out).toContain('Accuracy: 1.00000');
  expect(code).toBe(0);
  await rm(join(protocol, 'Pair_list_P.txt'));
  const { error } = await validate('--embeddings', embeddings, '--pairs', join(protocol, 'Split', 'FP'));
  expect(error).toContain('Pair_list_P.txt');
});

/** Photos whose fake vectors are equal where their contents are. */
const writePhotos = async (): Promise<string> => {
  const photos = join(folder, 'photos');
  const contents = { ann: ['one a', 'one a', 'none'], bob: ['one b', 'one b', 'broken'] };
  for (const [name, photosOf] of Object.entries(contents)) {
    await mkdir(join(photos, name), { recursive: true });
    for (const [place, content] of photosOf.entries())
      await writeFile(join(photos, name, `${name}_000${String(place + 1)}.jpg`), content);
  }
  return photos;
};

test('photos are embedded as the model wants them; those without a face are missing, with the reason', async () => {
  const photos = await writePhotos();
  await writeFile(
    pairs,
    '2 2\nann 1 2\nann 1 3\nann 1 bob 1\nann 2 bob 3\nbob 1 2\nbob 1 2\nann 1 bob 1\nann 2 bob 2\n',
  );
  const { code, out } = await validate(photos, '--pairs', pairs, '--lfw-nrof-folds', '2', '--json');
  const report = ValidationReport.parse(JSON.parse(out));
  expect(report.pairs.missingPairs.map(({ line, reason }) => [line, reason])).toEqual([
    [3, 'ann/ann_0003: no face was found'],
    [5, 'bob/bob_0003: It is damaged.'],
  ]);
  expect(report.model.id).toBe('face-api-128');
  expect(report.accuracy.folds).toEqual([0.5, 1]);
  expect(report.wrongPairs.total).toBe(0);
  expect(code).toBe(3);
});

test('a picture in which no face was found is looked at once more, and that is told; not so with the rules of the seed', async () => {
  const photos = await writePhotos();
  await writeFile(join(photos, 'bob', 'bob_0001.jpg'), 'faint b');
  const look = (...args: readonly string[]) =>
    validate(photos, '--pairs', pairs, '--lfw-nrof-folds', '2', '--json', ...args);
  const found = ValidationReport.parse(JSON.parse((await look()).out));
  expect(found.pairs.missing).toBe(0);
  expect(found.remarks.join(' ')).toMatch(/In 1 picture a face was found only at a second, .*bob_0001\.jpg/);
  const asSeed = ValidationReport.parse(JSON.parse((await look('--exact', 'facenet')).out));
  expect(asSeed.pairs.missing).toBe(2);
});

test('a workspace is judged by the vectors of its kept faces', async () => {
  const photos = await writePhotos();
  const work = join(folder, 'work');
  for (const args of [
    ['init', work],
    ['add', work, photos],
    ['align', work, '--quiet'],
  ])
    await run(fakes.cli, args, { FACENET_STUDIO_HOME: join(folder, 'home') });
  const { code, out } = await validate(work, '--pairs', pairs, '--lfw-nrof-folds', '2', '--json');
  const report = ValidationReport.parse(JSON.parse(out));
  expect(report.pairs).toMatchObject({ scored: 4, missing: 0 });
  expect(report.accuracy.mean).toBe(1);
  expect(code).toBe(0);
});

test("a standardisation that is not the model's own is told", async () => {
  const photos = await writePhotos();
  const { error } = await validate(
    photos,
    '--pairs',
    pairs,
    '--lfw-nrof-folds',
    '2',
    '--use_fixed_image_standardization',
  );
  expect(error).toContain('face-api-128 was made for another standardisation');
});

test('a folder that is not there, and a model that nobody knows, are refused', async () => {
  const nowhere = await validate(join(folder, 'nowhere'), '--pairs', pairs);
  expect([nowhere.code, nowhere.out]).toEqual([2, '']);
  expect(nowhere.error).toContain('There is no folder');
  const unknown = await validate(await writePhotos(), '--pairs', pairs, '--model', 'unknown');
  expect(unknown.code).toBe(2);
  expect(unknown.error).toContain('There is no model unknown');
});
