import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOwners } from '../../src/studio/align/owner.ts';
import { checkBackups, previewRestore } from '../../src/studio/backups/check.ts';
import { addBackup } from '../../src/studio/backups/keep.ts';
import { listBackups } from '../../src/studio/backups/names.ts';
import { restoreBackup } from '../../src/studio/backups/restore.ts';
import { applyEdit, undo, type Editing } from '../../src/studio/edits/edit.ts';
import { noteVerify, readLastVerify } from '../../src/studio/verify/last.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import {
  findToRestore,
  findWorkspace,
  openWorkspace,
  type Workspace,
} from '../../src/studio/workspace/open.ts';
import type { WorkspacePaths } from '../../src/studio/workspace/paths.ts';
import { addFiles, alignFiles, smallDataset, WHO } from './dataset.ts';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let paths: WorkspacePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'restore-'));
  await createWorkspace(folder);
  paths = await findWorkspace(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = (): Promise<Workspace> => openWorkspace(paths, createOwners(), { isReadOnly: false });
const editingOf = (workspace: Workspace): Editing => ({
  catalogue: workspace.catalogue,
  faces: workspace.faces(),
  now: Date.now,
});
const reject = (workspace: Workspace, face: number): void => {
  applyEdit(editingOf(workspace), { kind: 'mark', selection: { faces: [face] }, state: 'rejected' }, WHO);
};

/** A workspace with a backup that was made after one of three rejections. */
const withBackup = async (): Promise<{ readonly workspace: Workspace; readonly backup: string }> => {
  const workspace = await open();
  smallDataset(workspace.catalogue);
  reject(workspace, 1);
  const { name } = await addBackup(paths, { atMs: Date.UTC(2026, 0, 1), reason: 'by-hand' });
  return { workspace, backup: name };
};

test('nothing would be lost by restoring a backup of what is there', async () => {
  const { workspace, backup } = await withBackup();
  expect(await previewRestore(paths, backup)).toMatchObject({
    damage: null,
    presentDamage: null,
    stepsLost: 0,
    labels: [],
    stepsBack: 0,
    photosSince: 0,
  });
  await workspace.close();
});

test('steps and photos since the backup are what would be lost, the newest named first', async () => {
  const { workspace, backup } = await withBackup();
  const { catalogue } = workspace;
  reject(workspace, 2);
  applyEdit(editingOf(workspace), { kind: 'rename', identity: 2, name: 'Robert' }, WHO);
  undo(editingOf(workspace), WHO);
  addFiles(catalogue, 1, ['eve/new.jpg']);
  workspace.faces().refresh(alignFiles(catalogue, new Map([['eve/new.jpg', ['eve new', 1]]])));
  const view = await previewRestore(paths, backup);
  expect(view).toMatchObject({ stepsLost: 3, stepsBack: 0, photosSince: 1 });
  expect(view.labels).toHaveLength(2);
  expect(view.labels[0]).toMatch(/Robert/);
  expect(view.labels[1]).toMatch(/rejected/);
  await workspace.close();

  // After the restore it is the other way round for what was kept.
  const { kept } = await restoreBackup(paths, backup, Date.UTC(2026, 0, 2));
  const again = await open();
  reject(again, 3);
  await again.close();
  expect(await previewRestore(paths, kept ?? '')).toMatchObject({
    stepsLost: 1,
    stepsBack: 3,
    photosSince: 0,
  });
});

test('a backup that is damaged, one of a damaged catalogue, and one of a catalogue that is gone say so', async () => {
  const { workspace, backup } = await withBackup();
  await workspace.close();
  const bytes = await readFile(paths.catalogue);
  await writeFile(paths.catalogue, Buffer.alloc(20_000, 0x55));
  const ofDamaged = await previewRestore(paths, backup);
  expect(ofDamaged).toMatchObject({ damage: null, stepsLost: 0 });
  expect(ofDamaged.presentDamage).toMatch(/not a database/);
  // What a window offers for it.
  await expect(open()).rejects.toMatchObject({ data: { remedy: 'restore' } });
  await writeFile(paths.catalogue, bytes.fill(0xff, 8192, 12_288));
  await expect(open()).rejects.toMatchObject({ data: { remedy: 'restore' } });
  await rm(paths.catalogue);
  expect((await previewRestore(paths, backup)).presentDamage).toBe('it is not there');
  expect(await findToRestore(folder)).toEqual(paths);
  await writeFile(join(paths.backups, backup), Buffer.alloc(9000, 1));
  expect((await previewRestore(paths, backup)).damage).toMatch(/not a database/);
  await expect(previewRestore(paths, '../catalogue.sqlite')).rejects.toThrow(/There is no backup/);
});

test('a check of the backups finds the damaged one, tells how far it is, and stops when it is told to', async () => {
  const { workspace } = await withBackup();
  const { name } = await addBackup(paths, { atMs: Date.UTC(2026, 0, 3), reason: 'by-hand' });
  await workspace.close();
  const bytes = await readFile(join(paths.backups, name));
  // One page of the middle, not the header.
  await writeFile(join(paths.backups, name), bytes.fill(0xff, 8192, 12_288));
  const told: number[] = [];
  const signal = new AbortController().signal;
  const checked = await checkBackups(paths, { signal, onProgress: (done) => told.push(done) });
  expect(checked.map(({ damage }) => damage === null)).toEqual([
    false,
    ...listBackups(paths.backups)
      .slice(1)
      .map(() => true),
  ]);
  expect(told.at(-1)).toBe(checked.length);
  const stop = new AbortController();
  const stopped = checkBackups(paths, {
    signal: stop.signal,
    onProgress: () => {
      stop.abort(new Error('Enough.'));
    },
  });
  await expect(stopped).rejects.toThrow('Enough.');
});

test('what the last check found is known until a backup is restored', async () => {
  const { workspace, backup } = await withBackup();
  await workspace.close();
  expect(await readLastVerify(paths)).toBeNull();
  const report = {
    ...{
      crops: 3,
      cropsWhole: 3,
      steps: 1,
      decisions: 1,
      spareCrops: 0,
      sparesRemoved: 0,
      repaired: 0,
      seconds: 0.1,
    },
    problems: [],
  };
  const last = { atMs: 5, sample: { part: 1, of: 1 }, report };
  await noteVerify(paths, last);
  expect(await readLastVerify(paths)).toEqual(last);
  await writeFile(join(paths.cache, 'verified.json'), '{"atMs":');
  expect(await readLastVerify(paths)).toBeNull();
  await noteVerify(paths, last);
  await restoreBackup(paths, backup, Date.now());
  expect(await readLastVerify(paths)).toBeNull();
});
