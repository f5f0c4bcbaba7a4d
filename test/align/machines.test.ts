import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { digestOf, run, start, type Started } from './program.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const PHOTOS = 320;

let fakes: BuiltFakes;
let folder: string;
let input: string;
let output: string;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'machines-'));
  input = join(folder, 'photos');
  output = join(folder, 'crops');
  for (let index = 0; index < PHOTOS; index += 1) {
    const file = join(input, `person ${String(index % 7)}`, `${String(index)}.jpg`);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `one ${String(index)}`);
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const command = (): string[] => ['align', input, output, '--json', '--quiet'];

const environmentOf = (host: string, delayMs: number): Record<string, string> => ({
  FACENET_STUDIO_HOME: join(folder, 'home'),
  FAKE_HOST: host,
  FAKE_ENGINE_DELAY_MS: String(delayMs),
  FAKE_ENGINE_LOG: join(folder, 'log'),
});

/** Aligns as a machine of that name, each photo in `delayMs`: 64 of them make a claim. */
const startOn = (host: string, delayMs: number): Started =>
  start(fakes.cli, command(), environmentOf(host, delayMs));

const uninterrupted = async (): Promise<readonly string[]> => {
  expect((await run(fakes.cli, command(), { FACENET_STUDIO_HOME: join(folder, 'home') })).code).toBe(0);
  const digest = await digestOf(output);
  await rm(output, { recursive: true });
  return digest;
};

const worked = async (): Promise<readonly string[]> =>
  (await readFile(join(folder, 'log'), 'utf8')).trimEnd().split('\n');

const untilCropsAre = async (count: number): Promise<void> => {
  let found = 0;
  while (found < count) {
    await delay(20);
    const names = await readdir(output, { recursive: true }).catch(() => []);
    found = names.filter((name) => name.endsWith('.png')).length;
  }
};

describe('two machines in one output folder', () => {
  test('leave each other what a living one does, however long it takes', async () => {
    const expected = await uninterrupted();
    // A claim of 64 photos takes twice the time after which a silent machine is taken for dead.
    const both = await Promise.all([startOn('ann', 60).ended, startOn('bob', 60).ended]);
    expect(both.map(({ code, error }) => [code, error])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const photos = await worked();
    expect([photos.length, new Set(photos).size]).toEqual([PHOTOS, PHOTOS]);
    expect(await digestOf(output)).toEqual(expected);
  });

  test('take over from one that died with its claims', async () => {
    const expected = await uninterrupted();
    const ann = startOn('ann', 20);
    await untilCropsAre(60);
    ann.killAll();
    await ann.ended;
    const { code, error } = await startOn('bob', 0).ended;
    expect([code, error]).toEqual([0, '']);
    expect(await digestOf(output)).toEqual(expected);
    expect(await readdir(output)).not.toContain('.facenet-studio');
  });

  test('are not disturbed by one that was taken for dead and comes back', async () => {
    const expected = await uninterrupted();
    const ann = startOn('ann', 20);
    await untilCropsAre(60);
    process.kill(-ann.pid, 'SIGSTOP');
    const bob = await startOn('bob', 0).ended;
    expect([bob.code, bob.error]).toEqual([0, '']);
    process.kill(-ann.pid, 'SIGCONT');
    const { code, error } = await ann.ended;
    expect([code, error]).toEqual([0, '']);
    expect(await digestOf(output)).toEqual(expected);
    expect(await readdir(output)).not.toContain('.facenet-studio');
  });
});
