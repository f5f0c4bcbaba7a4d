import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditWrites } from './harness/audit.ts';
import { createBench, runCommand, type Bench, type Command } from './harness/command.ts';
import { crashPoints } from './harness/crash-points.ts';
import { failingCalls } from './harness/failing-calls.ts';
import { powerCuts } from './harness/power-cuts.ts';
import { seedOfRun } from './harness/random.ts';
import { whyNoShim, whyNoTrace } from './harness/shim.ts';
import { putPhotos } from './photos.ts';
import { buildFaultPrograms, type FaultPrograms } from './programs/build.ts';

vi.setConfig({ testTimeout: 1_200_000, hookTimeout: 300_000 });

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const why = whyNoShim();
const OUTPUT = 'disk/out';

describe.skipIf(why !== null)('exporting, held against faults', () => {
  let bench: Bench;
  let programs: FaultPrograms;
  let photos: string;
  let work: string;

  const withHome = (argv: readonly string[]): Command => ({
    argv,
    writes: 'disk',
    exitCodes: { whole: 0, stopped: 1 },
    environment: (folder) => ({ FACENET_STUDIO_HOME: join(folder, 'home') }),
  });
  /** Some crops are copied, and with another size all are cut out of the originals. */
  const exporting = (...more: readonly string[]): Command =>
    withHome([programs.exportOnce, OUTPUT, 'export', work, OUTPUT, '--quiet', ...more]);

  beforeAll(async () => {
    programs = await buildFaultPrograms();
    bench = await createBench();
    photos = join(bench.folder, 'photos');
    work = join(bench.folder, 'work');
    await mkdir(photos);
    await putPhotos(photos);
    for (const args of [
      ['init', work],
      ['add', work, photos],
      ['align', work, '--quiet'],
    ])
      await runCommand(withHome([programs.commandLine, ...args]), bench.folder);
  });
  afterAll(async () => {
    await rm(work, { recursive: true, force: true });
    await bench.remove();
    await programs.remove();
  });

  test.each([
    ['copied', []],
    ['cut out of the originals', ['--size', '48']],
  ] as const)(
    'killed at any call that changes a file, an export with crops %s is complete or absent',
    async (_, more) => {
      const { tried, defects } = await crashPoints(bench, exporting(...more), { every: isLong ? 1 : 2 });
      console.log(`crash points: ${String(tried)}`);
      expect(defects).toEqual([]);
      expect(tried).toBeGreaterThan(10);
    },
  );

  test('a call that fails, once or for ever, is one sentence or none, and leaves nothing half-written', async () => {
    const seed = seedOfRun('failing calls');
    const { tried, defects } = await failingCalls(bench, exporting(), { every: isLong ? 1 : 9, seed });
    console.log(`failing calls: ${String(tried)}`);
    expect(defects).toEqual([]);
    expect(tried).toBeGreaterThan(20);
  });

  test('the power may go at any moment: an export that has its name is complete', async () => {
    const cuts = isLong ? 200 : 40;
    const { tried, defects } = await powerCuts(bench, exporting(), { cuts, seed: seedOfRun('power cuts') });
    expect(defects).toEqual([]);
    expect(tried).toBe(cuts);
  });

  test.skipIf(whyNoTrace() !== null)('originals are only read', async () => {
    const { defects, reads } = await auditWrites(bench, exporting('--size', '48'), photos);
    expect(defects).toEqual([]);
    expect(reads).toBeGreaterThan(2);
  });
});
