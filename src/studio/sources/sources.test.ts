import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSources } from './sources.ts';

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sources-'));
  home = join(folder, 'home');
  for (const name of ['a', 'b']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fail = (error: unknown): void => {
  throw error;
};

test('opened folders are remembered over a restart, the last one first, and a closed one is forgotten', async () => {
  const sources = createSources(home, fail);
  const a = await sources.open(join(folder, 'a'), { isSample: false });
  await sources.open(join(folder, 'b'), { isSample: false });
  await sources.open(join(folder, 'a'), { isSample: false });
  expect((await createSources(home, fail).list()).map(({ name }) => name)).toEqual(['a', 'b']);
  await sources.close(a.id);
  expect((await createSources(home, fail).list()).map(({ name }) => name)).toEqual(['b']);
  await expect(sources.get(a.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('crops of a folder lie in the data folder, elsewhere for other settings, and never beside the originals', async () => {
  const sources = createSources(home, fail);
  const first = await sources.open(join(folder, 'a'), { isSample: false });
  expect(first.output).toMatch(/home\/aligned\/a-[0-9a-f]{8}$/);
  expect(first.settings.crop).toEqual({
    style: 'relative',
    imageSizePx: 182,
    marginPx: 44,
    detectMultipleFaces: false,
  });
  const crop = { ...first.settings.crop, imageSizePx: 160 };
  const second = await sources.open(join(folder, 'a'), {
    settings: { ...first.settings, crop },
    isSample: false,
  });
  expect(second.id).toBe(first.id);
  expect(second.output).not.toBe(first.output);
});

test('a folder is planned with the settings of its source, else with the default that somebody chose, else as recommended', async () => {
  const sources = createSources(home, fail);
  const first = await sources.plan(join(folder, 'a'));
  expect(first).toMatchObject({ name: 'a', isOpen: false });
  expect(first.settings).toEqual(first.recommended);
  const settings = { ...first.settings, crop: { ...first.settings.crop, style: 'landmarks' as const } };
  await sources.open(join(folder, 'a'), { settings, isSample: false });
  expect(await sources.plan(join(folder, 'a'))).toMatchObject({ isOpen: true, settings });
  expect((await sources.plan(join(folder, 'b'))).settings).toEqual(first.recommended);
  await sources.open(join(folder, 'a'), { settings, asDefault: true, isSample: false });
  expect(await createSources(home, fail).plan(join(folder, 'b'))).toEqual({
    ...{ name: 'b', folder: join(folder, 'b'), isOpen: false },
    ...{ settings, recommended: first.recommended },
  });
  expect((await sources.open(join(folder, 'b'), { isSample: false })).settings).toEqual(settings);
});

test('other settings begin with photos of their own, and end what was told of those before', async () => {
  const sources = createSources(home, fail);
  const { id, settings } = await sources.open(join(folder, 'a'), { isSample: false });
  const before = await sources.get(id);
  before.index.reset(['1.jpg'], () => null);
  await sources.open(join(folder, 'a'), { settings, isSample: false });
  expect(before.ended.aborted).toBe(false);
  const detect = { ...settings.detect, minFaceSizePx: 40 };
  await sources.open(join(folder, 'a'), { settings: { ...settings, detect }, isSample: false });
  expect(before.ended.aborted).toBe(true);
  expect((await sources.get(id)).index.size()).toBe(0);
});

test('a folder that cannot be used is refused and not remembered', async () => {
  const sources = createSources(home, fail);
  await expect(sources.open(join(folder, 'gone'), { isSample: false })).rejects.toMatchObject({
    code: 'UNUSABLE',
  });
  await expect(sources.open(folder, { isSample: false })).rejects.toMatchObject({ code: 'UNUSABLE' });
  await expect(sources.plan(join(folder, 'gone'))).rejects.toMatchObject({ code: 'UNUSABLE' });
  expect(await sources.list()).toEqual([]);
});

test('a damaged list is told and kept aside, and the program starts', async () => {
  await mkdir(home);
  await writeFile(join(home, 'sources.json'), '{"format": 1, "sou');
  const told: unknown[] = [];
  expect(await createSources(home, (error) => told.push(error)).list()).toEqual([]);
  expect(told).toHaveLength(1);
  expect(await readFile(join(home, 'sources.json.damaged'), 'utf8')).toContain('sou');
});
