import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, type TestContext, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { needShared } from '../support/shared.ts';
import { digestOf, run, start } from './program.ts';

// Whole programs are started many times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const CLI = join(PROJECT_FOLDER, 'out', 'main', 'cli.js');

let folder: string;
let crops: string;
let environment: Record<string, string>;

beforeEach(async (context) => {
  if (!existsSync(CLI)) context.skip('needs the build: npm run build');
  folder = await mkdtemp(join(tmpdir(), 'photos-'));
  crops = join(folder, 'crops');
  environment = { FACENET_STUDIO_HOME: join(folder, 'home') };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const align = (input: string, ...more: readonly string[]) =>
  run(CLI, ['align', input, crops, '--json', '--quiet', ...more], environment);

/** A copy of the photos that may be looked at for changes. */
const copyOf = async (context: TestContext, ...parts: readonly string[]): Promise<string> => {
  const input = join(folder, 'photos');
  await cp(needShared(context, ...parts), input, { recursive: true });
  return input;
};

const CROPS_BETWEEN_KILLS = 10;
const cropCount = async (): Promise<number> => {
  try {
    return (await readdir(crops, { recursive: true })).filter((name) => /^[^.]*\/[^.].*\.png$/.test(name))
      .length;
  } catch {
    // Not made yet.
    return 0;
  }
};

describe('real photos', () => {
  test('of five people are all aligned, and the originals keep every byte and time', async (context) => {
    const input = await copyOf(context, 'data', 'five-celebrity');
    const list = () => execFileSync('find', [input, '-printf', '%p %T@ %m %s\n']).toString();
    const before = [list(), await digestOf(input)];
    const { code, out } = await align(input);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ images: 118, aligned: 118, noFace: 0, failed: 0, skipped: 0 });
    expect((await readdir(crops, { recursive: true })).filter((name) => name.endsWith('.png'))).toHaveLength(
      118,
    );
    expect([list(), await digestOf(input)]).toEqual(before);
  });

  test('with every face kept give the second persons of the pictures too', async (context) => {
    const input = needShared(context, 'data', 'five-celebrity', 'train');
    const { out } = await align(input, '--detect_multiple_faces', 'True');
    const report = JSON.parse(out) as { images: number; faces: number; crops: number }; // the command's own format
    expect(report.crops).toBeGreaterThan(report.images);
    expect(report.crops).toBeLessThanOrEqual(report.faces);
  });

  test('in every format are read, and files that are none are told', async (context) => {
    const input = needShared(context, 'data', 'formats');
    const { code } = await align(input);
    expect(code).toBe(3);
    const lines = (await readFile(join(crops, 'ledger.jsonl'), 'utf8')).trimEnd().split('\n');
    const told = Object.fromEntries(
      lines.map((line) => {
        const { file, status } = JSON.parse(line) as { file: string; status: string }; // the ledger's own format
        return [file, status];
      }),
    );
    for (const extension of ['bmp', 'gif', 'ico', 'jpeg', 'png', 'tiff', 'webp'])
      expect(told[`einstein.${extension}`]).toBe('aligned');
    expect(told).toMatchObject({
      'empty.png': 'failed',
      'corrupted.png': 'failed',
      'expected.json': 'skipped',
    });
    expect(Object.keys(told)).toHaveLength((await readdir(input)).length);
  });

  test('killed three times end with the bytes of an uninterrupted run', async (context) => {
    const input = needShared(context, 'data', 'five-celebrity');
    expect((await align(input)).code).toBe(0);
    const expected = await digestOf(crops);
    await rm(crops, { recursive: true });
    for (let kill = 0; kill < 3; kill += 1) {
      const before = await cropCount();
      const program = start(CLI, ['align', input, crops, '--quiet'], environment);
      // In the midst of it, however fast the machine is.
      while ((await cropCount()) < before + CROPS_BETWEEN_KILLS) await delay(2);
      program.killAll();
      await program.ended;
    }
    expect((await align(input)).code).toBe(0);
    expect(await digestOf(crops)).toEqual(expected);
  });

  test('aligned by two processes at once end with the bytes of one', async (context) => {
    const input = needShared(context, 'data', 'five-celebrity');
    expect((await align(input)).code).toBe(0);
    const expected = await digestOf(crops);
    await rm(crops, { recursive: true });
    const both = await Promise.all([align(input), align(input, '--random-order')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(await digestOf(crops)).toEqual(expected);
  });
});
