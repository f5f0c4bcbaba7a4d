import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { frozenGraph } from '../support/frozen-graph.ts';
import { startService, type RealService } from '../support/service.ts';
import { needShared } from '../support/shared.ts';

vi.setConfig({ testTimeout: 120_000 });

let home: string;
let service: RealService;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'facenet-studio-import-'));
  service = startService(home);
  await writeFile(join(home, '20170512-110547.pb'), frozenGraph({ embeddingSize: 128 }));
});
afterAll(async () => {
  await service.stop();
  await rm(home, { recursive: true });
});

const importFile = (file: string, rest: { id?: string; workspace?: string } = {}) =>
  service.client.models.import({ workspace: null, file, acceptsTerms: true, ...rest });

test('a model of the seed is imported once, with what is known of its pictures, and makes vectors', async (context) => {
  const file = join(home, '20170512-110547.pb');
  const { model, folder, isNew } = await importFile(file);
  expect(isNew).toBe(true);
  expect(model).toMatchObject({
    id: '20170512-110547',
    place: 'user',
    dimensions: 128,
    preprocessing: { inputSizePx: 160, standardisation: { kind: 'per-image' } },
  });
  expect((await readdir(folder)).sort()).toEqual(['model.json', 'weights.safetensors']);
  expect(await importFile(file)).toMatchObject({ isNew: false });
  const { models } = await service.client.models.list({ workspace: null });
  expect(models.map(({ id }) => id)).toEqual(['face-api-128', '20170512-110547']);
  const photo = needShared(context, 'data', 'lfw', 'Tony_Blair', 'Tony_Blair_0001.jpg');
  for await (const event of await service.client.embedding.compare({
    paths: [photo, photo],
    model: model.id,
  })) {
    if (event.kind !== 'report') continue;
    expect(event.report).toMatchObject({ dimensions: 128, failed: [], noFace: [] });
    expect(event.report.distances[0]?.[1]).toBeLessThan(1e-5);
  }
});

test('a file that is refused leaves nothing behind, and its sentence names the file and what it is', async () => {
  const file = join(home, 'classifier.pb');
  await writeFile(file, Buffer.from('\x80\x03csklearn.svm\nSVC\n.', 'latin1'));
  await expect(importFile(file)).rejects.toMatchObject({
    code: 'UNUSABLE',
    data: {
      message: expect.stringMatching(/classifier\.pb cannot be imported: it is a Python pickle/) as string,
    },
  });
  const names = await readdir(join(home, 'models')).catch(() => []);
  expect(names.filter((name) => name.includes('classifier'))).toEqual([]);
});

test('another model does not take the place of one with its id', async () => {
  const other = join(home, 'other.pb');
  await writeFile(other, frozenGraph({ embeddingSize: 16 }));
  await importFile(other, { id: 'mine' });
  await writeFile(other, frozenGraph({ embeddingSize: 17 }));
  await expect(importFile(other, { id: 'mine' })).rejects.toMatchObject({ code: 'UNUSABLE' });
  await expect(importFile(other, { id: '../mine' })).rejects.toMatchObject({ code: 'UNUSABLE' });
});

test('a model of a workspace is noted there, trained with nobody of it', async () => {
  const workspace = join(home, 'work');
  await service.client.workspace.create({ folder: workspace });
  const file = join(home, '20170512-110547.pb');
  expect(await importFile(file, { workspace, id: 'here' })).toMatchObject({ model: { place: 'workspace' } });
  expect(JSON.parse(await readFile(join(workspace, 'models', 'registry.json'), 'utf8'))).toEqual({
    format: 1,
    models: [{ name: 'here', identities: [], removed: 0 }],
  });
});
