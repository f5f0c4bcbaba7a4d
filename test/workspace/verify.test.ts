import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { VerifyReport } from '../../src/contract/workspace-care.ts';
import { createOwners } from '../../src/studio/align/owner.ts';
import type { Database } from '../../src/studio/catalogue/database.ts';
import { applyEdit } from '../../src/studio/edits/edit.ts';
import { verifyWorkspace } from '../../src/studio/verify/verify.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace, type Workspace } from '../../src/studio/workspace/open.ts';
import { smallDataset, WHO } from './dataset.ts';

vi.setConfig({ testTimeout: 120_000 });

let folder: string;
let workspace: Workspace;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  await createWorkspace(folder);
  workspace = await openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });
  smallDataset(workspace.catalogue);
});
afterEach(async () => {
  await workspace.close();
  await rm(folder, { recursive: true, force: true });
});

/** Adds photos with a file and a face each, like those that are there. */
const grow = (catalogue: Database, photos: number): void => {
  const first = catalogue.get<{ id: number }>('SELECT max(id) + 1 AS id FROM photos')?.id ?? 1;
  const numbers = `WITH RECURSIVE n (id) AS (VALUES (${String(first)}) UNION ALL SELECT id + 1 FROM n WHERE id < ${String(first + photos - 1)})`;
  catalogue.exec(`
    BEGIN;
    ${numbers} INSERT INTO photos (id, sha256, work_key, width_px, height_px, conversions, revision)
      SELECT n.id, randomblob(32), work_key, 250, 250, '[]', 1 FROM n, (SELECT work_key FROM photos LIMIT 1);
    ${numbers} INSERT INTO files (source_id, path, size_bytes, modified_ns, inode, device, is_missing, identity_id, photo_id)
      SELECT 1, CAST('ann/more ' || id || '.jpg' AS BLOB), 1, id, id + 1000, 1, 0, 1, id FROM n;
    UPDATE photos SET main_file_id = (SELECT min(files.id) FROM files WHERE photo_id = photos.id) WHERE id >= ${String(first)};
    ${numbers} INSERT INTO faces (photo_id, is_found, score, left_px, top_px, right_px, bottom_px, landmarks, yaw_degrees, pitch_degrees, roll_degrees)
      SELECT id, 1, 0.99, 10, 10, 110, 110, zeroblob(80), 0, 0, 0 FROM n;
    UPDATE photos SET chosen_face_id = (SELECT id FROM faces WHERE photo_id = photos.id) WHERE id >= ${String(first)};
    COMMIT`);
};

const verify = (
  signal = new AbortController().signal,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<VerifyReport> =>
  verifyWorkspace(
    workspace,
    { sample: { part: 1, of: 1 }, host: null, now: Date.now },
    { signal, onProgress },
  );
const kinds = ({ problems }: VerifyReport): readonly string[] => problems.map(({ kind }) => kind);

/** How often this process has the catalogue open. */
const opened = async (): Promise<number> => {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((number) => readlink(`/proc/self/fd/${number}`).catch(() => '')),
  );
  return links.filter((file) => file.startsWith(workspace.paths.catalogue)).length;
};

test('whoever works goes on while a workspace is verified', async () => {
  grow(workspace.catalogue, 150_000);
  workspace.faces().counts();
  let longestMs = 0;
  let lastMs = performance.now();
  const turning = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
  }, 1);
  const report = await verify();
  clearInterval(turning);
  expect(kinds(report)).toEqual(['missing-crop']);
  expect(report.seconds).toBeGreaterThan(0.3);
  expect(longestMs / 1000).toBeLessThan(report.seconds / 4);
});

test('what is decided while a workspace is verified is no difference', async () => {
  grow(workspace.catalogue, 20_000);
  const editing = { catalogue: workspace.catalogue, faces: workspace.faces(), now: Date.now };
  let edits = 0;
  let isOver = false;
  const editAlways = async (): Promise<void> => {
    while (!isOver) {
      const state = edits % 2 === 0 ? 'confirmed' : 'rejected';
      applyEdit(editing, { kind: 'mark', selection: { faces: [1 + (edits % 9)] }, state }, WHO);
      edits += 1;
      await pause(2);
    }
  };
  const editor = editAlways();
  for (let round = 0; round < 10; round += 1) expect(kinds(await verify())).toEqual(['missing-crop']);
  isOver = true;
  await editor;
  expect(edits).toBeGreaterThan(20);
});

test('lists that show other totals than the catalogue are found', async () => {
  workspace.faces().counts();
  // Behind the back of the lists.
  grow(workspace.catalogue, 1);
  expect(kinds(await verify())).toContain('totals-differ');
});

test('it stops when it is told to, and lets go of the catalogue however it ends', async () => {
  grow(workspace.catalogue, 20_000);
  workspace.faces();
  const told: number[] = [];
  await verify(undefined, (done, total) => told.push(done, total));
  // SQLite keeps one of a connection that was closed, for the next one, while another is open.
  const before = await opened();
  const crops = workspace.catalogue.get<{ n: number }>(
    'SELECT count(*) AS n FROM faces WHERE crop_file IS NOT NULL',
  )?.n;
  expect(told.slice(-2)).toEqual([crops, crops]);
  for (const afterMs of [0, 20, 60, 120]) {
    const stop = new AbortController();
    const verifying = verify(stop.signal);
    setTimeout(() => {
      stop.abort(new Error('Enough.'));
    }, afterMs);
    await expect(verifying).rejects.toThrow('Enough.');
  }
  await expect(verify(AbortSignal.abort(new Error('Not at all.')))).rejects.toThrow('Not at all.');
  expect(await opened()).toBe(before);
});
