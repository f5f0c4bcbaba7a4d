import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { FolderJob, StudioClient } from '../../src/contract/studio.ts';
import { connectProcess, type ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());

const connect = (delayMs: number): void => {
  connection = connectProcess<StudioClient>({
    entry: fakes.studio,
    arguments: [`--root=${folder}`],
    environment: { FACENET_STUDIO_HOME: join(folder, 'home'), FAKE_ENGINE_DELAY_MS: String(delayMs) },
    restart: false,
  });
  studio = connection.client;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-'));
  await mkdir(join(folder, 'photos', 'ann'), { recursive: true });
  for (let index = 0; index < 200; index += 1) {
    await writeFile(
      join(folder, 'photos', 'ann', `${String(index).padStart(3, '0')}.jpg`),
      `${index % 4 === 0 ? 'none' : 'one'} ${String(index)}`,
    );
  }
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The first job that is as `is` says. */
const jobWhen = async (is: (job: FolderJob) => boolean): Promise<FolderJob> => {
  for await (const job of await studio.jobs.watch({})) if (job.kind === 'align' && is(job)) return job;
  throw new Error('The stream of jobs ended.');
};
const ALL = { filter: { statuses: [], search: '' }, offset: 0, limit: 1000 };

test('a folder that is opened is aligned, and its photos are told as they come', async () => {
  connect(1);
  const source = await studio.sources.open({ folder: join(folder, 'photos') });
  const counts: number[] = [];
  let images = 0;
  for await (const { counts: now } of await studio.photos.watch({ source: source.id })) {
    images = now.images;
    counts.push(now.pending);
    expect(now.aligned + now.noFace + now.failed + now.skipped + now.pending).toBe(now.images);
    if (now.images > 0 && now.pending === 0) break;
  }
  expect(images).toBe(200);
  const job = await jobWhen(({ state }) => state === 'succeeded');
  expect(job).toMatchObject({
    source: source.id,
    progress: { done: 200, total: 200 },
    counts: { aligned: 150, noFace: 50 },
  });
  const page = await studio.photos.list({
    source: source.id,
    ...ALL,
    filter: { statuses: ['noFace'], search: '' },
  });
  expect(page.total).toBe(50);
  expect(page.photos[0]).toMatchObject({
    id: 0,
    file: 'ann/000.jpg',
    identity: 'ann',
    reason: { code: 'no-face' },
  });
  const photo = await studio.photos.get({ source: source.id, photo: 1 });
  const crop = await studio.pictures.locate({
    kind: 'crop',
    source: source.id,
    photo: 1,
    face: photo.crops[0] ?? -1,
  });
  expect(crop.mimeType).toBe('image/png');
  expect((await readFile(crop.file)).length).toBe(20_000);
});

test('a job that is cancelled keeps what was done and is resumed', async () => {
  connect(10);
  await studio.sources.open({ folder: join(folder, 'photos') });
  const running = await jobWhen(({ state, progress }) => state === 'running' && progress.done > 10);
  await studio.jobs.cancel({ job: running.id });
  const cancelled = await jobWhen(({ state }) => state === 'cancelled');
  expect(cancelled.counts.pending).toBeGreaterThan(0);
  await studio.jobs.resume({ job: running.id });
  const done = await jobWhen(({ state }) => state === 'succeeded');
  expect(done.report?.unchanged).toBeGreaterThan(0);
});

test('a job that is paused keeps what was done, and waits even when its folder is opened again', async () => {
  connect(10);
  await studio.sources.open({ folder: join(folder, 'photos') });
  const running = await jobWhen(({ state, progress }) => state === 'running' && progress.done > 10);
  await studio.jobs.pause({ job: running.id });
  const paused = await jobWhen(({ state }) => state === 'paused');
  expect(paused.actions).toEqual(['resume', 'cancel']);
  await studio.sources.open({ folder: join(folder, 'photos') });
  expect((await jobWhen(() => true)).state).toBe('paused');
  await studio.jobs.resume({ job: running.id });
  const done = await jobWhen(({ state }) => state === 'succeeded');
  expect(done.report?.unchanged).toBeGreaterThan(0);
});

test('a folder that is opened with other settings while it is aligned begins anew with them, and the way back is short', async () => {
  connect(10);
  const photos = join(folder, 'photos');
  const first = await studio.sources.open({ folder: photos });
  await jobWhen(({ state, progress }) => state === 'running' && progress.done > 10);
  const watched = await studio.photos.watch({ source: first.id });
  const crop = { ...first.settings.crop, detectMultipleFaces: true };
  const second = await studio.sources.open({ folder: photos, settings: { ...first.settings, crop } });
  expect(second).toMatchObject({ id: first.id, settings: { crop } });
  expect(second.output).not.toBe(first.output);
  let lastTold = -1;
  for await (const { counts } of watched) lastTold = counts.aligned; // It ends by itself.
  expect(lastTold).toBeGreaterThanOrEqual(0);
  const done = await jobWhen(({ state }) => state === 'succeeded');
  expect(done.report?.ledger).toContain(second.output);
  expect(done.counts).toMatchObject({ images: 200, pending: 0 });
  const again = await studio.sources.open({ folder: photos, settings: first.settings });
  expect(again.output).toBe(first.output);
  const back = await jobWhen(
    ({ state, report }) => state === 'succeeded' && report?.ledger.startsWith(first.output) === true,
  );
  expect(back.report?.unchanged).toBeGreaterThan(10);
});

test('a service that is killed shows the job as interrupted when it comes back, with the photos that were done', async () => {
  connect(5);
  const source = await studio.sources.open({ folder: join(folder, 'photos') });
  await jobWhen(({ state, progress }) => state === 'running' && progress.done > 30);
  connection.process.kill();
  await connection.process.stop();
  connect(0);
  const interrupted = await jobWhen(({ state }) => state === 'interrupted');
  expect((await studio.photos.list({ source: source.id, ...ALL })).total).toBeGreaterThan(30);
  await studio.jobs.resume({ job: interrupted.id });
  const done = await jobWhen(({ state }) => state === 'succeeded');
  expect(done.counts.images).toBe(200);
});

test('ending the stream of an alignment cancels it', async () => {
  connect(10);
  const abort = new AbortController();
  const crop = { style: 'box', imageSizePx: 182, marginPx: 44, detectMultipleFaces: false } as const;
  const request = {
    input: join(folder, 'photos'),
    output: join(folder, 'crops'),
    settings: { detect: {}, crop },
  };
  const consume = async (): Promise<void> => {
    for await (const job of await studio.align.run(request, { signal: abort.signal }))
      if (job.progress.done > 5) abort.abort();
  };
  await consume().catch(() => undefined); // How an ended stream rejects is not promised.
  const job = await jobWhen(({ state }) => state !== 'queued' && state !== 'running');
  expect(job.state).toBe('cancelled');
});

test('the samples are opened with one call, and the engine tells what it is', async () => {
  connect(0);
  expect(await studio.samples.describe({})).toMatchObject({ photos: 6 });
  const source = await studio.samples.open({});
  expect(source.isSample).toBe(true);
  expect((await jobWhen(({ state }) => state === 'succeeded')).counts.images).toBe(6);
  for await (const state of await studio.engine.watch({})) {
    if (state.state !== 'ready') continue;
    expect(state.info.libraries[0]?.name).toBe('fake');
    break;
  }
  expect((await studio.folders.roots({}))[0]?.path).toContain('service-');
});

test('an engine that cannot be had is told, and the next one asked for is had', async () => {
  connect(0);
  await expect(studio.engine.describe({ choice: 'gpu' })).rejects.toMatchObject({ code: 'FAILED' });
  expect((await studio.engine.describe({ choice: 'cpu' })).backend).toBe('wasm');
});

test('what is unknown or unusable is told as such', async () => {
  connect(0);
  await expect(studio.photos.get({ source: 'x', photo: 0 })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(studio.jobs.cancel({ job: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(studio.sources.open({ folder: join(folder, 'gone') })).rejects.toMatchObject({
    code: 'UNUSABLE',
  });
});
