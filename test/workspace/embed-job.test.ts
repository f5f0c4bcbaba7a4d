import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { EmbeddingJob, Job, StudioClient } from '../../src/contract/studio.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { alignAll, connectStudio, firstOf, jobWhen } from './service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Six calls of the engine. */
const FILES = 700;

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let log: string;
let starts = 0;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());

/** A service whose engine takes that long for each picture, with a log of its own: a killed one's engine may write a last line. */
const connect = (delayMs: number): void => {
  starts += 1;
  log = join(folder, `engine-${String(starts)}.log`);
  connection = connectStudio(fakes, folder, {
    FAKE_ENGINE_DELAY_MS: String(delayMs),
    FAKE_ENGINE_LOG: log,
  });
  studio = connection.client;
};
const reconnect = async (delayMs: number): Promise<void> => {
  await connection.process.stop();
  connect(delayMs);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embed-job-'));
  const photos = join(folder, 'photos');
  await mkdir(join(photos, 'ann'), { recursive: true });
  for (let file = 0; file < FILES; file += 1)
    await writeFile(join(photos, 'ann', `${String(file).padStart(4, '0')}.jpg`), `one ${String(file)}`);
  connect(0);
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
  await studio.workspace.addSource({ workspace, folder: photos, who: 'tester' });
  await alignAll(studio, workspace);
  await reconnect(2);
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The first snapshot of the embedding that is as `is` says. */
const embeddingWhen = async (is: (job: EmbeddingJob) => boolean): Promise<EmbeddingJob> => {
  const found = await jobWhen(studio, (job: Job) => job.kind === 'embed-workspace' && is(job));
  if (found.kind !== 'embed-workspace') throw new Error(`${found.id} embeds nothing.`);
  return found;
};
const embeddedPictures = async (): Promise<readonly string[]> =>
  (await readFile(log, 'utf8')).split('\n').filter((line) => line !== '');

const writtenVectors = async (name: string): Promise<Buffer> => {
  const path = join(folder, name);
  const stream = await studio.workspace.embed({ workspace, output: { path, format: 'npy' } });
  await firstOf(stream, ({ kind }) => kind === 'report');
  return readFile(path);
};

test('embedding a workspace is a job: paused it waits and keeps what was made, resumed it ends with every face', async () => {
  expect((await studio.workspace.vectors({ workspace })).counts).toEqual({
    faces: FILES,
    embedded: 0,
    failed: 0,
    waiting: FILES,
  });
  const { job: id } = await studio.workspace.startEmbed({ workspace });
  const running = await embeddingWhen(({ progress }) => progress.done > 0);
  expect(running).toMatchObject({
    id,
    workspace,
    model: 'face-api-128',
    state: 'running',
    progress: { total: FILES },
    actions: ['pause', 'cancel'],
  });
  await studio.jobs.pause({ job: id });
  const { counts } = await embeddingWhen(({ state }) => state === 'paused');
  expect(counts.embedded).toBeGreaterThan(0);
  expect(counts.waiting).toBeGreaterThan(0);
  expect((await studio.workspace.vectors({ workspace })).counts).toEqual(counts);
  await studio.jobs.resume({ job: id });
  const done = await embeddingWhen(({ state }) => state === 'succeeded');
  expect(done.counts).toEqual({ faces: FILES, embedded: FILES, failed: 0, waiting: 0 });
  expect(done.report).toMatchObject({ embedded: counts.waiting, fresh: counts.embedded, failed: 0 });
});

test('who asks while others do waits for one job, and no face is embedded twice', async () => {
  await studio.workspace.startEmbed({ workspace });
  const [first, second] = await Promise.all([writtenVectors('a.npy'), writtenVectors('b.npy')]);
  expect(first.equals(second)).toBe(true);
  const pictures = await embeddedPictures();
  expect(pictures).toHaveLength(FILES);
  expect(new Set(pictures).size).toBe(FILES);
});

test('who leaves cancels the job within a call, and what was made is kept', async () => {
  const leaving = new AbortController();
  const stream = await studio.workspace.embed({ workspace, output: null }, { signal: leaving.signal });
  await firstOf(stream, (event) => event.kind === 'progress' && event.progress.done > 0);
  leaving.abort();
  const { counts } = await embeddingWhen(({ state }) => state === 'cancelled');
  expect(counts.embedded).toBeGreaterThan(0);
  expect(counts.waiting).toBeGreaterThan(0);
  // What was in flight when it was cancelled is all that was begun beyond what is kept.
  expect((await embeddedPictures()).length).toBeLessThan(FILES);
  await studio.workspace.close({ workspace });
  expect((await studio.workspace.vectors({ workspace })).counts.embedded).toBe(counts.embedded);
});

test('who leaves does not cancel what somebody else ordered', async () => {
  await studio.workspace.startEmbed({ workspace });
  const leaving = new AbortController();
  const stream = await studio.workspace.embed({ workspace, output: null }, { signal: leaving.signal });
  await firstOf(stream, ({ kind }) => kind === 'progress');
  leaving.abort();
  const { state, counts } = await embeddingWhen(
    ({ state }) => state === 'succeeded' || state === 'cancelled',
  );
  expect(state).toBe('succeeded');
  expect(counts.embedded).toBe(FILES);
});

test('a service that was killed leaves an interrupted job, which goes on with the same vectors as if nothing had been', async () => {
  const { job: id } = await studio.workspace.startEmbed({ workspace });
  const { counts } = await embeddingWhen(({ progress }) => progress.done > 0);
  connection.process.kill();
  connect(0);
  expect(await embeddingWhen((job) => job.id === id)).toMatchObject({
    state: 'interrupted',
    workspace,
    actions: ['resume'],
  });
  await studio.jobs.resume({ job: id });
  const done = await embeddingWhen(({ state }) => state === 'succeeded');
  expect(done.counts).toEqual({ faces: FILES, embedded: FILES, failed: 0, waiting: 0 });
  expect(await embeddedPictures()).toHaveLength(done.report?.embedded ?? 0);
  expect(done.report?.fresh).toBeGreaterThanOrEqual(counts.embedded);
  const resumed = await writtenVectors('resumed.npy');
  await studio.workspace.close({ workspace });
  await rm(join(workspace, 'embeddings'), { recursive: true });
  await reconnect(0);
  expect((await writtenVectors('whole.npy')).equals(resumed)).toBe(true);
});

test('a face without a vector is counted and told of, and tried again when somebody asks for it', async () => {
  const bad = join(folder, 'photos', 'ann', '9999.jpg');
  await writeFile(bad, 'nan of nothing');
  await studio.workspace.scan({ workspace });
  await alignAll(studio, workspace);
  await studio.workspace.startEmbed({ workspace });
  const done = await embeddingWhen(({ state }) => state === 'succeeded');
  expect(done.counts).toEqual({ faces: FILES + 1, embedded: FILES, failed: 1, waiting: 0 });
  expect(done.log.map(({ message }) => message).join('\n')).toContain(`${bad}: `);
  await reconnect(0);
  await studio.workspace.startEmbed({ workspace });
  await embeddingWhen(({ state }) => state === 'succeeded');
  expect(await embeddedPictures()).toEqual([bad]);
});
