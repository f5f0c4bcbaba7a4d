import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listBackups } from '../../src/studio/backups/names.ts';
import { findDamage } from '../../src/studio/catalogue/check.ts';
import { migrate, schemaVersion } from '../../src/studio/catalogue/migrate.ts';
import { SCHEMA_VERSION } from '../../src/studio/catalogue/schema.ts';
import { catalogueLines } from '../../src/studio/edits/digest.ts';
import { putVersion, VERSIONS } from '../workspace/old-catalogue.ts';
import { createBench, type Bench, type Command } from './harness/command.ts';
import { crashPoints } from './harness/crash-points.ts';
import { failingCalls } from './harness/failing-calls.ts';
import { powerCuts } from './harness/power-cuts.ts';
import { seedOfRun } from './harness/random.ts';
import { whyNoShim } from './harness/shim.ts';
import { buildFaultPrograms, type FaultPrograms } from './programs/build.ts';
import { damagedBackups, withCopy } from './workspace-state.ts';

vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 300_000 });

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const WORK = 'disk/work';
const OLDER = VERSIONS.filter((version) => version < SCHEMA_VERSION);

/** The version of a catalogue, and what it holds by the tables of today: its copy is brought up to date to be read. */
const stateOf = (work: string): Promise<{ readonly version: number; readonly lines: string }> =>
  withCopy(work, (catalogue) => {
    const version = schemaVersion(catalogue);
    migrate(catalogue, () => undefined);
    return { version, lines: [...catalogueLines(catalogue)].join('\n') };
  });

describe.skipIf(whyNoShim() !== null).each(OLDER)(
  'bringing a catalogue of version %i up to date',
  (version) => {
    let bench: Bench;
    let programs: FaultPrograms;
    let command: Command;

    beforeAll(async () => {
      programs = await buildFaultPrograms();
      bench = await createBench();
      const stage = join(bench.folder, 'stage');
      await mkdir(stage, { recursive: true });
      await putVersion(join(stage, WORK), version);
      const { lines: held } = await stateOf(join(stage, WORK));
      command = {
        // Its folder is not there: it is offline afterwards, and some of it could not be looked at.
        argv: [programs.commandLine, 'scan', WORK],
        writes: 'disk',
        exitCodes: { whole: 3, stopped: 1 },
        environment: (folder) => ({ FACENET_STUDIO_HOME: join(folder, 'home') }),
        prepare: (folder) => cp(join(stage, 'disk'), join(folder, 'disk'), { recursive: true }),
        async digest(folder) {
          const state = await stateOf(join(folder, WORK));
          return [`version ${String(state.version)}`, state.lines];
        },
        async defects(folder, { whole }) {
          const work = join(folder, WORK);
          const damage = await withCopy(work, (catalogue) => findDamage(catalogue, 'integrity_check'));
          if (damage !== null) return [`the catalogue is damaged: ${damage}`];
          const state = await stateOf(work);
          const isKept = listBackups(join(work, 'backups')).some(({ reason }) =>
            reason.startsWith('before-version-'),
          );
          return [
            ...(state.lines === held || state.lines === whole[1] ? [] : ['what it holds is another']),
            ...(state.version === version || state.version === SCHEMA_VERSION
              ? []
              : ['it is brought half-way']),
            ...(state.version === version || isKept ? [] : ['it was touched before a backup was kept']),
            ...(await damagedBackups(work)),
          ];
        },
      };
    });
    afterAll(async () => {
      await bench.remove();
      await programs.remove();
    });

    test('killed at a call that changes a file', async () => {
      const every = isLong ? 1 : 5;
      const first = 1 + (seedOfRun(`crash points of version ${String(version)}`) % every);
      const { tried, defects } = await crashPoints(bench, command, { every, first });
      console.log(`version ${String(version)}: ${String(tried)} crash points`);
      expect(defects).toEqual([]);
      expect(tried).toBeGreaterThan(isLong ? 25 : 5);
    });

    test('and the power goes', async () => {
      const cuts = isLong ? 100 : 8;
      const seed = seedOfRun(`power cuts of version ${String(version)}`);
      const { tried, defects } = await powerCuts(bench, command, { cuts, seed });
      expect(defects).toEqual([]);
      expect(tried).toBe(cuts);
    });

    test('and a call fails, once or for ever', async () => {
      const seed = seedOfRun(`failing calls of version ${String(version)}`);
      const { tried, defects } = await failingCalls(bench, command, { every: isLong ? 3 : 37, seed });
      expect(defects).toEqual([]);
      expect(tried).toBeGreaterThan(0);
    });
  },
);
