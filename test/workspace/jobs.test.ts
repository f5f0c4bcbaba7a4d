import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { Job, StudioClient } from '../../src/contract/studio.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { connectStudio, jobWhen } from './service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const FILES = 300;

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());

const connect = (delayMs: number): void => {
  connection = connectStudio(fakes, folder, { FAKE_ENGINE_DELAY_MS: String(delayMs) });
  studio = connection.client;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  const photos = join(folder, 'photos');
  await mkdir(join(photos, 'ann'), { recursive: true });
  for (let file = 0; file < FILES; file += 1)
    await writeFile(
      join(photos, 'ann', `${String(file).padStart(4, '0')}.jpg`),
      `${file % 3 === 0 ? 'none' : 'one'} ${String(file)}`,
    );
  connect(2);
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
  await studio.workspace.addSource({ workspace, folder: photos, who: 'tester' });
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

const said = ({ log }: Job): readonly string[] => log.map(({ message }) => message);
const isAt = (done: number) => (job: Job) => job.progress.done >= done;

test('aligning a workspace is a job: paused it waits and keeps what was done, resumed it ends with every file', async () => {
  const { job: id } = await studio.workspace.startAlign({ workspace });
  const running = await jobWhen(studio, isAt(40));
  expect(running).toMatchObject({
    id,
    kind: 'align-workspace',
    workspace,
    state: 'running',
    progress: { total: FILES },
    actions: ['pause', 'cancel'],
  });
  await studio.jobs.pause({ job: id });
  const paused = await jobWhen(studio, ({ state }) => state === 'paused');
  expect(paused.actions).toEqual(['resume', 'cancel']);
  const { statuses } = await studio.workspace.status({ workspace });
  expect(statuses.pending).toBeGreaterThan(0);
  expect(statuses.pending).toBeLessThan(FILES);
  // Asking once more is no reason to go on: somebody paused it.
  await studio.workspace.startAlign({ workspace });
  expect((await jobWhen(studio, () => true)).state).toBe('paused');
  await studio.jobs.resume({ job: id });
  const done = await jobWhen(studio, ({ state }) => state === 'succeeded');
  expect(done).toMatchObject({ counts: { aligned: 200, noFace: 100, pending: 0 } });
  expect(done.progress.total).toBe(statuses.pending);
  expect(said(done).filter((line) => !line.startsWith('The engine'))).toEqual([
    'Started.',
    'Paused. What was done is kept.',
    'Resumed.',
    'Started.',
    'Done.',
  ]);
});

test('what was resumed before it had stopped goes on', async () => {
  const { job: id } = await studio.workspace.startAlign({ workspace });
  await jobWhen(studio, isAt(20));
  await Promise.all([studio.jobs.pause({ job: id }), studio.jobs.resume({ job: id })]);
  const done = await jobWhen(studio, ({ state }) => state === 'succeeded');
  expect(said(done)).toContain('Paused. What was done is kept.');
});

test('a workspace that is closed while it is aligned is let go when the job has ended', async () => {
  await studio.workspace.startAlign({ workspace });
  await jobWhen(studio, isAt(20));
  await studio.workspace.close({ workspace });
  const lock = () => readFile(join(workspace, 'lock.json'), 'utf8').catch(() => null);
  expect(await lock()).not.toBeNull();
  expect(await jobWhen(studio, ({ state }) => state === 'succeeded')).toMatchObject({
    counts: { pending: 0 },
  });
  await vi.waitFor(async () => expect(await lock()).toBeNull());
});

test('jobs and their counts are remembered over a restart, and one that was killed is taken up where it was', async () => {
  const { job: id } = await studio.workspace.startAlign({ workspace });
  await jobWhen(studio, isAt(60));
  connection.process.kill();
  connect(0);
  const interrupted = await jobWhen(studio, (job) => job.id === id);
  expect(interrupted).toMatchObject({ state: 'interrupted', workspace, actions: ['resume'] });
  await studio.jobs.resume({ job: id });
  const done = await jobWhen(studio, ({ state }) => state === 'succeeded');
  expect(done.progress.total).toBeLessThanOrEqual(FILES - 60);
  await connection.process.stop();
  connect(0);
  const kept = await jobWhen(studio, (job) => job.id === id);
  expect(kept).toEqual({ ...done, revision: kept.revision });
});
