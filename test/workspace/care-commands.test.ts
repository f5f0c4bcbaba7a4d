import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, type Place } from './program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let place: Place;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(fakes);
  await place.setUp();
});
afterEach(() => place.remove());

const cropsOf = async (): Promise<readonly string[]> =>
  (await readdir(join(place.work, 'crops'), { recursive: true }))
    .filter((name) => name.endsWith('.png'))
    .sort()
    .map((name) => join(place.work, 'crops', name));

test('verify says that all is well, tells what is not with exit code 3, and repairs it from the originals', async () => {
  const { studio, work } = place;
  const well = await studio('verify', work, '--quiet');
  expect(well).toMatchObject({ code: 0, error: '' });
  expect(well.out).toMatch(
    /^4 of 4 crops whole, 1 step of history give 1 decision, .*\nAll is as it should be\.\n$/,
  );
  const [missing = '', damaged = ''] = await cropsOf();
  await rm(missing);
  await writeFile(damaged, 'x');
  const told = await studio('verify', work, '--quiet');
  expect(told.code).toBe(3);
  expect(told.out).toMatch(/Crops are missing: have them made again .*--repair/);
  expect(told.out).toMatch(/Crops are not as they were made/);
  expect((await place.json<{ repaired: number }>('verify', work, '--repair', '--quiet')).repaired).toBe(2);
  expect((await studio('verify', work, '--quiet')).code).toBe(0);
});

test('what cannot be repaired, because its original is gone, is told', async () => {
  const { studio, work, photos } = place;
  for (const crop of await cropsOf()) await rm(crop);
  await rm(join(photos, 'bob', '1.jpg'));
  const repaired = await studio('verify', work, '--repair', '--quiet', '--json');
  expect(repaired.code).toBe(3);
  expect(JSON.parse(repaired.out)).toMatchObject({
    repaired: 3,
    problems: [
      {
        kind: 'missing-crop',
        count: 1,
        message:
          'Crops are missing: their originals are not there, or not as they were: bring them back, scan the workspace and repair it again.',
      },
    ],
  });
});

test('a backup is made by hand or to another place, listed and restored', async () => {
  const { studio, work, folder, json } = place;
  const { file } = await json<{ file: string }>('backup', work);
  await studio('mark', work, 'confirmed', '--all');
  const { backups } = await json<{ backups: { name: string; reason: string }[] }>('backup', work, '--list');
  expect(backups.map(({ reason }) => reason)).toContain('by-hand');
  expect((await studio('restore', work, file)).out).toMatch(
    /^Restored catalogue-\d{8}T\d{9}Z-by-hand\.sqlite\. What was there is kept as/,
  );
  const { states } = await json<{ states: Record<string, number> }>('status', work);
  expect(states).toMatchObject({ unreviewed: 4, confirmed: 0 });
  const there = join(folder, 'elsewhere.sqlite');
  expect((await studio('backup', work, '--to', there)).code).toBe(0);
  const refused = await studio('backup', work, '--to', there);
  expect(refused.code).toBe(2);
  expect(refused.error).toMatch(/is there already/);
});

test.each([
  [['verify', 'WORK', '--sample', '3/2'], 2, /--sample takes a part/],
  [['restore', 'WORK', 'none'], 1, /There is no backup none/],
  [['restore', 'NOWHERE', 'none'], 2, /There is no workspace/],
  [['backup', 'NOWHERE'], 2, /There is no workspace/],
  [['backup', 'WORK', '--list', '--to', 'x'], 2, /--list makes no backup/],
] as const)('what cannot be done is one sentence: %j', async (args, code, words) => {
  const typed = args.map((arg) =>
    arg.replace('WORK', place.work).replace('NOWHERE', join(place.folder, 'none')),
  );
  const ended = await place.studio(...typed);
  expect(ended).toMatchObject({ code, out: '' });
  expect(ended.error).toMatch(/^[^\n]+\n$/);
  expect(ended.error).toMatch(words);
});
