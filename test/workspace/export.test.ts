import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { digestOf, run, start } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, withoutIndex, type Place } from './program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let place: Place;
let out: string;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(fakes);
  await place.setUp();
  out = join(place.folder, 'out');
});
afterEach(() => place.remove());

type Report = {
  files: number;
  faces: number;
  copied: number;
  linked: number;
  recropped: number;
  failed: number;
  leftOut: Record<string, number>;
  failures: { file: string; message: string }[];
};
const exported = (...args: readonly string[]): Promise<Report> =>
  place.json<Report>('export', place.work, out, '--quiet', ...args);
const filesIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder, { recursive: true })).filter((name) => /\.\w+$/.test(name)).sort();
const hashOf = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

test('what is kept is written under corrected identities, with a manifest of every crop', async () => {
  const { studio, work } = place;
  await studio('move', work, '--to', 'Cy / the 1st'.replace('/', '-'), '--faces', '3');
  await studio('rename', work, 'bob', 'Robert');
  expect(await exported()).toMatchObject({
    faces: 4,
    files: 4,
    copied: 4,
    linked: 0,
    recropped: 0,
    failed: 0,
  });
  const names = await filesIn(out);
  expect(names).toEqual([
    'Cy - the 1st/2.png',
    'Robert/1.png',
    'ann/1.png',
    'ann/2.png',
    expect.stringMatching(/^bounding_boxes_\d{5}\.txt$/),
    'export.jsonl',
    'facenet-studio.json',
  ]);
  const lines = (await readFile(join(out, 'export.jsonl'), 'utf8')).trim().split('\n');
  const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records.map(({ file }) => file)).toEqual(names.slice(0, 4));
  for (const record of records) {
    expect(await hashOf(join(out, String(record['file'])))).toBe(record['sha256']);
    expect(record['state']).toBe('unreviewed');
    expect([record['box'], record['region']].map((box) => Array.isArray(box) && box.length)).toEqual([4, 4]);
  }
  expect(records[2]).toMatchObject({
    identity: 'ann',
    photo: { file: 'ann/1.jpg', sha256: createHash('sha256').update('one a').digest('hex') },
  });
  const manifest = JSON.parse(await readFile(join(out, 'facenet-studio.json'), 'utf8')) as object;
  expect(manifest).toMatchObject({
    kind: 'export',
    settings: { crop: { imageSizePx: 182 } },
    totals: { faces: 4, files: 4, identities: 3, failed: 0, leftOut: {} },
  });
  const boxes = (await readFile(join(out, names[4] ?? ''), 'utf8')).trim().split('\n');
  expect(boxes).toHaveLength(4);
  for (const [place_, line] of boxes.entries())
    expect(line).toMatch(new RegExp(`^${join(out, names[place_] ?? '')} -?\\d+ -?\\d+ -?\\d+ -?\\d+$`));
});

test('each reason to be left out leaves out, and all adds up', async () => {
  const { studio, work, photos } = place;
  for (const [face, state] of [
    ['1', 'rejected'],
    ['2', 'not-a-face'],
    ['4', 'unusable'],
  ] as const)
    await studio('mark', work, state, '--faces', face);
  await writeFile(join(photos, 'bob', '5.jpg'), 'one five');
  await writeFile(join(photos, 'bob', '6.jpg'), 'one six');
  await studio('scan', work);
  await studio('align', work, '--quiet');
  await studio('mark', work, 'ignored', '--faces', '5');
  const report = await exported();
  expect(report).toMatchObject({
    faces: 6,
    files: 1,
    leftOut: { rejected: 1, 'not-a-face': 1, unusable: 1, ignored: 1, 'no-identity': 1 },
  });
  expect((await filesIn(out)).filter((name) => name.endsWith('.png'))).toEqual(['bob/6.png']);
  await rm(out, { recursive: true });
  expect(await exported('--states', 'rejected')).toMatchObject({ files: 1, leftOut: { unreviewed: 2 } });
});

test('two exports of the same are the same to the byte, whatever the first was interrupted by', async () => {
  await exported();
  const first = await digestOf(out);
  await rm(out, { recursive: true });
  await exported();
  expect(await digestOf(out)).toEqual(first);
});

test('hard links share the bytes, and a disk that makes none gets copies and a sentence', async () => {
  expect(await exported('--link')).toMatchObject({ linked: 3, copied: 0 });
  expect((await stat(join(out, 'ann', '1.png'))).nlink).toBe(2);
  const elsewhere = join('/dev/shm', `export-${String(process.pid)}`);
  try {
    const ended = await place.studio('export', place.work, elsewhere, '--link', '--quiet');
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/3 copied, 0 linked.*\n.*Hard links cannot be made there/s);
  } finally {
    await rm(elsewhere, { recursive: true, force: true });
  }
});

test('another size is cut out of the originals, and a photo that changed is told', async () => {
  await writeFile(join(place.photos, 'bob', '1.jpg'), 'one other');
  const ended = await place.studio('export', place.work, out, '--size', '160', '--quiet', '--json');
  expect(ended.code).toBe(3);
  const report = JSON.parse(ended.out) as Report;
  expect(report).toMatchObject({ files: 2, recropped: 2, failed: 1, leftOut: { 'no-identity': 1 } });
  expect(report.failures.map(({ file }) => file)).toEqual(['bob/1.jpg']);
  expect(report.failures[0]?.message).toMatch(/not the one that was aligned/);
  const manifest = JSON.parse(await readFile(join(out, 'facenet-studio.json'), 'utf8')) as object;
  // The same part of the photo: the margin of 44 in 182 pixels, in 160.
  expect(manifest).toMatchObject({ settings: { crop: { imageSizePx: 160, marginPx: (44 * 160) / 182 } } });
  expect((await readdir(out)).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('a crop that is damaged or missing in the workspace is cut out anew, not exported as it is', async () => {
  const crops = (await filesIn(join(place.work, 'crops'))).map((name) => join(place.work, 'crops', name));
  await writeFile(crops[0] ?? '', 'damaged');
  await rm(crops[1] ?? '');
  await place.studio('move', place.work, '--to', 'Cy', '--faces', '3');
  expect(await exported()).toMatchObject({ files: 4, copied: 2, recropped: 2, failed: 0 });
  const sizes = await Promise.all(
    (await filesIn(out)).filter((name) => name.endsWith('.png')).map((name) => stat(join(out, name))),
  );
  expect(sizes.map(({ size }) => size)).toEqual([20_000, 20_000, 20_000, 20_000]);
});

test('names that a file system may refuse or take for one another become safe and stay apart', async () => {
  const { studio, work, photos } = place;
  for (const name of ['CON', 'Bob', 'aux.']) {
    await mkdir(join(photos, name));
    await writeFile(join(photos, name, 'a:b?.jpg'), `one ${name} 1`);
    await writeFile(join(photos, name, 'A:b*.jpg'), `one ${name} 2`);
  }
  await studio('scan', work);
  await studio('align', work, '--quiet');
  await exported();
  const names = (await filesIn(out)).filter((name) => name.endsWith('.png'));
  expect(names).toHaveLength(9);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(9);
  for (const part of names.flatMap((name) => name.split('/'))) {
    expect(part).not.toMatch(/[<>:"|?*]|[. ]$/);
    expect(part).not.toMatch(/^(con|aux|nul)(\.|$)/i);
  }
  expect(names.filter((name) => /^bob/i.test(name)).map((name) => name.split('/')[0])).toEqual([
    'Bob',
    'Bob',
    expect.stringMatching(/^bob~[0-9a-f]{8}$/),
  ]);
});

test('killed at any moment, nothing has the folder’s name, and the next export cleans up', async () => {
  for (let index = 0; index < 300; index += 1)
    await writeFile(join(place.photos, 'bob', `many ${String(index)}.jpg`), `one ${String(index)}`);
  await place.studio('scan', place.work);
  await place.studio('align', place.work, '--quiet');
  const args = ['export', place.work, out, '--size', '160', '--quiet'];
  for (let trial = 0; trial < 4; trial += 1) {
    const slow = start(fakes.cli, args, { ...place.environment, FAKE_ENGINE_DELAY_MS: '3' });
    const parts = async (): Promise<number> =>
      (await readdir(place.folder, { recursive: true })).filter((name) => /\.part\/.*\.png$/.test(name))
        .length;
    while ((await parts()) < 1 + trial * 60);
    slow.killAll();
    await slow.ended;
    expect(await readdir(place.folder)).not.toContain('out');
  }
  expect((await run(fakes.cli, args, place.environment)).code).toBe(0);
  expect((await readdir(place.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  expect((await filesIn(out)).filter((name) => name.endsWith('.png'))).toHaveLength(303);
});

test('Ctrl-C leaves nothing behind', async () => {
  const slow = start(fakes.cli, ['export', place.work, out, '--size', '160', '--quiet'], {
    ...place.environment,
    FAKE_ENGINE_DELAY_MS: '1000',
  });
  while (!(await readdir(place.folder)).some((name) => name.endsWith('.part')));
  slow.signal('SIGINT');
  const ended = await slow.ended;
  expect(ended).toMatchObject({ code: 130, out: '', error: 'Stopped. Nothing was exported.\n' });
  expect((await readdir(place.folder)).filter((name) => name.startsWith('.') || name === 'out')).toEqual([]);
});

test.each([
  ['into a folder of originals', 'PHOTOS/new', /folder of originals .* lie one inside the other/],
  ['around a folder of originals', 'FOLDER', /lie one inside the other/],
  ['among the workspace’s own files', 'WORK/crops/new', /belongs to the workspace itself/],
  ['into a folder that holds something', 'FULL', /is not empty/],
  ['onto a file', 'FULL/file', /is not a folder/],
  ['below a file', 'FULL/file/new', /is not a folder/],
  ['nowhere', ' ', /No folder is named/],
])('an export %s is refused with one sentence', async (_, target, words) => {
  await mkdir(join(place.folder, 'full'));
  await writeFile(join(place.folder, 'full', 'file'), 'x');
  const given = target
    .replace('PHOTOS', place.photos)
    .replace('WORK', place.work)
    .replace('FULL', join(place.folder, 'full'))
    .replace('FOLDER', place.folder);
  const before = await withoutIndex(place.folder);
  const ended = await place.studio('export', place.work, given, '--quiet');
  expect(ended).toMatchObject({ code: 2, out: '' });
  expect(ended.error).toMatch(/^[^\n]+\n$/);
  expect(ended.error).toMatch(words);
  expect(await withoutIndex(place.folder)).toEqual(before);
});

test('an empty folder that is there, and one inside the workspace’s exports, are taken', async () => {
  await mkdir(out);
  await chmod(out, 0o755);
  expect(await exported()).toMatchObject({ files: 3 });
  out = join(place.work, 'exports', 'first');
  expect(await exported()).toMatchObject({ files: 3 });
});
