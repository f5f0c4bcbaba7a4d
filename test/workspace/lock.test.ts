import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { alignAll, connectStudio, firstOf } from './service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const WHO = 'tester';

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let first: ProcessConnection<StudioClient>;
let second: ProcessConnection<StudioClient>;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
  await mkdir(join(folder, 'photos', 'ann'), { recursive: true });
  for (const name of ['1', '2', '3'])
    await writeFile(join(folder, 'photos', 'ann', `${name}.jpg`), `one ${name}`);
  first = connectStudio(fakes, folder);
  second = connectStudio(fakes, folder);
  ({ folder: workspace } = await first.client.workspace.create({ folder: join(folder, 'work') }));
  await first.client.workspace.open({ workspace, access: 'write' });
  await first.client.workspace.addSource({ workspace, folder: join(folder, 'photos'), who: WHO });
  await alignAll(first.client, workspace);
});
afterEach(async () => {
  await Promise.all([first.process.stop(), second.process.stop()]);
  await rm(folder, { recursive: true, force: true });
});

/** Kills it with -9, and waits until the system has noticed. */
const killFirst = async (): Promise<void> => {
  first.process.kill();
  await first.process.stop();
};
const mark = (studio: StudioClient, state: 'confirmed' | 'rejected') =>
  studio.workspace.edit({
    ...{ workspace, who: WHO },
    command: { kind: 'mark', selection: { faces: [1] }, state },
  });

test('a second instance is told who writes, and can read and follow what is written', async () => {
  const refusal = new RegExp(
    `^The workspace .* is in use by process \\d+ on ${hostname()}: close it there first\\. It can be read`,
  );
  await expect(second.client.workspace.open({ workspace, access: 'write' })).rejects.toThrow(refusal);
  expect(await second.client.workspace.open({ workspace, access: 'read' })).toMatchObject({
    isReadOnly: true,
  });
  await expect(mark(second.client, 'rejected')).rejects.toThrow(refusal);
  const stream = await second.client.workspace.watch({ workspace });
  await mark(first.client, 'confirmed');
  const told = await firstOf(stream, ({ status }) => status.states['confirmed'] === 1);
  expect(told.status).toMatchObject({ isReadOnly: true, undo: 'Marked 1 face as confirmed.' });
  await first.client.workspace.close({ workspace });
  expect(await second.client.workspace.open({ workspace, access: 'write' })).toMatchObject({
    isReadOnly: false,
  });
});

test('the lock of a process that was killed is taken over at once, with everything that it said was done', async () => {
  await mark(first.client, 'rejected');
  await killFirst();
  expect(await second.client.workspace.open({ workspace, access: 'write' })).toMatchObject({
    isReadOnly: false,
  });
  const status = await second.client.workspace.status({ workspace });
  expect(status).toMatchObject({ files: 3, states: { rejected: 1 }, undo: 'Marked 1 face as rejected.' });
});

test('of two instances that want to write at the same moment one does', async () => {
  await killFirst();
  const third = connectStudio(fakes, folder);
  const answers = await Promise.allSettled(
    [second, third].map(({ client }) => client.workspace.open({ workspace, access: 'write' })),
  );
  await third.process.stop();
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
