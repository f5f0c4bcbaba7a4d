import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSources } from '../sources/sources.ts';
import { createPictureCache } from './cache.ts';
import { createPictures } from './pictures.ts';

let folder: string;
let cache: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pictures-'));
  cache = join(folder, 'cache');
  await mkdir(join(folder, 'photos'));
  await writeFile(join(folder, 'photos', '1.jpg'), 'x');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const setUp = async (makeRendition: (request: { output: string }) => Promise<void>) => {
  const sources = createSources(join(folder, 'home'), (error) => {
    throw error;
  });
  const { id } = await sources.open(join(folder, 'photos'), { isSample: false });
  const { index } = await sources.get(id);
  index.reset(['1.jpg', 'gone.jpg'], () => null);
  const pictures = createPictures({
    sources,
    workspaces: {
      cropFile: () => Promise.resolve(join(folder, 'crop.png')),
      original: () => Promise.resolve({ sha256: 'ab', file: join(folder, 'photos', '1.jpg') }),
    },
    folder: cache,
    cache: createPictureCache(cache, Date.now, () => 1e9),
    makeRendition,
  });
  return {
    pictures,
    photo: (photo: number) => pictures.locate({ kind: 'photo', source: id, photo, sizePx: 320 }),
    id,
  };
};

test('a picture is made once, however many ask for it at once and later', async () => {
  let made = 0;
  const { photo } = await setUp(async ({ output }) => {
    made += 1;
    await writeFile(output, 'jpeg');
  });
  const found = await Promise.all([photo(0), photo(0), photo(0)]);
  found.push(await photo(0));
  expect(made).toBe(1);
  expect(new Set(found.map(({ file }) => file)).size).toBe(1);
});

test('a picture that cannot be made is told, and tried again when it is asked for again', async () => {
  let tries = 0;
  const { photo } = await setUp(() => {
    tries += 1;
    return Promise.reject(new Error('It is damaged.'));
  });
  await expect(photo(0)).rejects.toMatchObject({ code: 'NOT_FOUND', data: { message: 'It is damaged.' } });
  await expect(photo(0)).rejects.toThrow();
  expect(tries).toBe(2);
});

test('what is not there is not found', async () => {
  const { pictures, photo, id } = await setUp(() => Promise.resolve());
  await expect(photo(1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(photo(2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(pictures.locate({ kind: 'crop', source: id, photo: 0, face: 0 })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('a photo of a workspace is made once and shown while its file is away', async () => {
  let made = 0;
  const { pictures } = await setUp(async ({ output }) => {
    made += 1;
    await writeFile(output, 'jpeg');
  });
  const request = { kind: 'workspace-photo', workspace: 'w', photo: 1, sizePx: 320 } as const;
  const first = await pictures.locate(request);
  await rm(join(folder, 'photos', '1.jpg'));
  expect(await pictures.locate(request)).toEqual(first);
  expect(made).toBe(1);
  await expect(pictures.locate({ ...request, sizePx: 1600 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test('the cache stays below its bound by forgetting what was used longest ago', async () => {
  const bounded = createPictureCache(cache, Date.now, () => 1000);
  await mkdir(cache);
  for (let place = 0; place < 30; place += 1) {
    const file = join(cache, `${String(place).padStart(2, '0')}.jpg`);
    await writeFile(file, Buffer.alloc(100));
    await utimes(file, place, place);
    await bounded.added(file);
  }
  const names = (await readdir(cache)).sort();
  let bytes = 0;
  for (const name of names) bytes += (await stat(join(cache, name))).size;
  expect(bytes).toBeLessThanOrEqual(1000);
  expect(names.at(-1)).toBe('29.jpg');
  expect(names).not.toContain('00.jpg');
});
