import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { auditWrites } from './harness/audit.ts';
import { createBench, type Bench, type Command } from './harness/command.ts';
import { crashPoints } from './harness/crash-points.ts';
import { failingCalls } from './harness/failing-calls.ts';
import { powerCuts } from './harness/power-cuts.ts';
import { whyNoShim, whyNoTrace } from './harness/shim.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

/** One in so many failing calls is tried: enough to find what is planted. */
const ONE_IN = 13;

/** A job in a few lines: two files and one that says that they are done. `save` is how it writes a file. */
const jobThatSaves = (save: string): string => `
  import * as fs from 'node:fs';
  const save = (file, text) => { ${save} };
  try {
    fs.mkdirSync('disk/out', { recursive: true });
    for (const name of ['a', 'b']) if (!fs.existsSync('disk/out/' + name)) save('disk/out/' + name, name.repeat(9000));
    if (!fs.existsSync('disk/out/done')) save('disk/out/done', 'all');
    const folder = fs.openSync('disk', 'r');
    fs.fsyncSync(folder);
    console.log('done');
  } catch (error) {
    console.error('It could not be saved: ' + error.code + '.');
    process.exitCode = 1;
  }`;

const SOUND = `
  const part = 'disk/out/.part';
  const handle = fs.openSync(part, 'w');
  fs.writeFileSync(handle, text);
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  fs.renameSync(part, file);
  const folder = fs.openSync('disk/out', 'r');
  fs.fsyncSync(folder);
  fs.closeSync(folder);`;
const PLANTED = {
  writtenInPlace: 'fs.writeFileSync(file, text);',
  renamedBeforeSync: SOUND.replace('fs.fsyncSync(handle);', ''),
  folderNotSynced: SOUND.replace('fs.fsyncSync(folder);', ''),
  errorSwallowed: `try { ${SOUND} } catch {}`,
  toldWithAStack: `process.once('exit', (code) => { if (code !== 0) console.error(new Error('stack').stack); }); ${SOUND}`,
};

const job = (save: string): Command => ({
  argv: ['--input-type=module', '-e', jobThatSaves(save)],
  writes: 'disk',
  exitCodes: { whole: 0, stopped: 1 },
  async defects(folder, { said }) {
    const expected = { a: 'a'.repeat(9000), b: 'b'.repeat(9000), done: 'all' };
    const found = await Promise.all(
      Object.keys(expected).map((name) => readFile(join(folder, 'disk/out', name), 'utf8').catch(() => null)),
    );
    const isTorn = found.some((text, place) => text !== null && text !== Object.values(expected)[place]);
    const isDone = said.includes('done') || found[2] !== null;
    return [
      ...(isTorn ? ['a file is torn'] : []),
      ...(isDone && found.includes(null) ? ['what was done is missing'] : []),
    ];
  },
});

describe.skipIf(whyNoShim() !== null)('the harness', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await createBench();
  });
  afterAll(() => bench.remove());

  test('finds nothing wrong with a job that syncs before it renames', async () => {
    const sound = job(SOUND);
    const killed = await crashPoints(bench, sound);
    const failing = await failingCalls(bench, sound, { every: ONE_IN });
    const cut = await powerCuts(bench, sound, { cuts: 20, seed: 1 });
    expect([killed.defects, failing.defects, cut.defects]).toEqual([[], [], []]);
    expect([killed.tried, cut.tried]).toEqual([17, 20]);
    expect(failing.tried).toBeGreaterThan(8);
  });

  test('finds a file that is written in place, by a kill and by a power cut (A2, A3)', async () => {
    const torn = job(PLANTED.writtenInPlace);
    expect((await crashPoints(bench, torn)).defects.join()).toContain('a file is torn');
    expect((await powerCuts(bench, torn, { cuts: 12, seed: 1 })).defects.join()).toContain('a file is torn');
  });

  test('finds a rename before the sync, and a folder that is not synced, by power cuts alone (A3)', async () => {
    const early = job(PLANTED.renamedBeforeSync);
    expect((await crashPoints(bench, early, { every: 4 })).defects).toEqual([]);
    expect((await powerCuts(bench, early, { cuts: 12, seed: 1 })).defects.join()).toContain('a file is torn');
    const unsynced = job(PLANTED.folderNotSynced);
    expect((await powerCuts(bench, unsynced, { cuts: 12, seed: 1 })).defects.join()).toContain(
      'what was done is missing',
    );
  });

  test('finds an error that is swallowed, and one that is told as a stack (A4)', async () => {
    const swallowed = await failingCalls(bench, job(PLANTED.errorSwallowed), { every: ONE_IN });
    expect(swallowed.defects.join()).toContain('it ends with other bytes');
    const shown = await failingCalls(bench, job(PLANTED.toldWithAStack), { every: ONE_IN });
    expect(shown.defects.join()).toContain('it does not tell it in one sentence');
  });

  test.skipIf(whyNoTrace() !== null)('finds every call that touches an original (B1)', async () => {
    const root = join(bench.folder, 'originals');
    const photo = join(root, 'ä "photo"\n.jpg');
    await mkdir(root);
    const touches = [
      "fs.openSync(file, 'r+')",
      "fs.renameSync(file, file + '~'); fs.renameSync(file + '~', file)",
      'fs.chmodSync(file, 0o644)',
      'fs.utimesSync(file, 1, 1)',
      'fs.truncateSync(file, 1)',
      'fs.unlinkSync(file)',
      "fs.writeFileSync(file + '.new', '')",
    ];
    for (const touch of touches) {
      await writeFile(photo, 'photo');
      const script = `const fs = require('node:fs'); const file = ${JSON.stringify(photo)}; ${touch}`;
      const { defects } = await auditWrites(bench, { ...job(''), argv: ['-e', script] }, root);
      expect([touch, defects.join()]).toEqual([touch, expect.stringContaining('call: ') as string]);
      await rm(photo, { force: true });
    }
    await writeFile(photo, 'photo');
    const reading = { ...job(''), argv: ['-e', `require('node:fs').readFileSync(${JSON.stringify(photo)})`] };
    expect(await auditWrites(bench, reading, root)).toEqual({ defects: [], reads: 1 });
  });
});
