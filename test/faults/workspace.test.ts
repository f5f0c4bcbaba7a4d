import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditWrites } from './harness/audit.ts';
import { createBench, type Bench, type Command } from './harness/command.ts';
import { crashPoints } from './harness/crash-points.ts';
import { failingCalls } from './harness/failing-calls.ts';
import { powerCuts } from './harness/power-cuts.ts';
import { seedOfRun } from './harness/random.ts';
import { whyNoShim, whyNoTrace } from './harness/shim.ts';
import { buildFaultPrograms, type FaultPrograms } from './programs/build.ts';
import { WORKSPACE_COMMANDS, workspaceCommands, type WorkspaceCommand } from './workspace-commands.ts';

vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 300_000 });

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
// The keys of a literal record, whose type Object.keys forgets.
const names = [...(Object.keys(WORKSPACE_COMMANDS) as WorkspaceCommand[]), 'edits' as const];

describe.skipIf(whyNoShim() !== null)('a workspace, held against faults', () => {
  let bench: Bench;
  let programs: FaultPrograms;
  let commands: ReadonlyMap<WorkspaceCommand, Command>;

  beforeAll(async () => {
    programs = await buildFaultPrograms();
    bench = await createBench();
    commands = await workspaceCommands(bench, programs);
  });
  afterAll(async () => {
    await bench.remove();
    await programs.remove();
  });
  const command = (name: WorkspaceCommand): Command => {
    const found = commands.get(name);
    if (found === undefined) throw new Error(`There is no command ${name}.`);
    return found;
  };

  test.each(names)('%s, killed at a call that changes a file', async (name) => {
    const every = isLong ? 1 : 16;
    const first = 1 + (seedOfRun(`crash points of ${name}`) % every);
    const { tried, defects } = await crashPoints(bench, command(name), { every, first });
    console.log(`${name}: ${String(tried)} crash points`);
    expect(defects).toEqual([]);
    expect(tried).toBeGreaterThan(isLong ? 25 : 0);
  });

  test.each(names)('%s, and the power goes', async (name) => {
    const cuts = isLong ? 100 : 4;
    const seed = seedOfRun(`power cuts of ${name}`);
    const { tried, defects } = await powerCuts(bench, command(name), { cuts, seed });
    expect(defects).toEqual([]);
    expect(tried).toBe(cuts);
  });

  test.each(names)('%s, and a call fails, once or for ever', async (name) => {
    const seed = seedOfRun(`failing calls of ${name}`);
    const { tried, defects } = await failingCalls(bench, command(name), { every: isLong ? 3 : 97, seed });
    console.log(`${name}: ${String(tried)} failing calls`);
    expect(defects).toEqual([]);
    expect(tried).toBeGreaterThan(0);
  });

  const reads = ['add', 'scan', 'align'];
  test.skipIf(whyNoTrace() !== null).each(names)('%s never writes an original', async (name) => {
    const photos = join(bench.folder, 'photos');
    const { defects, reads: looks } = await auditWrites(bench, command(name), photos);
    expect(defects).toEqual([]);
    if (reads.includes(name)) expect(looks).toBeGreaterThan(2);
  });
});
