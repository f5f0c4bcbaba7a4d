import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { digestOf, run, start, type Ended } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let photos: string;
let work: string;
let environment: Record<string, string>;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'workspace-'));
  photos = join(folder, 'photos');
  work = join(folder, 'work');
  environment = { FACENET_STUDIO_HOME: join(folder, 'home') };
  for (const person of ['ann', 'bob']) await mkdir(join(photos, person), { recursive: true });
  await writeFile(join(photos, 'ann', '1.jpg'), 'one a');
  await writeFile(join(photos, 'ann', '2.jpg'), 'two b');
  await writeFile(join(photos, 'ann', 'text.txt'), 'text');
  await writeFile(join(photos, 'bob', '1.jpg'), 'one c');
  await writeFile(join(photos, 'bob', '2.jpg'), 'none d');
  await writeFile(join(photos, 'bob', '3.jpg'), 'broken e');
  await writeFile(join(photos, 'bob', '4.jpg'), 'one a');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const studio = (...args: readonly string[]): Promise<Ended> => run(fakes.cli, args, environment);

type Face = { id: number; file: string; identity: { name: string } | null; state: string; crop: string };
type Status = {
  files: number;
  faces: number;
  identities: number;
  statuses: Record<string, number>;
  undo: string | null;
};
const json = async <Document>(...args: readonly string[]): Promise<Document> => {
  const ended = await studio(...args, '--json');
  expect(ended.error).toBe('');
  return JSON.parse(ended.out) as Document; // the command's own format
};
const status = (): Promise<Status> => json('status', work);
const faces = async (...args: readonly string[]): Promise<readonly Face[]> =>
  (await json<{ faces: Face[] }>('list', work, ...args)).faces;
const named = (list: readonly Face[]): readonly string[] =>
  list.map(({ file, identity, state }) => `${file} ${identity?.name ?? '-'} ${state}`);

const setUp = async (): Promise<void> => {
  expect((await studio('init', work)).code).toBe(0);
  expect((await studio('add', work, photos)).code).toBe(0);
  expect((await studio('align', work, '--quiet')).code).toBe(3);
};

test('a folder is added, aligned and listed, and every file has one status', async () => {
  await setUp();
  const { statuses, files, ...rest } = await status();
  expect(files).toBe(7);
  expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(files);
  expect(statuses).toMatchObject({
    aligned: 2,
    severalFaces: 1,
    noFace: 1,
    unreadable: 1,
    skipped: 1,
    duplicate: 1,
    pending: 0,
  });
  expect(rest).toMatchObject({ faces: 4, identities: 2 });
  expect(named(await faces())).toEqual([
    'ann/1.jpg ann unreviewed',
    'ann/2.jpg ann unreviewed',
    // The photo is about its first face; who the other one is nobody said.
    'ann/2.jpg - unreviewed',
    'bob/1.jpg bob unreviewed',
  ]);
  for (const { crop } of await faces()) expect((await stat(join(work, crop))).size).toBeGreaterThan(0);
  const listed = await json<{ files: { file: string; status: string; reason: { message: string } }[] }>(
    'list',
    work,
    '--files',
    'duplicate,unreadable',
  );
  expect(listed.files.map(({ file, status: each, reason }) => [file, each, reason.message])).toEqual([
    ['bob/3.jpg', 'unreadable', 'It is damaged.'],
    ['bob/4.jpg', 'duplicate', 'The same content as ann/1.jpg.'],
  ]);
});

test('aligning again does nothing again, and only the owner may read the workspace', async () => {
  await setUp();
  const log = join(folder, 'log');
  await writeFile(log, '');
  const again = await run(fakes.cli, ['align', work, '--quiet'], { ...environment, FAKE_ENGINE_LOG: log });
  expect(again.code).toBe(3);
  expect(await readFile(log, 'utf8')).toBe('');
  expect((await stat(work)).mode & 0o777).toBe(0o700);
  expect((await stat(join(work, 'catalogue.sqlite'))).mode & 0o777).toBe(0o600);
  expect(await readdir(work)).not.toContain('lock.json');
});

test('edits last over restarts, are undone and redone, and a dry run changes nothing', async () => {
  await setUp();
  expect((await studio('mark', work, 'confirmed', '--identity', 'ann')).out).toBe(
    'Marked 2 faces as confirmed.\n',
  );
  expect((await studio('move', work, '--to', 'Cy', '--faces', '1', '--dry-run')).out).toMatch(
    /^Would do: Moved 1 face to Cy\.\n1 face of 1 identity: 1\n$/,
  );
  await studio('move', work, '--to', 'Cy', '--faces', '1');
  await studio('rename', work, 'bob', 'Robert');
  await studio('merge', work, 'Robert', '--into', 'ann');
  const after = named(await faces());
  expect(after).toEqual([
    'ann/1.jpg Cy confirmed',
    'ann/2.jpg ann confirmed',
    'ann/2.jpg - unreviewed',
    'bob/1.jpg ann unreviewed',
  ]);
  for (let step = 0; step < 4; step += 1) expect((await studio('undo', work)).code).toBe(0);
  expect(named(await faces())[0]).toBe('ann/1.jpg ann unreviewed');
  for (let step = 0; step < 4; step += 1) expect((await studio('redo', work)).code).toBe(0);
  expect(named(await faces())).toEqual(after);
  expect((await studio('redo', work)).out).toBe('There is nothing to redo.\n');
  const { steps } = await json<{ steps: { label: string }[] }>('history', work);
  expect(steps.map(({ label }) => label)).toEqual([
    'Merged Robert into ann.',
    'Renamed bob to Robert.',
    'Moved 1 face to Cy.',
    'Marked 2 faces as confirmed.',
    'Added a folder.',
  ]);
});

test('decisions survive that files move, vanish and come back, and originals stay as they were', async () => {
  await setUp();
  await studio('mark', work, 'rejected', '--faces', '1');
  await studio('move', work, '--to', 'Cy', '--faces', '4');
  await mkdir(join(photos, 'dee'));
  await rename(join(photos, 'ann', '1.jpg'), join(photos, 'dee', 'x.jpg'));
  await rename(join(photos, 'bob', '1.jpg'), join(folder, 'kept.jpg'));
  const before = await digestOf(photos);
  const scanned = await json<{ sources: Record<string, number>[] }>('scan', work);
  expect(scanned.sources[0]).toMatchObject({ moved: 1, missing: 1, added: 0 });
  expect(named(await faces())).toEqual([
    'dee/x.jpg dee rejected',
    'ann/2.jpg ann unreviewed',
    'ann/2.jpg - unreviewed',
  ]);
  await rename(join(folder, 'kept.jpg'), join(photos, 'bob', '1.jpg'));
  await studio('scan', work);
  expect(named(await faces()).at(-1)).toBe('bob/1.jpg Cy unreviewed');
  expect((await status()).statuses['pending']).toBe(0);
  await rm(join(photos, 'dee', 'x.jpg'));
  await studio('scan', work);
  // The copy stands for the photo now, under its own folder's name; what was decided stays.
  expect(named(await faces())[0]).toBe('bob/4.jpg bob rejected');
  expect(before.length).toBeGreaterThan(0);
});

test('a folder that cannot be reached is offline, and nothing of it is lost', async () => {
  await setUp();
  await rename(photos, `${photos}-away`);
  const scan = await studio('scan', work);
  expect(scan.code).toBe(3);
  expect(scan.out).toMatch(/cannot be reached/);
  expect((await status()).statuses).toMatchObject({ offline: 7, missing: 0 });
  expect(await faces()).toHaveLength(4);
  await rename(`${photos}-away`, photos);
  expect((await studio('scan', work)).code).toBe(0);
  expect((await status()).statuses).toMatchObject({ offline: 0, missing: 0, aligned: 2 });
});

test('a folder that is there without any of its files is taken for a disk that was taken out, until somebody says that they are gone', async () => {
  for (const place of [5, 6, 7, 8, 9])
    await writeFile(join(photos, 'bob', `${String(place)}.jpg`), `one ${String(place)}`);
  await setUp();
  const before = await faces();
  await rename(photos, join(folder, 'elsewhere'));
  await mkdir(photos);
  const scanned = await studio('scan', work);
  expect([scanned.code, scanned.out]).toEqual([3, expect.stringContaining('scan --gone')]);
  expect((await status()).statuses).toMatchObject({ offline: 12, missing: 0 });
  expect((await studio('scan', work, '--gone')).code).toBe(0);
  expect((await status()).statuses).toMatchObject({ offline: 0, missing: 12 });
  await rm(photos, { recursive: true });
  await rename(join(folder, 'elsewhere'), photos);
  expect((await studio('scan', work)).code).toBe(0);
  expect(named(await faces())).toEqual(named(before));
});

test('names that are not UTF-8 are kept byte for byte and told', async () => {
  const path = Buffer.concat([Buffer.from(`${photos}/ann/`), Buffer.from([0xff, 0xfe]), Buffer.from('.jpg')]);
  await writeFile(path, 'one z');
  await setUp();
  const { files } = await json<{ files: { file: string; status: string; reason: { code: string } }[] }>(
    'list',
    work,
    '--files',
    'unreadable',
  );
  expect(files.map(({ file, reason }) => [file, reason.code])).toContainEqual([
    'ann/\\xff\\xfe.jpg',
    'bad-name',
  ]);
  expect((await json<{ sources: Record<string, number>[] }>('scan', work)).sources[0]).toMatchObject({
    added: 0,
    changed: 0,
    missing: 0,
  });
});

test('a run that is killed goes on where it was, to the same end', async () => {
  for (let index = 0; index < 200; index += 1)
    await writeFile(join(photos, 'bob', `many ${String(index)}.jpg`), `one ${String(index)}`);
  await studio('init', work);
  await studio('add', work, photos);
  const slow = start(fakes.cli, ['align', work, '--quiet'], { ...environment, FAKE_ENGINE_DELAY_MS: '10' });
  for (;;) {
    const crops = await readdir(join(work, 'crops'), { recursive: true });
    if (crops.filter((name) => name.endsWith('.png')).length > 90) break;
  }
  slow.killAll();
  await slow.ended;
  const between = await status();
  expect(between.statuses['pending']).toBeGreaterThan(0);
  expect((await studio('align', work, '--quiet')).code).toBe(3);
  const end = await status();
  expect(end.statuses).toMatchObject({ pending: 0, aligned: 202, severalFaces: 1, unreadable: 1 });
  expect(end.faces).toBe(204);
});

test('while one process writes, another one is told who, and may read', async () => {
  await setUp();
  await writeFile(join(photos, 'bob', 'new.jpg'), 'one new');
  await studio('scan', work);
  const slow = start(fakes.cli, ['align', work, '--quiet'], {
    ...environment,
    FAKE_ENGINE_DELAY_MS: '5000',
  });
  while (!(await readdir(work)).includes('lock.json'));
  const refused = await studio('mark', work, 'confirmed', '--faces', '1');
  expect(refused.code).toBe(1);
  expect(refused.error).toMatch(/^The workspace .* is in use by process \d+ on .*: close it there first/);
  expect((await status()).faces).toBe(4);
  slow.killAll();
  await slow.ended;
  expect((await studio('mark', work, 'confirmed', '--faces', '1')).code).toBe(0);
});

test.each([
  [['init'], /required argument/],
  [['status', 'PHOTOS'], /no workspace in .*facenet-studio init/],
  [['add', 'WORK', 'WORK/crops'], /lie one inside the other/],
  [['add', 'WORK', 'nowhere'], /no folder nowhere/],
  [['add', 'WORK', 'PHOTOS', '--layout', 'cubes'], /--layout takes one of/],
  [['mark', 'WORK', 'pretty', '--faces', '1'], /takes one of/],
  [['mark', 'WORK', 'rejected'], /No faces are chosen/],
  [['move', 'WORK', '--faces', '1'], /Say where the faces go/],
  [['move', 'WORK', '--to', 'a/b', '--faces', '1'], /cannot be the name/],
  [['rename', 'WORK', 'nobody', 'x'], /no identity nobody/],
  [['list', 'WORK', '--score', 'high'], /--score takes a range/],
] as const)('wrong usage is one sentence: %j', async (args, words) => {
  await studio('init', work);
  const typed = args.map((arg) => arg.replace('WORK', work).replace('PHOTOS', photos));
  const ended = await studio(...typed);
  expect(ended.code).toBe(2);
  expect(ended.out).toBe('');
  expect(ended.error).toMatch(/^[^\n]+\n$/);
  expect(ended.error).toMatch(words);
});

test('a file that was gone and comes back under another name is the same file, with its decisions', async () => {
  await setUp();
  const [face] = (await faces()).filter(({ file }) => file === 'bob/1.jpg');
  await studio('mark', work, 'confirmed', '--faces', String(face?.id));
  const { files } = await status();
  type Scan = { sources: readonly Record<string, number>[] };
  await rename(join(photos, 'bob', '1.jpg'), join(folder, 'away.jpg'));
  expect((await json<Scan>('scan', work)).sources[0]).toMatchObject({ missing: 1, moved: 0, added: 0 });
  await rename(join(folder, 'away.jpg'), join(photos, 'ann', 'back.jpg'));
  expect((await json<Scan>('scan', work)).sources[0]).toMatchObject({ missing: 0, moved: 1, added: 0 });
  const now = await status();
  expect([now.files, now.statuses['missing'], now.statuses['pending']]).toEqual([files, 0, 0]);
  expect(named(await faces('--state', 'confirmed'))).toEqual(['ann/back.jpg ann confirmed']);
});

test('a random sample that is reviewed tells how many labels are wrong', async () => {
  await setUp();
  type Noise = { labelled: number; sample: number[]; reviewed: number; wrong: number; waiting: unknown[] };
  const noise = (
    ...args: readonly string[]
  ): Promise<Noise & { share: { share: number; low: number; high: number } | null }> =>
    json('noise', work, ...args);
  const before = await noise();
  expect(before).toMatchObject({ labelled: 3, reviewed: 0, wrong: 0, share: null });
  expect(before.waiting).toHaveLength(3);
  expect((await noise('--size', '2')).sample).toEqual((await noise('--size', '2', '--seed', '1')).sample);

  const [wrong, ...right] = before.sample;
  await studio('move', work, '--faces', String(wrong), '--to', 'carl');
  await studio('mark', work, 'confirmed', '--faces', right.join(','));
  const after = await noise();
  expect(after).toMatchObject({ labelled: 3, reviewed: 3, wrong: 1, waiting: [] });
  // scipy.stats.beta.ppf(0.025, 1, 3), (0.975, 2, 2): Clopper and Pearson.
  expect(after.share?.share).toBe(1 / 3);
  expect(after.share?.low).toBeCloseTo(0.0084037586597, 10);
  expect(after.share?.high).toBeCloseTo(0.9057006759497, 10);
  await studio('undo', work);
  await studio('undo', work);
  expect(await noise()).toEqual(before);
  expect((await studio('noise', work)).out).toMatch(/^3 drawn of 3 labelled faces: 0 reviewed, 0 wrong\.\n/);
});

test('a folder inside another, or around it, is refused; one that is removed makes room, and undo brings it back', async () => {
  await studio('init', work);
  await studio('add', work, photos);
  const [inner] = (await readdir(photos, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const within = join(photos, inner?.name ?? '');
  const refused = await studio('add', work, within);
  expect(refused.code).toBe(2);
  expect(refused.error).toMatch(/lies in .* its photos are there already/);
  expect((await studio('add', work, dirname(photos))).error).toMatch(/one inside the other|remove that one/);

  const { files } = await status();
  expect((await studio('remove', work, photos)).code).toBe(0);
  expect((await status()).files).toBe(0);
  expect((await studio('remove', work, photos)).error).toMatch(/is not a folder of .*: it has none/);
  await studio('add', work, within);
  expect((await status()).files).toBeGreaterThan(0);
  expect((await studio('add', work, photos)).error).toMatch(/holds .* remove that one first/);
  await studio('undo', work);
  await studio('undo', work);
  expect((await status()).files).toBe(files);
});

test('a folder that no system can make is one sentence, at once', async () => {
  const refused = await studio('init', '/proc/facenet-studio');
  expect(refused.code).toBe(1);
  expect(refused.error).toMatch(/No folder can be made in \/proc/);
});

test('a workspace is made only in a new or an empty folder', async () => {
  expect((await studio('init', photos)).error).toMatch(/is not empty/);
  await studio('init', work);
  expect((await studio('init', work)).error).toMatch(/is a workspace already/);
  await chmod(work, 0o700);
});
