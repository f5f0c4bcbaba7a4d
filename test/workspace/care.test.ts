import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Progress, WorkEvent } from '../../src/contract/procedure.ts';
import { createOwners } from '../../src/studio/align/owner.ts';
import { addBackup, KEPT_BACKUPS, removeOldBackups } from '../../src/studio/backups/keep.ts';
import { backupName, listBackups } from '../../src/studio/backups/names.ts';
import { restoreBackup } from '../../src/studio/backups/restore.ts';
import type { Database } from '../../src/studio/catalogue/database.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { applyEdit, undo } from '../../src/studio/edits/edit.ts';
import type { EngineHost } from '../../src/studio/engine/host.ts';
import { checkCrops } from '../../src/studio/verify/crop-checks.ts';
import { verifyWorkspace } from '../../src/studio/verify/verify.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace, type Workspace } from '../../src/studio/workspace/open.ts';
import type { WorkspacePaths } from '../../src/studio/workspace/paths.ts';
import { startService } from '../support/service.ts';
import { smallDataset, WHO } from './dataset.ts';

vi.setConfig({ testTimeout: 120_000 });

const DAY_MS = 24 * 60 * 60_000;
const FIRST_DAY_MS = Date.UTC(2026, 10, 1, 12);

let folder: string;
let paths: WorkspacePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'care-'));
  await createWorkspace(folder);
  paths = await findWorkspace(folder);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openAt = (nowMs: number): Promise<Workspace> =>
  openWorkspace(paths, createOwners(), { isReadOnly: false, now: () => nowMs });
const fill = async (): Promise<void> => {
  const workspace = await openAt(FIRST_DAY_MS);
  smallDataset(workspace.catalogue);
  await workspace.close();
};
/** Follows work to its report. */
const lastOf = async <Report>(
  events: AsyncIterable<WorkEvent<Report>>,
  hear: (event: WorkEvent<Report>) => void = () => undefined,
): Promise<Report> => {
  for await (const event of events) {
    hear(event);
    if (event.kind === 'report') return event.report;
  }
  throw new Error('The work ended without a report.');
};
const names = (): readonly string[] => listBackups(paths.backups).map(({ name }) => name);

/** Writes crops that are what the catalogue says of them: `bytes` long, different for each. */
const writeCrops = async ({ catalogue }: Workspace, sizeBytes: number): Promise<readonly string[]> => {
  const rows = catalogue.all<{ id: number; crop_file: string }>(
    'SELECT id, crop_file FROM faces ORDER BY id',
  );
  for (const { id, crop_file: file } of rows) {
    const bytes = Buffer.alloc(sizeBytes, `crop ${String(id)} `);
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), bytes);
    catalogue.run(
      'UPDATE faces SET crop_bytes = ?, crop_sha256 = ? WHERE id = ?',
      sizeBytes,
      createHash('sha256').update(bytes).digest(),
      id,
    );
  }
  return rows.map(({ crop_file: file }) => join(folder, file));
};

const ALL = { part: 1, of: 1 };
const QUIETLY = { signal: new AbortController().signal, onProgress: () => undefined };
const verify = (workspace: Workspace, sample = ALL) =>
  verifyWorkspace(workspace, { sample, host: null, now: Date.now }, QUIETLY);

test('a backup is made at the first opening of each day, checked, and readable by its owner alone', async () => {
  await fill();
  expect(names()).toEqual([]);
  await (await openAt(FIRST_DAY_MS)).close();
  expect(names()).toEqual([backupName(FIRST_DAY_MS, 'daily')]);
  await (await openAt(FIRST_DAY_MS + DAY_MS - 1)).close();
  expect(names()).toHaveLength(1);
  await (await openAt(FIRST_DAY_MS + DAY_MS)).close();
  expect(names()).toHaveLength(2);
  expect((await stat(join(paths.backups, names()[0] ?? ''))).mode & 0o777).toBe(0o600);
  expect((await readdir(paths.backups)).filter((name) => name.startsWith('.'))).toEqual([]);
});

/** How much of the time that something takes this thread is free for others, from 0 to 1. */
const freeShareDuring = async (work: () => Promise<unknown>): Promise<number> => {
  const before = performance.eventLoopUtilization();
  await work();
  return 1 - performance.eventLoopUtilization(before).utilization;
};

test('whoever works goes on while a backup is made and restored, and while a person is removed', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  const backUp = () => addBackup(paths, { atMs: FIRST_DAY_MS, reason: 'by-hand' });
  expect(await freeShareDuring(backUp)).toBeGreaterThan(0.5);
  await workspace.close();
  const service = startService(join(folder, '..', `${basename(folder)}-home`));
  const named = { workspace: folder, identity: 'ann' };
  const restore = async () =>
    lastOf(await service.client.workspace.restore({ workspace: folder, backup: names()[0] ?? '' }));
  const preview = () => service.client.workspace.previewPurge(named);
  const purge = async () => lastOf(await service.client.workspace.purge({ ...named, typed: 'ann' }));
  for (const work of [restore, preview, purge]) expect(await freeShareDuring(work)).toBeGreaterThan(0.5);
  await service.client.workspace.close({ workspace: folder });
  await service.stop();
  expect(service.reports).toEqual([]);
});

/** Adds names that nobody has, so that copying takes its time. */
const grow = (catalogue: Database, mebibytes: number): void => {
  for (let each = 0; each < mebibytes; each += 1)
    catalogue.run("INSERT INTO identities (name, label) VALUES ('', randomblob(1048576))");
};

test('making and restoring a backup tell how many of the bytes are copied, in order and to the last', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  grow(workspace.catalogue, 200);
  await workspace.close();
  const service = startService(join(folder, '..', `${basename(folder)}-home`));
  const { client } = service;
  const heard: Progress[] = [];
  const hear = (event: WorkEvent<unknown>): void => {
    if (event.kind === 'progress' && event.progress.total !== null) heard.push(event.progress);
  };
  const made = await lastOf(await client.workspace.backUp({ workspace: folder }), hear);
  const isBetween = ({ done, total }: Progress): boolean => done > 0 && done < (total ?? 0);
  const isInOrder = (): boolean =>
    heard.every(({ done, total }, place) => {
      const before = heard[place - 1];
      return before?.total !== total || before.done <= done;
    });
  expect(heard.some(isBetween)).toBe(true);
  expect(isInOrder()).toBe(true);
  for (const { total } of heard) expect(Math.abs((total ?? 0) - made.bytes)).toBeLessThan(0.02 * made.bytes);
  heard.length = 0;
  await lastOf(await client.workspace.restore({ workspace: folder, backup: basename(made.file) }), hear);
  expect(heard.some(isBetween)).toBe(true);
  expect(isInOrder()).toBe(true);
  // What is kept first, then the backup.
  for (const { total } of heard)
    expect(Math.abs((total ?? 0) - 2 * made.bytes)).toBeLessThan(0.04 * made.bytes);
  await client.workspace.close({ workspace: folder });
  await service.stop();
});

test('a backup that is stopped while it is copied leaves nothing', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  grow(workspace.catalogue, 200);
  const stop = new AbortController();
  const making = addBackup(
    paths,
    { atMs: FIRST_DAY_MS, reason: 'by-hand' },
    {
      signal: stop.signal,
      onProgress() {
        stop.abort(new Error('Stopped by hand.'));
      },
    },
  );
  await expect(making).rejects.toThrow('Stopped by hand.');
  expect((await readdir(paths.backups)).filter((name) => name.includes('by-hand'))).toEqual([]);
  await workspace.close();
});

test('ten whole backups are kept, and one that is damaged counts for none', async () => {
  await fill();
  for (let day = 0; day < 15; day += 1) await (await openAt(FIRST_DAY_MS + day * DAY_MS)).close();
  expect(names()).toHaveLength(KEPT_BACKUPS);
  expect(names().at(-1)).toBe(backupName(FIRST_DAY_MS + 5 * DAY_MS, 'daily'));
  for (const damaged of names().slice(1, 3)) {
    const bytes = await readFile(join(paths.backups, damaged));
    await writeFile(join(paths.backups, damaged), bytes.fill(0x55, 4096));
  }
  const before = names();
  await (await openAt(FIRST_DAY_MS + 15 * DAY_MS)).close();
  // Nine whole ones beside two damaged: the oldest is not let go.
  expect(names()).toEqual([backupName(FIRST_DAY_MS + 15 * DAY_MS, 'daily'), ...before]);
  await (await openAt(FIRST_DAY_MS + 16 * DAY_MS)).close();
  await (await openAt(FIRST_DAY_MS + 17 * DAY_MS)).close();
  expect(names()).toHaveLength(KEPT_BACKUPS + 2);
  expect(removeOldBackups(paths.backups)).toEqual([]);
});

test('a restored backup is what it was, what was there is kept, and both can be taken back', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  await expect.poll(names, { timeout: 10_000 }).toHaveLength(1);
  const before = catalogueDigest(workspace.catalogue);
  applyEdit(
    { catalogue: workspace.catalogue, faces: workspace.faces(), now: Date.now },
    { kind: 'mark', selection: { filter: {}, except: [] }, state: 'confirmed' },
    WHO,
  );
  const after = catalogueDigest(workspace.catalogue);
  await workspace.close();
  const [daily = ''] = names();
  const { kept } = await restoreBackup(paths, daily, FIRST_DAY_MS + 1);
  const restored = await openAt(FIRST_DAY_MS);
  expect(catalogueDigest(restored.catalogue)).toBe(before);
  await restored.close();
  await restoreBackup(paths, kept ?? '', FIRST_DAY_MS + 2);
  const back = await openAt(FIRST_DAY_MS);
  expect(catalogueDigest(back.catalogue)).toBe(after);
  await back.close();
});

test('a catalogue that is damaged or gone is restored, and the damaged one kept', async () => {
  await fill();
  await (await openAt(FIRST_DAY_MS)).close();
  const [daily = ''] = names();
  await writeFile(paths.catalogue, Buffer.alloc(20_000, 0x55));
  await expect(openAt(FIRST_DAY_MS)).rejects.toThrow(/cannot be (opened|read)/);
  const { kept } = await restoreBackup(paths, daily, FIRST_DAY_MS + 1);
  expect(await readFile(join(paths.backups, kept ?? ''))).toEqual(Buffer.alloc(20_000, 0x55));
  await (await openAt(FIRST_DAY_MS)).close();
  await rm(paths.catalogue);
  expect((await restoreBackup(paths, daily, FIRST_DAY_MS + 2)).kept).toBeNull();
  await (await openAt(FIRST_DAY_MS)).close();
});

test('a backup that is damaged, unknown or of a newer version is not restored', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  workspace.catalogue.exec('PRAGMA user_version = 99');
  workspace.catalogue.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  await copyFile(paths.catalogue, join(paths.backups, backupName(FIRST_DAY_MS + 1, 'by-hand')));
  workspace.catalogue.exec('PRAGMA user_version = 1');
  await workspace.close();
  const before = await readFile(paths.catalogue);
  await writeFile(join(paths.backups, backupName(FIRST_DAY_MS + 2, 'by-hand')), Buffer.alloc(9000, 1));
  await expect(restoreBackup(paths, backupName(FIRST_DAY_MS + 1, 'by-hand'), 0)).rejects.toThrow(
    /newer version/,
  );
  await expect(restoreBackup(paths, backupName(FIRST_DAY_MS + 2, 'by-hand'), 0)).rejects.toThrow(
    /is damaged/,
  );
  await expect(restoreBackup(paths, '../catalogue.sqlite', 0)).rejects.toThrow(/There is no backup/);
  expect(await readFile(paths.catalogue)).toEqual(before);
});

test('a thousand single flipped bytes in crops are a thousand findings, and parts of a sample make the whole', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  const sizeBytes = 70;
  const crops = await writeCrops(workspace, sizeBytes);
  expect(await verify(workspace)).toMatchObject({
    problems: [],
    crops: crops.length,
    cropsWhole: crops.length,
  });
  let found = 0;
  let flips = 0;
  for (let at = 0; flips < 1000; at += 1) {
    for (const crop of crops) {
      const bytes = await readFile(crop);
      bytes[at % sizeBytes] = (bytes[at % sizeBytes] ?? 0) ^ (1 << (at % 8));
      await writeFile(crop, bytes);
    }
    flips += crops.length;
    // What the thread of `verify` does, without a thread for each.
    const parts = [1, 2, 3].map((part) => checkCrops(workspace.catalogue, paths, { part, of: 3 }, QUIETLY));
    for (const { damaged } of await Promise.all(parts)) found += damaged.size;
    await writeCrops(workspace, sizeBytes);
  }
  expect(found).toBe(flips);
  const [first = ''] = crops;
  await writeFile(first, Buffer.alloc(sizeBytes));
  const parts = await Promise.all([1, 2, 3].map((part) => verify(workspace, { part, of: 3 })));
  expect(parts.flatMap(({ problems }) => problems.map(({ kind, count }) => [kind, count]))).toEqual([
    ['damaged-crop', 1],
  ]);
  await workspace.close();
});

test('what is missing, what leads out of the workspace and what no face names is told', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  const [first = ''] = await writeCrops(workspace, 50);
  await copyFile(first, `${first.slice(0, -4)}x.png`);
  await rm(first);
  workspace.catalogue.run("UPDATE faces SET crop_file = '../outside.png' WHERE id = 2");
  const report = await verify(workspace);
  expect(report.problems.map(({ kind, count }) => [kind, count])).toEqual([
    ['missing-crop', 1],
    ['damaged-crop', 1],
  ]);
  // The crop that face 2 named before, and the copy.
  expect(report.spareCrops).toBe(2);
  await workspace.close();
});

test('a decision that the history does not give, a derived file that is stale and a broken reference are found', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  await writeCrops(workspace, 50);
  const { catalogue } = workspace;
  const editing = { catalogue, faces: workspace.faces(), now: Date.now };
  applyEdit(editing, { kind: 'mark', selection: { faces: [1, 2] }, state: 'rejected' }, WHO);
  applyEdit(editing, { kind: 'rename', identity: 1, name: 'Ann' }, WHO);
  undo(editing, WHO);
  expect((await verify(workspace)).problems).toEqual([]);
  const kindsAfter = async (...statements: readonly string[]): Promise<readonly string[]> => {
    catalogue.exec('PRAGMA foreign_keys = 0');
    for (const statement of statements) catalogue.exec(statement);
    catalogue.exec('PRAGMA foreign_keys = 1');
    return (await verify(workspace)).problems.map(({ kind }) => kind);
  };
  expect(await kindsAfter('UPDATE decisions SET value = 1 WHERE field = 1 AND subject = 1')).toEqual([
    'journal-differs',
    'totals-differ',
  ]);
  expect(await kindsAfter('UPDATE decisions SET value = 2 WHERE field = 1 AND subject = 1')).toEqual([]);
  expect(await kindsAfter('UPDATE photos SET main_file_id = 3 WHERE id = 1')).toContain('stale-derivation');
  expect(await kindsAfter('UPDATE photos SET main_file_id = 1 WHERE id = 1')).toEqual([]);
  expect(await kindsAfter('UPDATE photos SET chosen_face_id = 999 WHERE id = 1')).toContain(
    'broken-reference',
  );
  await workspace.close();
});

/** Stands for an engine that nothing is to be cut with. */
const idleHost: Pick<EngineHost, 'acquire'> = {
  acquire: () => Promise.reject(new Error('No crop was to be cut.')),
};

test('a repair removes the crops that neither a face nor a backup names, but none that was written just now', async () => {
  await fill();
  const workspace = await openAt(FIRST_DAY_MS);
  await expect.poll(names, { timeout: 10_000 }).toHaveLength(1);
  const [first = '', second = ''] = await writeCrops(workspace, 50);
  const { catalogue } = workspace;
  const repair = (nowMs: number) =>
    verifyWorkspace(
      workspace,
      { sample: ALL, host: idleHost, now: () => nowMs },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
  const spare = `${first.slice(0, -4)}x.png`;
  await copyFile(first, spare);
  // What the first backup names and no face does any more, as after an edit of its box.
  const edited = `${second.slice(0, -4)}y.png`;
  await copyFile(second, edited);
  catalogue.run('UPDATE faces SET crop_file = ? WHERE id = 2', relative(folder, edited));

  expect(await repair(Date.now())).toMatchObject({ spareCrops: 2, sparesRemoved: 0, problems: [] });
  const HOUR_MS = 60 * 60_000;
  expect(await repair(Date.now() + HOUR_MS)).toMatchObject({ spareCrops: 1, sparesRemoved: 1, problems: [] });
  expect(existsSync(spare)).toBe(false);
  expect(existsSync(second)).toBe(true);
  expect(existsSync(edited)).toBe(true);

  // A backup that cannot be read may name any of them.
  await copyFile(first, spare);
  const [backup = ''] = names();
  const bytes = await readFile(join(paths.backups, backup));
  await writeFile(join(paths.backups, backup), bytes.fill(0x55, 0));
  expect(await repair(Date.now() + HOUR_MS)).toMatchObject({ spareCrops: 2, sparesRemoved: 0 });
  await rm(join(paths.backups, backup));
  expect(await repair(Date.now() + HOUR_MS)).toMatchObject({ spareCrops: 0, sparesRemoved: 2 });
  expect(existsSync(second)).toBe(false);
  await workspace.close();
});
