import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Figure } from '../../src/contract/figures.ts';
import { startService, type RealService } from '../support/service.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let service: RealService;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'figures-'));
  service = startService(join(folder, 'home'));
});
afterEach(async () => {
  await service.stop();
  await rm(folder, { recursive: true, force: true });
});

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="#f00"/></svg>';
const save = (changes: Partial<Figure>) =>
  service.client.figures.save({
    ...{ folder: join(folder, 'charts'), name: 'ROC', format: 'csv', text: 'a,b\r\n', workspace: null },
    ...changes,
  });

test('a figure is written under its name, and the next of that name beside it', async () => {
  const first = await save({});
  expect(first.file).toBe(join(folder, 'charts', 'ROC.csv'));
  expect((await save({ text: 'other' })).file).toBe(join(folder, 'charts', 'ROC 2.csv'));
  expect(await readFile(first.file, 'utf8')).toBe('a,b\r\n');
});

test('a name is made one that every file system takes, inside the folder', async () => {
  const { file } = await save({ name: '../../a/b: ROC' });
  expect(await readdir(join(folder, 'charts'))).toHaveLength(1);
  expect(file.startsWith(join(folder, 'charts', ''))).toBe(true);
});

test('a PNG is drawn of the SVG at twice its size', async () => {
  const { file } = await save({ format: 'png', text: SVG });
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([80, 60]);
  expect([...data.subarray(0, 3)]).toEqual([255, 0, 0]);
  await expect(save({ format: 'png', text: 'no SVG' })).rejects.toThrow(/could not be drawn as PNG/);
});

test('nothing is written among originals', async () => {
  const photos = join(folder, 'photos');
  await mkdir(photos);
  const { folder: workspace } = await service.client.workspace.create({ folder: join(folder, 'work') });
  await service.client.workspace.addSource({ workspace, folder: photos, who: 'tester' });
  await expect(save({ folder: join(photos, 'charts'), workspace })).rejects.toThrow(/never written/);
  expect(await readdir(photos)).toEqual([]);
  await service.client.workspace.close({ workspace });
});
