import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFolderChooser } from './folders.ts';

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'folders-')));
  for (const name of ['root/people/ann', 'root-evil', 'other'])
    await mkdir(join(folder, name), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('folders below a root are listed with their photos counted, and the root has no parent', async () => {
  await writeFile(join(folder, 'root/people/1.jpg'), 'x');
  await writeFile(join(folder, 'root/people/notes.txt'), 'x');
  const chooser = createFolderChooser([join(folder, 'root')]);
  expect(await chooser.roots()).toEqual([{ name: 'root', path: join(folder, 'root') }]);
  expect(await chooser.list(join(folder, 'root'))).toEqual({
    path: join(folder, 'root'),
    parent: null,
    folders: [{ name: 'people', path: join(folder, 'root/people') }],
    images: 0,
    files: [],
  });
  expect(await chooser.list(join(folder, 'root/people'))).toMatchObject({
    parent: join(folder, 'root'),
    images: 1,
    files: [],
  });
});

test('files are told of by their ending, and only those that lie in the folder themselves', async () => {
  for (const name of ['2.jsonl', '10.JSONL', 'notes.txt']) await writeFile(join(folder, 'root', name), 'x');
  await writeFile(join(folder, 'other', 'secret.jsonl'), 'x');
  await symlink(join(folder, 'other', 'secret.jsonl'), join(folder, 'root', 'link.jsonl'));
  await mkdir(join(folder, 'root', 'folder.jsonl'));
  const { files } = await createFolderChooser([join(folder, 'root')]).list(join(folder, 'root'), ['.jsonl']);
  expect(files).toEqual([
    { name: '2.jsonl', path: join(folder, 'root', '2.jsonl') },
    { name: '10.JSONL', path: join(folder, 'root', '10.JSONL') },
  ]);
});

test('nothing outside the roots is told: no sibling with the same beginning, no way up, no link', async () => {
  await symlink(join(folder, 'other'), join(folder, 'root', 'link'));
  const chooser = createFolderChooser([join(folder, 'root')]);
  for (const path of [
    'root-evil',
    'root/../other',
    'root/link',
    '.',
    'root/gone',
    'root/people/../../other',
  ]) {
    await expect(chooser.list(`${folder}/${path}`)).rejects.toMatchObject({ code: 'UNUSABLE' });
  }
  expect((await chooser.list(join(folder, 'root'))).folders.map(({ name }) => name)).toEqual(['people']);
});

test('without roots nothing may be chosen', async () => {
  await expect(createFolderChooser([]).roots()).rejects.toMatchObject({ code: 'UNUSABLE' });
});
