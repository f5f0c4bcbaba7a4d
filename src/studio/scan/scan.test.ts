import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { scanFolder } from './scan.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const codes = async () =>
  (await scanFolder(folder)).map(({ file, problem }) => [file, problem?.code ?? 'photo']);

test('a folder that is linked to itself or above is read once', async () => {
  await mkdir(join(folder, 'a', 'b'), { recursive: true });
  await writeFile(join(folder, 'a', 'b', '1.jpg'), 'x');
  await symlink(folder, join(folder, 'a', 'b', 'up'));
  await symlink('b', join(folder, 'a', 'again'));
  await symlink('self', join(folder, 'self'));
  expect(await codes()).toEqual([
    ['a/b/1.jpg', 'photo'],
    ['self', 'broken-link'],
  ]);
});

test('a folder that lies elsewhere is read through its link', async () => {
  const elsewhere = await mkdtemp(join(tmpdir(), 'elsewhere-'));
  await writeFile(join(elsewhere, '1.jpg'), 'x');
  await symlink(elsewhere, join(folder, 'link'));
  expect(await codes()).toEqual([['link/1.jpg', 'photo']]);
  await rm(elsewhere, { recursive: true });
});

test('a picture without an extension is a photo, a text is not, and a picture in name only is for the decoder to judge', async () => {
  await writeFile(join(folder, 'picture'), Buffer.from([0xff, 0xd8, 0xff, 0xe0]));
  await writeFile(join(folder, 'text.txt'), 'text');
  await writeFile(join(folder, 'text.jpg'), 'text');
  await writeFile(join(folder, 'Thumbs.db'), 'x');
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, '.git', '1.jpg'), 'x');
  expect(await codes()).toEqual([
    ['.git', 'not-an-image'],
    ['Thumbs.db', 'not-an-image'],
    ['picture', 'photo'],
    ['text.jpg', 'photo'],
    ['text.txt', 'not-an-image'],
  ]);
});

test('a file named like the escape of another one is not mixed up with it', async () => {
  await writeFile(join(folder, '\\xff.jpg'), 'x');
  await writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xff]), Buffer.from('.jpg')]), 'x');
  const found = await codes();
  expect(new Set(found.map(([file]) => file)).size).toBe(2);
  expect(found.map(([, code]) => code).sort()).toEqual(['bad-name', 'photo']);
});
