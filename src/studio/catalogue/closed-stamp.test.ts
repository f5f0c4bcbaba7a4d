import { appendFile, copyFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noteClosed, takeClosedNote } from './closed-stamp.ts';

let folder: string;
let catalogue: string;
let note: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'closed-'));
  catalogue = join(folder, 'catalogue.sqlite');
  note = join(folder, 'cache', 'closed');
  await writeFile(catalogue, 'pages');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a file that nobody touched is as it was closed, for one opening', () => {
  noteClosed(catalogue, note, 1);
  expect(takeClosedNote(catalogue, note)).toBe(true);
  expect(takeClosedNote(catalogue, note)).toBe(false);
});

test.each<[string, () => Promise<void>]>([
  ['written to', () => appendFile(catalogue, 'x')],
  [
    'written to and given its old date',
    async () => {
      await writeFile(catalogue, 'PAGES');
      await utimes(catalogue, 1, 1);
    },
  ],
  [
    'another of the same name',
    async () => {
      await copyFile(catalogue, join(folder, 'other'));
      await rename(join(folder, 'other'), catalogue);
    },
  ],
])('a file that was %s is not as it was closed', async (_how, touch) => {
  await utimes(catalogue, 1, 1);
  noteClosed(catalogue, note, 1);
  await touch();
  expect(takeClosedNote(catalogue, note)).toBe(false);
});

test('a small file gets no note: it is checked in a moment', () => {
  noteClosed(catalogue, note);
  expect(takeClosedNote(catalogue, note)).toBe(false);
});

test('without a note, or with half of one, nothing is known; where none can be written that is borne', async () => {
  expect(takeClosedNote(catalogue, note)).toBe(false);
  noteClosed(catalogue, note, 1);
  await writeFile(note, '12 5');
  expect(takeClosedNote(catalogue, note)).toBe(false);
  await writeFile(join(folder, 'file'), '');
  noteClosed(catalogue, join(folder, 'file', 'closed'), 1);
  expect(takeClosedNote(catalogue, join(folder, 'file', 'closed'))).toBe(false);
});
