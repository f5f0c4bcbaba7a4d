import { execFileSync } from 'node:child_process';
import { appendFile, link, mkdir, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Change } from '../../src/studio/watch/change.ts';
import { reconcile, type ReconcileOptions } from '../../src/studio/watch/reconcile.ts';
import { changesOf, lines, makeFolder, removeFolder } from './disk.ts';
import { createKnownSet, type KnownSet } from './known-set.ts';

let root: string;
let known: KnownSet;
beforeEach(async () => {
  root = await makeFolder();
  known = createKnownSet();
});
afterEach(() => removeFolder(root));

const put = async (file: string, text = file): Promise<void> => {
  await mkdir(join(root, file, '..'), { recursive: true });
  await writeFile(join(root, file), text);
};
/** Reports and applies. */
const look = async (options: ReconcileOptions = {}): Promise<readonly string[]> => {
  const changes = await changesOf(root, known, options);
  known.apply(changes);
  return lines(changes);
};
const putMany = async (folder: string, count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await put(`${folder}/${String(i)}.jpg`);
};

test('what is new, changed, removed and unchanged is told apart', async () => {
  await put('a/1.jpg');
  await put('a/2.jpg');
  await put('a.jpg');
  await put('b/3.jpg');
  expect(await look()).toEqual([
    'added a.jpg',
    'added a/1.jpg',
    'added a/2.jpg',
    'added b/3.jpg',
    'complete 4 files in 3 folders',
  ]);
  expect(await look()).toEqual(['complete 4 files in 3 folders']);
  await appendFile(join(root, 'a', '1.jpg'), '.');
  await rm(join(root, 'a', '2.jpg'));
  await put('c.jpg');
  expect(await look()).toEqual([
    'changed a/1.jpg',
    'added c.jpg',
    'removed a/2.jpg',
    'complete 4 files in 3 folders',
  ]);
});

test('a file that is replaced by one of the same size and time is changed', async () => {
  await put('1.jpg', 'old');
  await look();
  await put('2.jpg', 'new');
  const { modifiedNs } = known.get('1.jpg') ?? { modifiedNs: 0n };
  // The whole of the time, to the nanosecond.
  execFileSync('touch', [
    '-d',
    `@${String(modifiedNs / 1_000_000_000n)}.${String(modifiedNs % 1_000_000_000n).padStart(9, '0')}`,
    join(root, '2.jpg'),
  ]);
  await rename(join(root, '2.jpg'), join(root, '1.jpg'));
  expect(await changesOf(root, known, { hasStableInodes: false })).toHaveLength(1);
  expect(await look()).toContain('changed 1.jpg');
});

test('a file that moves, and each file of a folder that is renamed, is moved and not removed', async () => {
  await put('a/1.jpg');
  await put('a/2.jpg');
  await put('z/3.jpg');
  await look();
  await rename(join(root, 'a'), join(root, 'm'));
  await rename(join(root, 'z', '3.jpg'), join(root, '3.jpg'));
  const isNothingAtRest = { isAtRest: () => false };
  expect(await look(isNothingAtRest)).toEqual([
    'moved z/3.jpg -> 3.jpg',
    'moved a/1.jpg -> m/1.jpg',
    'moved a/2.jpg -> m/2.jpg',
    'complete 3 files in 3 folders',
  ]);
  expect(known.keys()).toEqual(['3.jpg', 'm/1.jpg', 'm/2.jpg']);
});

test('a second name of a file that is still there is an addition', async () => {
  await put('1.jpg');
  await look();
  await link(join(root, '1.jpg'), join(root, '2.jpg'));
  expect(await look()).toEqual(['added 2.jpg', 'complete 2 files in 1 folders']);
});

test('where inodes are made up at each mount, nothing is changed or moved for an inode', async () => {
  await put('1.jpg');
  await look();
  await rename(join(root, '1.jpg'), join(root, '2.jpg'));
  expect(await look({ hasStableInodes: false })).toEqual([
    'added 2.jpg',
    'removed 1.jpg',
    'complete 1 files in 1 folders',
  ]);
});

test('a file becomes a folder and a folder a file', async () => {
  await put('a.jpg');
  await put('b.jpg/1.jpg');
  await look();
  await rm(join(root, 'a.jpg'));
  await rm(join(root, 'b.jpg'), { recursive: true });
  await put('a.jpg/1.jpg', 'other');
  await put('b.jpg', 'other');
  expect(new Set(await look())).toEqual(
    new Set([
      'added a.jpg/1.jpg',
      'added b.jpg',
      'removed a.jpg',
      'removed b.jpg/1.jpg',
      'complete 2 files in 2 folders',
    ]),
  );
});

test('pipes, broken links and loops end with a word for each, without opening any', async () => {
  await put('1.jpg');
  execFileSync('mkfifo', [join(root, 'pipe.jpg'), join(root, 'pipe')]);
  await symlink('nowhere.jpg', join(root, 'broken.jpg'));
  await symlink('self', join(root, 'self'));
  await symlink('1.jpg', join(root, 'linked.jpg'));
  await symlink(root, join(root, 'up'));
  await put('.hidden/2.jpg');
  await put('folder.jpg/3.jpg');
  await put('text.txt');
  await put('text');
  await writeFile(join(root, 'picture'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
  const all = [
    'added 1.jpg',
    'added broken.jpg (broken-link)',
    'added folder.jpg/3.jpg',
    'added linked.jpg',
    'added picture',
    'added pipe (not-a-file)',
    'added pipe.jpg (not-a-file)',
    'added self (broken-link)',
  ];
  expect((await look()).slice(0, -1)).toEqual(all);
  expect((await look()).slice(0, -1)).toEqual([]);
  expect((await look({ includeOthers: true })).slice(0, -1)).toEqual([
    'added .hidden (not-an-image)',
    'added text (not-an-image)',
    'added text.txt (not-an-image)',
  ]);
});

test('a folder that links lead to is known by its own name, elsewhere by the first link', async () => {
  const elsewhere = await makeFolder();
  await writeFile(join(elsewhere, '1.jpg'), 'x');
  await symlink(elsewhere, join(root, 'b'));
  await symlink(elsewhere, join(root, 'c'));
  await put('z/2.jpg');
  await symlink('z', join(root, 'a'));
  expect(await look()).toEqual(['added z/2.jpg', 'added b/1.jpg', 'complete 2 files in 3 folders']);
  expect(await look()).toEqual(['complete 2 files in 3 folders']);
  await rm(join(root, 'b'));
  expect((await look()).slice(0, -1)).toEqual(['moved b/1.jpg -> c/1.jpg']);
  await rm(join(elsewhere, '1.jpg'));
  expect((await look({ scope: ['c/1.jpg'] })).slice(0, 1)).toEqual(['removed c/1.jpg']);
  expect(await look({ scope: ['c'] })).toEqual(['uncertain A link leads to a folder.']);
  await removeFolder(elsewhere);
});

test('a root that is missing, or no folder, is offline, and nothing is removed', async () => {
  await putMany('a', 3);
  await look();
  await rename(root, `${root}-away`);
  expect(await look()).toEqual(['offline ']);
  expect(await look({ scope: ['a'] })).toEqual(['offline ']);
  await writeFile(root, 'a file');
  expect(await look()).toEqual(['offline ']);
  await rm(root);
  await rename(`${root}-away`, root);
  expect(await look()).toEqual(['complete 3 files in 2 folders']);
});

test('when all files are gone at once, a person is asked', async () => {
  await putMany('a', 10);
  await look();
  await rm(join(root, 'a'), { recursive: true });
  expect(await look()).toEqual(['emptied 10', 'complete 0 files in 1 folders']);
  expect(await look({ scope: ['a'] })).toEqual(['uncertain All known files are missing.']);
  expect(known.size).toBe(10);
  expect(await look({ isRemovalConfirmed: true })).toHaveLength(11);
  expect(known.size).toBe(0);
});

test('an empty mount point is a disk that is not there', async () => {
  await putMany('a', 12);
  await put('disk/1.jpg');
  await put('disk/2.jpg');
  const changes = (await changesOf(root, known)).map((change): Change => {
    // As the files would be known of a disk that is mounted there.
    return change.kind === 'added' && change.path.toString().startsWith('disk/')
      ? { ...change, file: { ...change.file, device: change.file.device + 1n } }
      : change;
  });
  known.apply(changes);
  await rm(join(root, 'disk', '1.jpg'));
  expect((await changesOf(root, known)).map(({ kind }) => kind)).toEqual(['removed', 'complete']);
  await rm(join(root, 'disk', '2.jpg'));
  expect(await look()).toEqual(['offline disk', 'complete 12 files in 3 folders']);
  expect(await look({ scope: ['disk'] })).toEqual(['uncertain Files of another disk are missing.']);
  expect(await look({ scope: ['disk/1.jpg'] })).toHaveLength(1);
});

test('a root that is exchanged while it is read is offline', async () => {
  await putMany('a', 3);
  await putMany('b', 3);
  await look();
  const changes: Change[] = [];
  for await (const change of reconcile(root, known, {
    onFolder(folder) {
      if (folder !== 'b') return;
      execFileSync('mv', [root, `${root}-away`]);
      execFileSync('mkdir', [root]);
    },
  }))
    changes.push(change);
  expect(lines(changes)).toEqual(['offline ']);
  await removeFolder(`${root}-away`);
});

test('a scope is all that is looked at', async () => {
  await putMany('a', 3);
  await putMany('b', 3);
  await look();
  await put('a/new.jpg');
  await put('b/new.jpg');
  await put('b/deep/er/new.jpg');
  await rm(join(root, 'b', '1.jpg'));
  expect(await look({ scope: ['b', 'b/deep', 'a/0.jpg'] })).toEqual([
    'added b/deep/er/new.jpg',
    'added b/new.jpg',
    'removed b/1.jpg',
  ]);
  expect(await look({ scope: ['a/new.jpg', 'a/nothing.jpg'] })).toEqual(['added a/new.jpg']);
  await rename(join(root, 'a', '0.jpg'), join(root, 'b', 'moved.jpg'));
  expect(await look({ scope: ['b/moved.jpg', 'a/0.jpg'] })).toEqual(['moved a/0.jpg -> b/moved.jpg']);
  expect(await look({ scope: ['a', ''] })).toEqual(['complete 8 files in 5 folders']);
});

test('a file that may still be written is not reported, and what was known of it stands', async () => {
  await put('1.jpg');
  await put('2.jpg');
  await look({ isAtRest: (path) => path !== '2.jpg' });
  await truncate(join(root, '1.jpg'), 1);
  expect(await look({ isAtRest: () => false })).toEqual([
    'unsettled 1.jpg',
    'unsettled 2.jpg',
    'complete 2 files in 1 folders',
  ]);
  expect(known.keys()).toEqual(['1.jpg']);
  expect(await look()).toEqual(['changed 1.jpg', 'added 2.jpg', 'complete 2 files in 1 folders']);
});

test('a file that is exchanged for a pipe while it is looked at is waited for by nobody', async () => {
  await put('a/1.jpg');
  await put('a/2');
  await look({ includeOthers: true });
  await utimes(join(root, 'a', '2'), 0, 0);
  let isFirst = true;
  const changes: Change[] = [];
  for await (const change of reconcile(root, known, {
    includeOthers: true,
    isAtRest() {
      if (!isFirst) return true;
      isFirst = false;
      execFileSync('rm', [join(root, 'a', '2')]);
      execFileSync('mkfifo', [join(root, 'a', '2')]);
      return true;
    },
  }))
    changes.push(change);
  expect(lines(changes)[0]).toBe('unreadable a/2 (ESPIPE)');
});

test('it can be cancelled, and tells how far it is', async () => {
  await putMany('a', 3);
  await putMany('b', 3);
  const abort = new AbortController();
  const seen: number[] = [];
  const run = async (): Promise<void> => {
    for await (const change of reconcile(root, known, {
      signal: abort.signal,
      onProgress: ({ files }) => seen.push(files),
    }))
      abort.abort(new Error(`enough: ${change.kind}`));
  };
  await expect(run()).rejects.toThrow('enough: added');
  expect(seen.at(-1)).toBe(3);
});

test('what cannot be looked at keeps what is known of it', async () => {
  const long = 'x'.repeat(250);
  await putMany('a', 3);
  await putMany(long, 3);
  await put(`b/${long}.jpg`);
  await look();
  // Even for an administrator a path of more than 4,095 bytes cannot be read.
  const deep = await makeFolder();
  const place = join(deep, ...Array.from({ length: 15 }, () => long), 'y'.repeat(200));
  await mkdir(join(place, '..'), { recursive: true });
  await rename(root, place);
  await rm(join(place, 'a', '1.jpg'));
  const changes = await changesOf(place, known);
  expect(lines(changes).map((line) => line.replaceAll(long, '(long)'))).toEqual([
    'unreadable b/(long).jpg (ENAMETOOLONG)',
    'unreadable (long) (ENAMETOOLONG)',
    'removed a/1.jpg',
    'complete 2 files in 3 folders',
  ]);
  await rename(place, root);
  await removeFolder(deep);
});
