import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventQueue } from '../../src/studio/watch/event-queue.ts';
import type { SourceWatcherOptions } from '../../src/studio/watch/looks.ts';
import { createSourceWatcher, type SourceWatcher } from '../../src/studio/watch/source-watcher.ts';
import { filesByFind, lines, makeFolder, removeFolder } from './disk.ts';
import { createKnownSet, type KnownSet } from './known-set.ts';

/** No scan but the first, so that what is found later was found by watching. */
const TIMING = {
  debounceMs: 30,
  mostDebounceMs: 300,
  restMs: 200,
  rootEveryMs: 50,
  scanEveryMs: 1e9,
  scanUnwatchedEveryMs: 1e9,
  pollEveryMs: 100,
};

let root: string;
let known: KnownSet;
let told: string[];
let watcher: SourceWatcher;
beforeEach(async () => {
  root = await makeFolder();
  known = createKnownSet();
  told = [];
});
afterEach(async () => {
  await watcher.close();
  await removeFolder(root);
});

const start = (options: Partial<SourceWatcherOptions> = {}): void => {
  watcher = createSourceWatcher({
    root,
    known,
    queue: createEventQueue(),
    mode: 'native',
    timing: TIMING,
    onChanges(changes) {
      known.apply(changes);
      told.push(...lines(changes));
    },
    onNotice: ({ code }) => told.push(`notice ${code}`),
    onError: (error) => told.push(`error ${String(error)}`),
    ...options,
  });
};
const put = async (file: string, text = file): Promise<void> => {
  await mkdir(join(root, file, '..'), { recursive: true });
  await writeFile(join(root, file), text);
};
const until = (what: () => unknown): Promise<unknown> => vi.waitFor(what, { timeout: 10_000, interval: 20 });
const untilEqual = (): Promise<unknown> =>
  until(async () => expect(known.keys()).toEqual(await filesByFind(root)));
const untilTold = (line: string): Promise<unknown> => until(() => expect(told).toContain(line));
const untilStarted = (): Promise<unknown> => until(() => expect(told.join('\n')).toContain('complete'));
const watchCount = (): number =>
  readdirSync('/proc/self/fdinfo').reduce((sum, file) => {
    try {
      return sum + (readFileSync(`/proc/self/fdinfo/${file}`, 'utf8').match(/^inotify /gm) ?? []).length;
    } catch {
      return sum; // It was that of the listing.
    }
  }, 0);

test('what happens to files is noticed', async () => {
  await put('a/1.jpg');
  await put('a/2.jpg');
  start();
  await untilStarted();
  await untilTold('added a/2.jpg');
  await put('a/3.jpg');
  await appendFile(join(root, 'a', '1.jpg'), '.');
  await rm(join(root, 'a', '2.jpg'));
  await untilTold('added a/3.jpg');
  await untilTold('changed a/1.jpg');
  await untilTold('removed a/2.jpg');
  await rename(join(root, 'a', '3.jpg'), join(root, '4.jpg'));
  await untilTold('moved a/3.jpg -> 4.jpg');
  expect(told.filter((line) => line.startsWith('complete'))).toHaveLength(1);
});

test('folders that are made, renamed, moved, exchanged and removed are noticed, and what happens in them later', async () => {
  await put('a/b/1.jpg');
  await put('c/2.jpg');
  start();
  await untilEqual();
  await put('d/e/f/3.jpg');
  await untilEqual();
  await put('d/e/f/4.jpg');
  await untilEqual();
  await rename(join(root, 'a', 'b'), join(root, 'a', 'g'));
  await untilTold('moved a/b/1.jpg -> a/g/1.jpg');
  await put('a/g/5.jpg');
  await untilEqual();
  await rename(join(root, 'd', 'e'), join(root, 'c', 'e'));
  await untilTold('moved d/e/f/3.jpg -> c/e/f/3.jpg');
  await put('c/e/f/6.jpg');
  await untilEqual();
  await rename(join(root, 'a'), join(root, 'x'));
  await rename(join(root, 'c'), join(root, 'a'));
  await rename(join(root, 'x'), join(root, 'c'));
  await untilEqual();
  await put('a/e/f/7.jpg');
  await put('c/g/8.jpg');
  await untilEqual();
  await rm(join(root, 'a'), { recursive: true });
  await put('a/e/f/9.jpg', 'another');
  await untilEqual();
  await put('a/e/f/10.jpg');
  await untilEqual();
  expect(told.filter((line) => line.startsWith('complete'))).toHaveLength(1);
});

test('a large folder that is copied in is not missed, whatever was copied before its watches were set', async () => {
  const elsewhere = await makeFolder();
  for (let i = 0; i < 100; i += 1) {
    await mkdir(join(elsewhere, 'big', String(i), 'deep'), { recursive: true });
    for (let j = 0; j < 10; j += 1)
      await writeFile(join(elsewhere, 'big', String(i), 'deep', `${String(j)}.jpg`), 'x');
  }
  start();
  await untilStarted();
  execFileSync('cp', ['-r', join(elsewhere, 'big'), root]);
  await untilEqual();
  expect(known.size).toBe(1000);
  expect(watchCount()).toBe(202);
  await put('big/7/deep/new.jpg');
  await untilTold('added big/7/deep/new.jpg');
  await removeFolder(elsewhere);
});

test('a file is reported once, when it is written no more', async () => {
  start();
  await untilStarted();
  for (let i = 0; i < 12; i += 1) {
    await appendFile(join(root, '1.jpg'), 'x');
    await sleep(50);
  }
  expect(told.join()).not.toContain('1.jpg');
  await untilTold('added 1.jpg');
  await sleep(400);
  expect(known.get('1.jpg')?.sizeBytes).toBe(12);
  expect(told.filter((line) => line.endsWith('1.jpg'))).toEqual(['added 1.jpg']);
});

test('a root that goes and comes back loses nothing, and is watched again', async () => {
  for (let i = 0; i < 20; i += 1) await put(`a/${String(i)}.jpg`);
  start();
  await until(() => expect(known.size).toBe(20));
  await rename(root, `${root}-away`);
  await untilTold('offline ');
  await mkdir(root);
  await untilTold('emptied 20');
  await rm(root, { recursive: true });
  await rename(`${root}-away`, root);
  await until(() => expect(told.at(-1)).toMatch(/^complete 20/));
  await put('a/new.jpg');
  await untilTold('added a/new.jpg');
  expect(told.join('\n')).not.toContain('removed');
  expect(known.size).toBe(21);
});

test('files that are gone all at once are removed when a person says so', async () => {
  for (let i = 0; i < 20; i += 1) await put(`a/${String(i)}.jpg`);
  start();
  await until(() => expect(known.size).toBe(20));
  await rm(join(root, 'a'), { recursive: true });
  await untilTold('emptied 20');
  expect(known.size).toBe(20);
  watcher.confirmRemoval();
  await until(() => expect(known.size).toBe(0));
});

test('each folder has one watch, however many files and links there are', async () => {
  for (let folder = 0; folder < 50; folder += 1)
    for (let file = 0; file < 20; file += 1) await put(`${String(folder)}/${String(file)}.jpg`);
  await symlink('3', join(root, 'link'));
  await symlink('3/1.jpg', join(root, 'link.jpg'));
  start();
  await untilStarted();
  expect(watchCount()).toBe(51);
  await rm(join(root, '7'), { recursive: true });
  await until(() => expect(watchCount()).toBe(50));
  await watcher.close();
  expect(watchCount()).toBe(0);
});

test('what the catalogue could not take is offered again', async () => {
  let isFull = false;
  start({
    onChanges(changes) {
      if (isFull) throw new Error('The disk is full.');
      known.apply(changes);
      told.push(...lines(changes));
    },
    timing: { ...TIMING, scanUnwatchedEveryMs: 100 },
  });
  await untilStarted();
  isFull = true;
  await put('1.jpg');
  await untilTold('error Error: The disk is full.');
  isFull = false;
  await untilTold('added 1.jpg');
});

test('polled, a source is noticed without watches', async () => {
  await put('a/1.jpg');
  start({ mode: 'poll' });
  await untilStarted();
  await untilEqual();
  expect(watchCount()).toBe(0);
  // Until chokidar has seen the folders once, it reports nothing.
  await sleep(500);
  await put('a/2.jpg');
  await untilTold('added a/2.jpg');
  await put('b/3.jpg');
  await untilEqual();
  await rm(join(root, 'a', '1.jpg'));
  await untilTold('removed a/1.jpg');
});

test('polled, a file that is rewritten in place is found by the scan', async () => {
  await put('a/1.jpg');
  start({ mode: 'poll', timing: { ...TIMING, scanUnwatchedEveryMs: 300 } });
  await untilEqual();
  await appendFile(join(root, 'a', '1.jpg'), '.');
  await untilTold('changed a/1.jpg');
});
