import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createOwners } from '../../src/studio/align/owner.ts';
import { findDamage } from '../../src/studio/catalogue/check.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { redo, undo } from '../../src/studio/edits/edit.ts';
import { lastSequence } from '../../src/studio/edits/journal.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace } from '../../src/studio/workspace/open.ts';
import { buildPrograms, type BuiltFolder } from '../support/build-programs.ts';
import { smallDataset, WHO } from './dataset.ts';

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const KILLS = isLong ? 200 : 25;
const LONGEST_LIFE_MS = 120;

let programs: BuiltFolder;
let folder: string;
beforeAll(async () => {
  programs = await buildPrograms({ editor: 'test/workspace/editor.ts' });
});
afterAll(() => programs.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kill-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async () => openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });

type Said = { readonly sequence: number; readonly digest: string };

const lastSaid = (text: string): Said => {
  // A line that the kill cut off was not said.
  const [, sequence = '', digest = ''] =
    text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1)?.split(' ') ?? [];
  return { sequence: Number(sequence), digest };
};

/** Runs the editor and kills it some time after it began; gives the last step that it said was done. */
const editAndKill = async (seed: number): Promise<Said> => {
  const child = spawn(process.execPath, [programs.program('editor'), folder, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => {
      reject(new Error('The editor ended by itself.'));
    });
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
      if (text.includes('\n')) resolve();
    });
  });
  await delay((seed * 7919) % LONGEST_LIFE_MS);
  child.kill('SIGKILL');
  await ended;
  return lastSaid(text);
};

test(`${String(KILLS)} kills lose no step that was said to be done, and history goes on`, async () => {
  await createWorkspace(folder);
  const first = await open();
  smallDataset(first.catalogue);
  await first.close();
  let steps = 0;
  for (let seed = 1; seed <= KILLS; seed += 1) {
    const said = await editAndKill(seed);
    steps += said.sequence;
    const workspace = await open();
    const { catalogue } = workspace;
    expect(findDamage(catalogue, 'integrity_check')).toBeNull();
    const kept = lastSequence(catalogue);
    // One more step may have been written and not yet said.
    expect([said.sequence, said.sequence + 1]).toContain(kept);
    if (kept === said.sequence) expect(catalogueDigest(catalogue), `seed ${String(seed)}`).toBe(said.digest);
    await workspace.close();
  }
  expect(steps).toBeGreaterThan(KILLS);
  const workspace = await open();
  const editing = { catalogue: workspace.catalogue, faces: workspace.faces(), now: Date.now };
  const end = catalogueDigest(workspace.catalogue);
  let undone = 0;
  while (undo(editing, WHO) !== null) undone += 1;
  expect(undone).toBeGreaterThan(0);
  expect(workspace.catalogue.all('SELECT * FROM decisions')).toEqual([]);
  for (let step = 0; step < undone; step += 1) redo(editing, WHO);
  expect(catalogueDigest(workspace.catalogue)).toBe(end);
  await workspace.close();
}, 300_000);
