import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { LedgerEntry } from '../../src/contract/workspace-ledger.ts';
import { openDatabase } from '../../src/studio/catalogue/database.ts';
import { run, start, type Ended } from '../align/program.ts';
import { buildFaultPrograms, type FaultPrograms } from '../faults/programs/build.ts';
import { below, randomFrom, seedOfRun } from '../faults/harness/random.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const SPARSE_BYTES = 2 * 1024 ** 3;
const MOST_MS = 30_000;

let programs: FaultPrograms;
let folder: string;
let photos: string;
let work: string;

beforeAll(async () => {
  programs = await buildFaultPrograms();
});
afterAll(() => programs.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-'));
  photos = join(folder, 'photos');
  work = join(folder, 'work');
  await mkdir(photos);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const environment = (): Record<string, string> => ({ FACENET_STUDIO_HOME: join(folder, 'home') });
const studio = (...args: readonly string[]): Promise<Ended> => run(programs.commandLine, args, environment());
const ledger = async (): Promise<readonly LedgerEntry[]> => {
  const { out } = await studio('list', work, '--files', '--limit', '10000', '--json');
  return (JSON.parse(out) as { files: LedgerEntry[] }).files; // the command's own format
};

/** A photo of one face in one colour; no two colours give the same bytes. */
const photo = (colour: number): Promise<Buffer> =>
  sharp({ create: { width: 40, height: 36, channels: 3, background: { r: colour, g: 90, b: 255 - colour } } })
    .jpeg()
    .toBuffer();

/** Names that a file system allows, each for a photo of its own. */
const NAMES: readonly Buffer[] = [
  ...[
    'a\nb.jpg',
    'a\tb.jpg',
    '\u001b[31mred.jpg',
    `${'x'.repeat(251)}.jpg`,
    'a..jpg',
    'x ..  .jpg',
    '%2e%2e%2f.jpg',
    '-rf.jpg',
    ' .jpg',
    "'; DROP TABLE files; --.jpg",
    '\u202egpj.exe.jpg',
    'Ame\u0301lie.jpg',
    'Am\u00e9lie.jpg',
    'twin.jpg',
    'TWIN.jpg',
    'Twin.JPG',
    '{{7*7}}.jpg',
    '\ufeff.jpg',
  ].map((name) => Buffer.from(name)),
];
const NOT_UTF8 = [Buffer.from('\xff\xfe.jpg', 'latin1'), Buffer.from('caf\xe9.jpg', 'latin1')];

const at = (name: Buffer): Buffer => Buffer.concat([Buffer.from(`${photos}/ann/`), name]);

test('hostile names are kept apart, shown on one line, and every photo gets its own crop', async () => {
  await mkdir(join(photos, 'ann'));
  const names = [...NAMES, ...NOT_UTF8];
  for (const [place, name] of names.entries()) await writeFile(at(name), await photo(place * 9));
  await mkdir(join(photos, '..who..'));
  await writeFile(join(photos, '..who..', '1.jpg'), await photo(250));
  expect((await studio('init', work)).code).toBe(0);
  expect((await studio('add', work, photos, '--layout', 'class-folders')).error).toBe('');
  expect((await studio('align', work, '--quiet')).code).toBe(3);
  const files = await ledger();
  expect(files.filter(({ status }) => status === 'aligned').map(({ file }) => file)).toEqual(
    NAMES.map((name) => `ann/${name.toString()}`).toSorted((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    ),
  );
  expect(files.filter(({ reason }) => reason.code === 'bad-name').map(({ file }) => file)).toEqual([
    'ann/caf\\xe9.jpg',
    'ann/\\xff\\xfe.jpg',
  ]);
  // A folder whose name begins with a dot is hidden, and told as one entry.
  expect(files).toHaveLength(names.length + 1);
  const catalogue = openDatabase(join(work, 'catalogue.sqlite'), { isReadOnly: true });
  const kept = catalogue.all<{ path: Uint8Array; sha256: Uint8Array | null }>(
    'SELECT path, photos.sha256 FROM files LEFT JOIN photos ON photos.id = files.photo_id',
  );
  for (const [place, name] of NAMES.entries()) {
    const row = kept.find(
      ({ path }) => Buffer.compare(path, Buffer.concat([Buffer.from('ann/'), name])) === 0,
    );
    const expected = createHash('sha256')
      .update(await photo(place * 9))
      .digest('hex');
    expect(Buffer.from(row?.sha256 ?? []).toString('hex'), name.toString()).toBe(expected);
  }
  expect(catalogue.get<{ n: number }>('SELECT count(DISTINCT crop_file) AS n FROM faces')?.n).toBe(
    NAMES.length,
  );
  catalogue.close();
  // No name may end a line of text or speak to the terminal.
  const { out } = await studio('list', work, '--files');
  expect(out.trimEnd().split('\n')).toHaveLength(names.length + 1);
  expect(out).not.toContain('\u001b');
});

test('pipes, sockets, links in a loop, devices and monstrous files cost no time, and each gets its reason', async () => {
  const ann = join(photos, 'ann');
  await mkdir(join(ann, 'folder.jpg'), { recursive: true });
  await writeFile(join(ann, 'good.jpg'), await photo(1));
  await writeFile(join(ann, 'empty.jpg'), '');
  await writeFile(join(ann, 'text.jpg'), 'Not a picture.');
  await writeFile(join(ann, 'half.jpg'), (await photo(2)).subarray(0, 140));
  const sparse = await open(join(ann, 'sparse.jpg'), 'w');
  await sparse.truncate(SPARSE_BYTES);
  await sparse.close();
  execFileSync('mkfifo', [join(ann, 'pipe.jpg')]);
  const socket = createServer();
  await new Promise<void>((resolve) => socket.listen(join(ann, 'socket.jpg'), resolve));
  await symlink('/dev/zero', join(ann, 'zero.jpg'));
  await symlink('loop-b.jpg', join(ann, 'loop-a.jpg'));
  await symlink('loop-a.jpg', join(ann, 'loop-b.jpg'));
  await symlink('nowhere.jpg', join(ann, 'dangling.jpg'));
  await symlink('..', join(ann, 'up'));
  await symlink('.', join(ann, 'here.jpg'));
  try {
    const begunMs = Date.now();
    await studio('init', work);
    expect((await studio('add', work, photos)).error).toBe('');
    expect((await studio('align', work, '--quiet')).code).toBe(3);
    expect((await studio('scan', work)).code).toBe(0);
    expect(Date.now() - begunMs).toBeLessThan(MOST_MS);
    const files = await ledger();
    expect(
      Object.fromEntries(files.map(({ file, status, reason }) => [file, `${status} ${reason.code}`])),
    ).toEqual({
      'ann/dangling.jpg': 'unreadable broken-link',
      'ann/empty.jpg': 'unreadable empty',
      'ann/good.jpg': 'aligned one-face',
      'ann/half.jpg': 'unreadable damaged',
      'ann/loop-a.jpg': 'unreadable broken-link',
      'ann/loop-b.jpg': 'unreadable broken-link',
      'ann/pipe.jpg': 'unreadable not-a-file',
      'ann/socket.jpg': 'unreadable not-a-file',
      'ann/sparse.jpg': 'unreadable too-large',
      'ann/text.jpg': 'unreadable not-an-image',
      'ann/zero.jpg': 'unreadable not-a-file',
    });
  } finally {
    socket.close();
  }
});

const RACED = 60;
const CONTENTS = 12;

type CropRow = { readonly sha256: Uint8Array; readonly crop_sha256: Uint8Array };

/** The crop of each photo's content, by SHA-256. */
const cropsByPhoto = (): ReadonlyMap<string, string> => {
  const catalogue = openDatabase(join(work, 'catalogue.sqlite'), { isReadOnly: true });
  const rows = catalogue.all<CropRow>(
    'SELECT photos.sha256, crop_sha256 FROM photos JOIN faces ON faces.photo_id = photos.id AND crop_file IS NOT NULL',
  );
  catalogue.close();
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return new Map(rows.map((row) => [hex(row.sha256), hex(row.crop_sha256)]));
};

test('files that vanish and change while they are read: what is noted of a photo is of those bytes, and the end is that of a quiet run', async () => {
  const random = randomFrom(seedOfRun('files that change'));
  const contents = await Promise.all(Array.from({ length: CONTENTS }, (_, place) => photo(place * 20)));
  const ann = join(photos, 'ann');
  await mkdir(ann);
  for (const [place, bytes] of contents.entries()) await writeFile(join(ann, `${String(place)}.jpg`), bytes);
  await studio('init', work);
  await studio('add', work, photos);
  await studio('align', work, '--quiet');
  const quiet = cropsByPhoto();
  expect(quiet.size).toBe(CONTENTS);
  await rm(work, { recursive: true });

  const file = (place: number): string => join(ann, `${String(place)}.jpg`);
  const disturb = async (): Promise<void> => {
    const target = file(below(random, RACED));
    const bytes = contents[below(random, CONTENTS)] ?? Buffer.alloc(0);
    const dice = random();
    if (dice < 0.2)
      await unlink(target).catch(() => undefined); // It may be gone already.
    else if (dice < 0.6) {
      // Beside the source: a file that is seen in it and goes is missing from then on.
      await writeFile(`${photos}.new`, bytes);
      await rename(`${photos}.new`, target);
    } else await writeFile(target, dice < 0.8 ? bytes : bytes.subarray(0, below(random, bytes.length)));
  };
  for (let place = 0; place < RACED; place += 1)
    await writeFile(file(place), contents[place % CONTENTS] ?? '');
  await studio('init', work);
  let races = 0;
  for (let round = 0; round < (isLong ? 20 : 2); round += 1) {
    for (const command of [
      ['add', work, photos],
      ['align', work, '--quiet'],
    ]) {
      const child = start(programs.commandLine, command, environment());
      const state = { isOver: false };
      const ended = child.ended.finally(() => {
        state.isOver = true;
      });
      while (!state.isOver) {
        await disturb();
        races += 1;
      }
      const { code, error } = await ended;
      expect([0, 3], error).toContain(code);
      expect(error).not.toMatch(/unexpected/);
    }
    for (const [sha256, crop] of cropsByPhoto())
      // Others are of bytes that were half-written when they were read.
      if (quiet.has(sha256)) expect(crop).toBe(quiet.get(sha256));
  }
  console.log(`files that change: ${String(races)} changes`);
  expect(races).toBeGreaterThan(50);
  for (let place = 0; place < RACED; place += 1)
    await writeFile(file(place), contents[place % CONTENTS] ?? '');
  await studio('scan', work);
  expect((await studio('align', work, '--quiet')).code).toBe(0);
  const files = await ledger();
  expect(files.map(({ status }) => status).filter((status) => status !== 'duplicate')).toEqual(
    Array.from({ length: CONTENTS }, () => 'aligned'),
  );
  expect(files).toHaveLength(RACED);
  for (const [sha256, crop] of quiet) expect(cropsByPhoto().get(sha256)).toBe(crop);
});
