import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createRecentWorkspaces, workspaceId } from './recent.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'recent-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const noReport = (error: unknown): never => {
  throw error;
};

test('recent workspaces are remembered, the last first, each once', async () => {
  const recent = createRecentWorkspaces(home, noReport);
  let changes = 0;
  recent.changes.subscribe(() => {
    changes += 1;
  });
  for (const folder of ['/a/one', '/a/two', '/a/one']) await recent.note(folder);
  expect((await recent.list()).map(({ folder }) => folder)).toEqual(['/a/one', '/a/two']);
  expect(changes).toBe(3);
  const again = createRecentWorkspaces(home, noReport);
  expect(await again.list()).toEqual([
    { id: workspaceId('/a/one'), name: 'one', folder: '/a/one' },
    { id: workspaceId('/a/two'), name: 'two', folder: '/a/two' },
  ]);
  await again.forget(workspaceId('/a/one'));
  expect((await createRecentWorkspaces(home, noReport).list()).map(({ name }) => name)).toEqual(['two']);
});

test('only so many are kept', async () => {
  const recent = createRecentWorkspaces(home, noReport);
  for (let place = 0; place < 25; place += 1) await recent.note(`/a/${String(place)}`);
  const names = (await recent.list()).map(({ name }) => name);
  expect(names).toHaveLength(20);
  expect(names[0]).toBe('24');
});

test('a damaged list is told of, kept aside and begun anew', async () => {
  const file = join(home, 'workspaces.json');
  await writeFile(file, '{"format":1,"workspaces":[{"folder":7}]}');
  const reports: unknown[] = [];
  const recent = createRecentWorkspaces(home, (error) => reports.push(error));
  expect(await recent.list()).toEqual([]);
  expect(reports).toHaveLength(1);
  expect(await readFile(`${file}.damaged`, 'utf8')).toContain('"folder":7');
});
