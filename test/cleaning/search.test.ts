import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { SearchReport, SearchSubject } from '../../src/contract/workspace-search.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { alignAll, connectStudio } from '../workspace/service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PEOPLE = ['Ann', 'Ben', 'Cay'];
const FACES = 4;
const ALL = PEOPLE.length * FACES;

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'search-'));
  const photos = join(folder, 'photos');
  for (const name of PEOPLE) {
    await mkdir(join(photos, name), { recursive: true });
    for (let face = 0; face < FACES; face += 1)
      await writeFile(
        join(photos, name, `${String(face)}.jpg`),
        // One photo of Ann lies in Ben's folder.
        `like ${name === 'Ben' && face === 0 ? 'ann' : name.toLowerCase()} ${name} ${String(face)}`,
      );
  }
  connection = connectStudio(fakes, folder);
  studio = connection.client;
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
  await studio.workspace.addSource({ workspace, folder: photos, who: 'tester' });
  await alignAll(studio, workspace);
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

const search = async (subject: SearchSubject, makesVectors = true): Promise<SearchReport> => {
  const input = { workspace, subject, limit: 50, makesVectors };
  for await (const event of await studio.workspace.search(input))
    if (event.kind === 'report') return event.report;
  throw new Error('The search gave nothing.');
};
const listed = async () => (await studio.workspace.faces({ workspace })).faces;
const faceOf = async (file: string): Promise<number> =>
  (await listed()).find((face) => face.file === file)?.id ?? 0;
const identityOf = async (name: string): Promise<number> =>
  (await studio.workspace.identities({ workspace })).find((identity) => identity.name === name)?.id ?? 0;
/** The files that were found, nearest first. */
const filesOf = async ({ found }: SearchReport): Promise<readonly string[]> => {
  const files = new Map((await listed()).map(({ id, file }) => [id, file]));
  return (found ?? []).map(({ tile }) => files.get(tile.id) ?? '');
};
const picture = (text: string): SearchSubject => ({
  kind: 'picture',
  name: 'holiday.jpg',
  bytes: Buffer.from(text).toString('base64'),
});

describe('searching a workspace', () => {
  it('finds the faces nearest to a face, not itself, whoever they are said to be', async () => {
    const report = await search({ kind: 'face', face: await faceOf('Ann/1.jpg') });
    const files = await filesOf(report);
    expect(files.slice(0, FACES).sort()).toEqual(['Ann/0.jpg', 'Ann/2.jpg', 'Ann/3.jpg', 'Ben/0.jpg']);
    expect(files).toHaveLength(ALL - 1);
    const distances = report.found?.map(({ distance }) => distance) ?? [];
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    const { threshold } = report;
    if (threshold === null) throw new Error('The default model has a threshold.');
    expect(report.closer).toBe(distances.filter((distance) => distance < threshold).length);
  });

  it('finds faces that look like an identity and bear another name', async () => {
    const report = await search({ kind: 'identity', identity: await identityOf('Ann') });
    const files = await filesOf(report);
    expect(files[0]).toBe('Ben/0.jpg');
    expect(files.some((file) => file.startsWith('Ann/'))).toBe(false);
  });

  it('finds the faces nearest to the face in a picture, and keeps nothing of that', async () => {
    const report = await search(picture('like cay somewhere else'));
    const files = await filesOf(report);
    expect(files.slice(0, FACES).every((file) => file.startsWith('Cay/'))).toBe(true);
    expect(files).toHaveLength(ALL);
    const cached = await readdir(join(folder, 'home', 'cache')).catch(() => []);
    expect(cached.filter((name) => name.startsWith('search-') || name.startsWith('vectors-'))).toEqual([]);
  });

  it('makes no vectors unasked, and says of which face there is none', async () => {
    const face = await faceOf('Ann/1.jpg');
    expect(await search({ kind: 'face', face }, false)).toMatchObject({
      found: null,
      searched: 0,
      waiting: ALL,
    });
    await search({ kind: 'face', face });
    expect(await search({ kind: 'face', face }, false)).toMatchObject({ searched: ALL - 1, waiting: 0 });
  });

  it('finds no face that somebody left out since', async () => {
    const face = await faceOf('Ann/1.jpg');
    await search({ kind: 'face', face });
    const faces = [await faceOf('Ann/2.jpg')];
    const command = { kind: 'mark', selection: { faces }, state: 'not-a-face' } as const;
    await studio.workspace.edit({ workspace, command, who: 'tester' });
    expect(await filesOf(await search({ kind: 'face', face }))).not.toContain('Ann/2.jpg');
  });

  it('says why a picture cannot be searched by', async () => {
    await expect(search(picture('none'))).rejects.toThrow(/No face was found in holiday\.jpg/);
    await expect(search(picture('broken'))).rejects.toThrow(/^holiday\.jpg cannot be searched by/);
  });
});
