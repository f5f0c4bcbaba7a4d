import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, type Place } from './program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let place: Place;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(fakes);
  await place.setUp();
});
afterEach(() => place.remove());

type Report = { faces: number; embedded: number; fresh: number; files: string[]; failed: unknown[] };
const embed = (...args: readonly string[]): Promise<Report> =>
  place.json<Report>('embed', place.work, '--quiet', ...args);

test('every kept face has a vector, made once', async () => {
  const first = await embed();
  expect(first.faces).toBeGreaterThan(2);
  expect(first).toMatchObject({ embedded: first.faces, fresh: 0, failed: [] });
  expect(first.files).toHaveLength(first.faces);
  expect(await embed()).toMatchObject({ faces: first.faces, embedded: 0, fresh: first.faces });
});

test('new files and changed settings of the model are embedded, and nothing else', async () => {
  const { faces } = await embed();
  await writeFile(join(place.photos, 'ann', '9.jpg'), 'one z');
  await place.studio('scan', place.work);
  await place.studio('align', place.work, '--quiet');
  expect(await embed()).toMatchObject({ faces: faces + 1, embedded: 1, fresh: faces });
  const flipped = await embed('--flip');
  expect(flipped).toMatchObject({ embedded: faces + 1, fresh: 0 });
  expect(await readdir(join(place.work, 'embeddings'))).toHaveLength(2);
});

test('a face that is rejected is not embedded any more', async () => {
  const { faces } = await embed();
  const { faces: listed } = await place.json<{ faces: { id: number }[] }>('list', place.work);
  await place.studio('mark', place.work, 'rejected', '--faces', String(listed[0]?.id));
  expect(await embed()).toMatchObject({ faces: faces - 1, embedded: 0, fresh: faces - 1 });
});

test('rows that a kill left without their index go, and their faces are embedded again', async () => {
  const { faces } = await embed();
  const variant = join(place.work, 'embeddings', (await readdir(join(place.work, 'embeddings')))[0] ?? '');
  const index = (await readdir(variant)).filter((name) => name.endsWith('.index'));
  await rm(join(variant, index[0] ?? ''));
  expect(await embed()).toMatchObject({ faces, embedded: faces });
  expect((await readdir(variant)).filter((name) => name.endsWith('.vectors'))).toHaveLength(index.length);
});

test('the vectors of all faces are written in the order of the files', async () => {
  const output = join(place.folder, 'all.npy');
  const { files, faces } = await embed('--output', output);
  const bytes = await readFile(output);
  expect(bytes.toString('latin1', 10, 128)).toMatch(new RegExp(`'shape': \\(${String(faces)}, 128\\)`));
  expect(bytes.length - 10 - bytes.readUInt16LE(8)).toBe(files.length * 128 * 4);
});

test('a person who is removed for good leaves no vector', async () => {
  await embed();
  const { code } = await place.studio('purge', place.work, 'ann', '--yes', 'ann');
  expect(code).toBe(0);
  const embeddings = join(place.work, 'embeddings');
  const left: Buffer[] = [];
  for (const variant of await readdir(embeddings))
    for (const name of await readdir(join(embeddings, variant)))
      if (name.endsWith('.index')) left.push(await readFile(join(embeddings, variant, name)));
  const { faces } = await place.json<{ faces: unknown[] }>('list', place.work);
  expect(Buffer.concat(left).length / 48).toBeLessThanOrEqual(faces.length);
});
