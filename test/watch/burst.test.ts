import { closeSync, mkdirSync, openSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { filesByFind, makeFolder, removeFolder } from './disk.ts';
import { buildWatchingProgram, whyNotApart, type Watching, type WatchingProgram } from './watching.ts';

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const BURSTS = isLong ? 20 : 1;
const FOLDERS = 1000;
const FILES = 40_000;
const WITHIN_MS = 60_000;
/** CASIA-WebFace. */
const [CASIA_FOLDERS, CASIA_FILES] = isLong ? [10_575, 453_453] : [2000, 20_000];

let program: WatchingProgram;
let root: string;
let watching: Watching | null;
beforeAll(async () => {
  program = await buildWatchingProgram();
});
afterAll(() => program.remove());
beforeEach(async () => {
  root = await makeFolder();
  watching = null;
});
afterEach(async () => {
  await watching?.close();
  await removeFolder(root);
});

const folderOf = (index: number): string => join(root, String(index).padStart(7, '0'));
const makeFolders = (count: number): void => {
  for (let i = 0; i < count; i += 1) mkdirSync(folderOf(i), { recursive: true });
};
/** Quicker than a watcher can follow. */
const makeFiles = (folders: number, count: number, name: string): void => {
  for (let i = 0; i < count; i += 1)
    closeSync(openSync(join(folderOf(i % folders), `${name}${String(i)}.jpg`), 'w'));
};
/** Does something while the program cannot listen. */
const whileBlocked = async (watched: Watching, work: () => void): Promise<void> => {
  const file = `${root}-done`;
  await watched.blockUntil(file);
  work();
  await writeFile(file, '');
  // It has read that when it answers; then the next one may be written.
  await watched.report();
  await rm(file);
};
const untilReported = (watched: Watching, line: RegExp, timeout = WITHIN_MS): Promise<unknown> =>
  vi.waitFor(async () => expect((await watched.report()).told.join('\n')).toMatch(line), {
    timeout,
    interval: 100,
  });
const untilEqual = async (watched: Watching): Promise<void> => {
  const files = await filesByFind(root);
  await vi.waitFor(async () => expect((await watched.report()).keys.length).toBe(files.length), {
    timeout: WITHIN_MS,
    interval: 250,
  });
  expect((await watched.report()).keys).toEqual(files);
};

test(
  `${String(FILES)} new files in ${String(FOLDERS)} folders are known within a minute, while the process is busy (${String(BURSTS)} times)`,
  { timeout: BURSTS * 2 * WITHIN_MS },
  async () => {
    makeFolders(FOLDERS);
    watching = program.start(root);
    await untilReported(watching, /complete/);
    for (let burst = 0; burst < BURSTS; burst += 1) {
      await whileBlocked(watching, () => makeFiles(FOLDERS, FILES, `${String(burst)}-`));
      await untilEqual(watching);
    }
    const { told } = await watching.report();
    expect(told).toContain('notice burst');
    expect(told.join('\n')).not.toMatch(/removed|moved|error/);
  },
);

test(`the same files in ${String(FOLDERS)} new folders`, { timeout: 2 * WITHIN_MS }, async () => {
  watching = program.start(root);
  await untilReported(watching, /complete/);
  await whileBlocked(watching, () => {
    makeFolders(FOLDERS);
    makeFiles(FOLDERS, FILES, '');
  });
  await untilEqual(watching);
});

test(
  `${String(CASIA_FILES)} files in ${String(CASIA_FOLDERS)} folders take a watch for each folder, and little else`,
  { timeout: 10 * WITHIN_MS },
  async () => {
    makeFolders(CASIA_FOLDERS);
    makeFiles(CASIA_FOLDERS, CASIA_FILES, '');
    watching = program.start(root, { timing: { restMs: 10 } });
    await untilReported(watching, /complete/);
    expect((await watching.report()).watches).toBe(CASIA_FOLDERS + 1);
    await untilEqual(watching);
  },
);

test('when the system allows no more watches, one notice says so, and scans find the rest', async ({
  skip,
}) => {
  const limit = 'echo 500 > /proc/sys/user/max_inotify_watches';
  const reason = whyNotApart(limit);
  if (reason !== null) skip(reason);
  makeFolders(FOLDERS);
  watching = program.start(root, { shell: limit, isApart: true, timing: { scanUnwatchedEveryMs: 2000 } });
  await untilReported(watching, /complete/);
  makeFiles(FOLDERS, 2 * FOLDERS, '');
  await untilEqual(watching);
  const { told, watches } = await watching.report();
  expect(watches).toBe(500);
  expect(told.filter((line) => line.startsWith('notice'))).toEqual(['notice watch-limit']);
});

test('a disk that is taken out and put back loses nothing', async ({ skip }) => {
  const hold = await makeFolder();
  const disk = join(root, 'disk');
  await mkdir(disk);
  await mkdir(join(root, 'a'));
  await writeFile(join(root, 'a', '1.jpg'), 'x');
  const mount = `mount -t tmpfs none ${hold} && mkdir ${hold}/b && touch ${hold}/b/1.jpg ${hold}/b/2.jpg && mount --bind ${hold} ${disk}`;
  const reason = whyNotApart(mount);
  if (reason !== null) skip(reason);
  watching = program.start(root, {
    shell: mount,
    isApart: true,
    timing: { scanEveryMs: 500, scanUnwatchedEveryMs: 500 },
  });
  const all = ['a/1.jpg', 'disk/b/1.jpg', 'disk/b/2.jpg'];
  const untilKnown = (keys: readonly string[]): Promise<unknown> =>
    vi.waitFor(async () => expect((await watching?.report())?.keys).toEqual(keys), { timeout: 20_000 });
  await untilKnown(all);
  await watching.run('umount', disk);
  await untilReported(watching, /offline disk/, 10_000);
  await writeFile(join(root, 'a', '2.jpg'), 'x');
  await untilKnown(['a/1.jpg', 'a/2.jpg', ...all.slice(1)]);
  await watching.run('mount', '--bind', hold, disk);
  await watching.run('touch', `${disk}/b/3.jpg`);
  await watching.run('rm', `${disk}/b/1.jpg`);
  await untilKnown(['a/1.jpg', 'a/2.jpg', 'disk/b/2.jpg', 'disk/b/3.jpg']);
  const { told } = await watching.report();
  expect(told.filter((line) => line.startsWith('removed'))).toEqual(['removed disk/b/1.jpg']);
  await watching.close();
  await rm(hold, { recursive: true });
});
