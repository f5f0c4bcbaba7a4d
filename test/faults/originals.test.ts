import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { alignCommand } from './align-command.ts';
import { auditWrites } from './harness/audit.ts';
import { createBench, type Bench, type Command } from './harness/command.ts';
import { whyNoShim, whyNoTrace } from './harness/shim.ts';
import { putPhotos } from './photos.ts';
import { buildFaultPrograms, type FaultPrograms } from './programs/build.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const why = whyNoTrace() ?? whyNoShim();
if (why !== null) console.log(`Skipped: ${why}.`);

/** The product as it is built, all its processes and its best engine. */
const PROGRAM = join(PROJECT_FOLDER, 'out', 'main', 'cli.js');

describe.skipIf(why !== null)('originals are only read', () => {
  let bench: Bench;
  let programs: FaultPrograms;
  let photos: string;

  beforeAll(async () => {
    programs = await buildFaultPrograms();
    bench = await createBench();
    photos = join(bench.folder, 'photos');
    await mkdir(photos);
    await putPhotos(photos);
  });
  afterAll(async () => {
    await bench.remove();
    await programs.remove();
  });

  const inHome = (argv: readonly string[], whole: number): Command => ({
    argv,
    writes: 'home',
    exitCodes: { whole, stopped: 1 },
    environment: (folder) => ({ FACENET_STUDIO_HOME: join(folder, 'home') }),
  });

  const audited = async (command: Command): Promise<void> => {
    const { defects, reads } = await auditWrites(bench, command, photos);
    expect(defects).toEqual([]);
    expect(reads).toBeGreaterThan((await readdir(photos, { recursive: true })).length);
  };

  test('by align', () => audited(alignCommand(PROGRAM, photos)));
  test('by detect', () => audited(inHome([PROGRAM, 'detect', photos, '--json', '--quiet'], 3)));
  test('by the service that windows and browsers open a folder with', () =>
    audited(inHome([programs.openFolder, photos], 0)));
});
