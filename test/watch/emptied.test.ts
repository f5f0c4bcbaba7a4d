import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { KnownFile, KnownFiles } from '../../src/studio/watch/known.ts';
import { knownIn, passMissing, type Pass } from '../../src/studio/watch/pass.ts';
import { bytesOf, keyOf, rangeBelow } from '../../src/studio/watch/paths.ts';
import { reconcile } from '../../src/studio/watch/reconcile.ts';
import { changesOf, lines, makeFolder, removeFolder } from './disk.ts';
import { createKnownSet, type KnownSet } from './known-set.ts';

const PAGE_FILES = 1000;

let root: string;
beforeEach(async () => {
  root = await makeFolder();
});
afterEach(() => removeFolder(root));

const keyAt = (index: number): string =>
  `${String(Math.floor(index / 50)).padStart(6, '0')}/${String(index % 50).padStart(2, '0')}.jpg`;
const fileAt = (index: number, device: bigint): KnownFile => ({
  path: bytesOf(keyAt(index)),
  sizeBytes: 1,
  modifiedNs: 1n,
  inode: BigInt(index),
  device,
});

/** So many files, made as they are asked for; `onPage` is told of each question. */
const manyKnown = (
  count: number,
  options: { readonly onPage?: () => void; readonly deviceAt?: (index: number) => bigint } = {},
): KnownFiles => {
  const { onPage = () => undefined, deviceAt = () => 1n } = options;
  const placeOf = (path: Uint8Array): number => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keyAt(middle) < keyOf(path)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    page({ from, to, most }) {
      onPage();
      const first = placeOf(from);
      const end = Math.min(first + most, to === null ? count : placeOf(to));
      return Array.from({ length: Math.max(0, end - first) }, (_, at) =>
        fileAt(first + at, deviceAt(first + at)),
      );
    },
    withInode: () => [],
  };
};

const passOver = (known: KnownFiles, signal?: AbortSignal): Pass => ({
  absolute: bytesOf,
  known,
  options: { hasStableInodes: true, includeOthers: false, isAtRest: () => true },
  isAnythingKnown: true,
  signal,
  out: [],
  missing: [],
  movedFrom: new Set(),
  devicesFound: new Set(),
  foundAgain: 0,
  files: 0,
  folders: 0,
});

test('of all files of an emptied folder a pass holds one run for each disk that they were on', async () => {
  const folder = { key: '', device: 1n };
  const one = passOver(manyKnown(30_000));
  await passMissing(one, knownIn(one, rangeBelow('')), null, folder);
  expect(one.missing).toEqual([{ from: keyAt(0), last: keyAt(29_999), files: 30_000, device: 1n, folder }]);
  const two = passOver(manyKnown(30_000, { deviceAt: (index) => (index < 20_000 ? 1n : 2n) }));
  await passMissing(two, knownIn(two, rangeBelow('')), null, folder);
  expect(two.missing.map(({ files, device }) => [files, device])).toEqual([
    [20_000, 1n],
    [10_000, 2n],
  ]);
});

test('others are answered between any two thousand missing files', async () => {
  let turns = 0;
  let isLooking = true;
  const turn = (): void => {
    turns += 1;
    if (isLooking) setImmediate(turn);
  };
  turn();
  const turnsAtPage: number[] = [];
  const known = manyKnown(30_000, {
    onPage() {
      turnsAtPage.push(turns);
    },
  });
  // Their disk is another one than that of the folder.
  expect(lines(await changesOf(root, known))).toEqual(['offline ', 'complete 0 files in 1 folders']);
  isLooking = false;
  expect(turnsAtPage.length).toBeGreaterThan(30_000 / PAGE_FILES);
  expect(new Set(turnsAtPage).size).toBe(turnsAtPage.length);
});

test('a look is left before the next thousand missing files are read', async () => {
  const abort = new AbortController();
  let pages = 0;
  const known = manyKnown(30_000, {
    onPage() {
      pages += 1;
      if (pages === 5) abort.abort(new Error('The window was closed.'));
    },
  });
  await expect(changesOf(root, known, { signal: abort.signal })).rejects.toThrow('The window was closed.');
  expect(pages).toBe(5);
});

test('a look is left as well while it tells what is missing', async () => {
  const abort = new AbortController();
  let removed = 0;
  const run = async (): Promise<void> => {
    const options = { signal: abort.signal, isRemovalConfirmed: true };
    for await (const { kind } of reconcile(root, manyKnown(30_000), options)) {
      if (kind === 'removed') removed += 1;
      if (removed === 1500) abort.abort(new Error('enough'));
    }
  };
  await expect(run()).rejects.toThrow('enough');
  expect(removed).toBe(2 * PAGE_FILES);
});

const fill = async (known: KnownSet, folder: string, count: number): Promise<void> => {
  await mkdir(join(root, folder));
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      writeFile(join(root, folder, `${String(index).padStart(4, '0')}.jpg`), String(index)),
    ),
  );
  known.apply(await changesOf(root, known));
};

test.each([
  ['when all is told', false],
  ['at once', true],
])(
  'of a removed folder each file is told but those that were kept elsewhere, written %s',
  async (_, isAtOnce) => {
    const known = createKnownSet();
    await fill(known, 'a', 2500);
    await fill(known, 'b', 3);
    await rename(join(root, 'a', '0007.jpg'), join(root, 'b', 'kept.jpg'));
    await rename(join(root, 'a', '1500.jpg'), join(root, 'b', 'kept, too.jpg'));
    await rm(join(root, 'a'), { recursive: true });
    const told = [];
    for await (const change of reconcile(root, known)) {
      told.push(change);
      if (isAtOnce) known.apply([change]);
    }
    if (!isAtOnce) known.apply(told);
    const removed = lines(told).filter((line) => line.startsWith('removed '));
    const expected = Array.from({ length: 2500 }, (_each, index) => index)
      .filter((index) => index !== 7 && index !== 1500)
      .map((index) => `removed a/${String(index).padStart(4, '0')}.jpg`);
    expect(removed).toEqual(expected);
    expect(known.keys()).toEqual(['b/0000.jpg', 'b/0001.jpg', 'b/0002.jpg', 'b/kept, too.jpg', 'b/kept.jpg']);
  },
);

test('a part that is gone is removed while something else is known; nobody is asked before all is gone', async () => {
  const known = createKnownSet();
  await fill(known, 'a', 12);
  await fill(known, 'b', 12);
  await rm(join(root, 'a'), { recursive: true });
  expect(lines(await changesOf(root, known, { scope: ['a'] }))).toHaveLength(12);
  await writeFile(join(root, 'a.jpg'), 'sorts before what lies below a');
  known.apply(await changesOf(root, known, { scope: ['a.jpg'] }));
  await rm(join(root, 'a.jpg'));
  await rm(join(root, 'b'), { recursive: true });
  const gone = ['uncertain All known files are missing.'];
  expect(lines(await changesOf(root, known, { scope: ['b', 'a', 'a.jpg'] }))).toEqual(gone);
  expect(lines(await changesOf(root, known, { scope: ['b', 'a'] }))).toHaveLength(24);
});
