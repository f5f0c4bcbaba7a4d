import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi, type TestContext } from 'vitest';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { needShared } from '../support/shared.ts';
import { digestOf, run } from './program.ts';

// Whole programs are started several times, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const CLI = join(PROJECT_FOLDER, 'out', 'main', 'cli.js');

/** Loaded into every process and thread before its own program: ends the thread of the networks, as often as there are marks to take. */
const FAULT = `
import { rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
const RUNS_BEFORE = 5;
if (parentPort !== null && workerData?.weightsFile !== undefined) {
  let runs = 0;
  parentPort.on('message', () => {
    runs += 1;
    if (runs !== RUNS_BEFORE) return;
    for (let mark = 0; mark < 10; mark += 1) {
      try {
        rmSync(process.env['THREAD_MARKS'] + mark);
      } catch {
        continue;
      }
      process.exit(3);
    }
  });
}
`;

let folder: string;
let input: string;

beforeEach(async (context: TestContext) => {
  if (!existsSync(CLI)) context.skip('needs the build: npm run build');
  const photos = needShared(context, 'data', 'five-celebrity', 'train');
  folder = await mkdtemp(join(tmpdir(), 'thread-'));
  input = join(folder, 'photos');
  await cp(photos, input, { recursive: true });
  await writeFile(join(folder, 'fault.mjs'), FAULT);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Aligns into a folder of that name; the thread ends so many times. */
const align = async (name: string, ends: number) => {
  const marks = join(folder, 'mark-');
  for (let mark = 0; mark < ends; mark += 1) await writeFile(`${marks}${String(mark)}`, '');
  return run(CLI, ['align', input, join(folder, name), '--json', '--quiet'], {
    FACENET_STUDIO_HOME: join(folder, 'home'),
    THREAD_MARKS: marks,
    NODE_OPTIONS: `--import=${pathToFileURL(join(folder, 'fault.mjs')).href}`,
  });
};

const marksLeft = async (): Promise<number> =>
  (await readdir(folder)).filter((name) => name.startsWith('mark-')).length;

describe('when the thread of the networks ends', () => {
  test('the engine starts again, the photos under way are tried again, and the bytes are the same', async () => {
    expect((await align('whole', 0)).code).toBe(0);
    const { code, out, error } = await align('ended', 1);
    expect([code, await marksLeft()]).toEqual([0, 0]);
    expect(error).toBe('The engine ends, because its networks did: their thread is gone.\n');
    expect(JSON.parse(out)).toMatchObject({ failed: 0, skipped: 0 });
    expect(await readFile(join(folder, 'ended', 'ledger.jsonl'), 'utf8')).toBe(
      await readFile(join(folder, 'whole', 'ledger.jsonl'), 'utf8'),
    );
    const crops = async (name: string) =>
      (await digestOf(join(folder, name))).filter((line) => line.includes('.png'));
    expect(await crops('ended')).toEqual(await crops('whole'));
  });

  test('again and again, the work ends with one sentence, and the same command goes on', async () => {
    const { code, error } = await align('ended', 9);
    expect(code).toBe(1);
    expect(error).toMatch(/The engine crashed \d times and stays down: .* Run "facenet-studio doctor"\.\n$/);
    for (let mark = 0; mark < 9; mark += 1) await rm(join(folder, `mark-${String(mark)}`), { force: true });
    expect((await align('ended', 0)).code).toBe(0);
  });
});
