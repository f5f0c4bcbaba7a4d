import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { alignCommand } from './align-command.ts';
import { createBench, type Bench, type Command } from './harness/command.ts';
import { crashPoints } from './harness/crash-points.ts';
import { failingCalls } from './harness/failing-calls.ts';
import { powerCuts } from './harness/power-cuts.ts';
import { seedOfRun } from './harness/random.ts';
import { whyNoShim } from './harness/shim.ts';
import { putPhotos } from './photos.ts';
import { buildFaultPrograms, type FaultPrograms } from './programs/build.ts';

vi.setConfig({ testTimeout: 1_200_000, hookTimeout: 300_000 });

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const why = whyNoShim();

describe.skipIf(why !== null)('aligning, held against faults', () => {
  let bench: Bench;
  let programs: FaultPrograms;
  let command: Command;

  beforeAll(async () => {
    programs = await buildFaultPrograms();
    bench = await createBench();
    const photos = join(bench.folder, 'photos');
    await mkdir(photos);
    await putPhotos(photos);
    command = alignCommand(programs.commandLine, photos);
  });
  afterAll(async () => {
    await bench.remove();
    await programs.remove();
  });

  test('killed at every call that changes a file, and given again, it ends with the same bytes', async () => {
    const { tried, defects } = await crashPoints(bench, command);
    console.log(`crash points: ${String(tried)}`);
    expect(defects).toEqual([]);
    expect(tried).toBeGreaterThan(60);
  });

  test('a call that fails, once or for ever, is one sentence or none, and spoils nothing', async () => {
    const seed = seedOfRun('failing calls');
    const { tried, defects } = await failingCalls(bench, command, { every: isLong ? 1 : 13, seed });
    console.log(`failing calls: ${String(tried)}`);
    expect(defects).toEqual([]);
    expect(tried).toBeGreaterThan(50);
  });

  test('the power may go at any moment: nothing torn is visible, and what was said to be done is there', async () => {
    const { tried, defects } = await powerCuts(bench, command, {
      cuts: isLong ? 200 : 60,
      seed: seedOfRun('power cuts'),
    });
    expect(defects).toEqual([]);
    expect(tried).toBe(isLong ? 200 : 60);
  });
});
