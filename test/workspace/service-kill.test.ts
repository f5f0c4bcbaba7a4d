import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { EditCommand } from '../../src/contract/workspace-edits.ts';
import { connectProcess } from '../../src/node/processes/connect.ts';
import { createOwners } from '../../src/studio/align/owner.ts';
import { findDamage } from '../../src/studio/catalogue/check.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { redo, undo } from '../../src/studio/edits/edit.ts';
import { FACE_STATES } from '../../src/studio/edits/fields.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace } from '../../src/studio/workspace/open.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { below, randomFrom, seedOfRun } from '../faults/harness/random.ts';
import { smallDataset, WHO } from './dataset.ts';

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const KILLS = isLong ? 100 : 8;
const LONGEST_LIFE_MS = 150;
const WINDOWS = 3;
const FACES = 17;
const BETWEEN_RESTARTS_MS = 10 * 60_000;

let fakes: BuiltFakes;
let folder: string;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-kill-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async () => openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });

const randomCommand = (random: () => number): EditCommand => {
  const selection = { faces: [1 + below(random, FACES), 1 + below(random, FACES)] };
  return random() < 0.5
    ? { kind: 'mark', selection, state: FACE_STATES[below(random, FACE_STATES.length)] ?? 'unreviewed' }
    : { kind: 'move', selection, to: { name: `person ${String(below(random, 9))}` } };
};

test('a service that is stopped closes its workspaces, so that the next start has nothing to check or to take over', async () => {
  const work = join(folder, 'stopped');
  await createWorkspace(work);
  const paths = await findWorkspace(work);
  const filled = await openWorkspace(paths, createOwners(), { isReadOnly: false });
  smallDataset(filled.catalogue);
  await filled.close();
  const connection = connectProcess<StudioClient>({
    entry: fakes.studio,
    environment: { FACENET_STUDIO_HOME: join(folder, 'home') },
  });
  const { workspace } = connection.client;
  await workspace.open({ workspace: work, access: 'write', isKeptCurrent: true, isRemembered: false });
  await workspace.edit({
    workspace: work,
    who: WHO,
    command: { kind: 'mark', selection: { faces: [1] }, state: 'confirmed' },
  });
  expect(existsSync(paths.lock)).toBe(true);
  await connection.process.stop();
  expect(existsSync(paths.lock)).toBe(false);
  expect(existsSync(`${paths.catalogue}-wal`)).toBe(false);
});

test(`a service that is killed ${String(KILLS)} times under edits of several windows loses none that it answered`, async () => {
  await createWorkspace(folder);
  const first = await open();
  smallDataset(first.catalogue);
  const begin = catalogueDigest(first.catalogue);
  await first.close();

  const random = randomFrom(seedOfRun('killed service'));
  let clockMs = 0;
  const connection = connectProcess<StudioClient>({
    entry: fakes.studio,
    environment: { FACENET_STUDIO_HOME: join(folder, 'home') },
    // The limit of restarts is another promise.
    now: () => (clockMs += BETWEEN_RESTARTS_MS),
  });
  const answered = new Map<number, string>();
  let isOver = false;
  let broken = 0;
  const work = async (): Promise<void> => {
    while (!isOver) {
      try {
        const { sequence, label } = await connection.client.workspace.edit({
          workspace: folder,
          who: WHO,
          command: randomCommand(random),
        });
        if (sequence === null) continue;
        expect(answered.has(sequence)).toBe(false);
        answered.set(sequence, label);
      } catch {
        // The service went while it was asked: nothing was promised.
        broken += 1;
      }
    }
  };
  const windows = Array.from({ length: WINDOWS }, work);
  for (let kill = 0; kill < KILLS; kill += 1) {
    const before = answered.size;
    while (answered.size === before) await delay(5);
    await delay(below(random, LONGEST_LIFE_MS));
    connection.process.kill();
  }
  isOver = true;
  await Promise.all(windows);
  await connection.process.stop();

  const workspace = await open();
  const { catalogue } = workspace;
  expect(findDamage(catalogue, 'integrity_check')).toBeNull();
  const journal = new Map(
    catalogue
      .all<{ sequence: number; label: string }>("SELECT sequence, label FROM journal WHERE action = 'edit'")
      .map(({ sequence, label }) => [sequence, label]),
  );
  for (const [sequence, label] of answered) expect(journal.get(sequence)).toBe(label);
  expect(broken).toBeGreaterThanOrEqual(KILLS);
  expect(answered.size).toBeGreaterThan(KILLS);
  const end = catalogueDigest(catalogue);
  const editing = { catalogue, faces: workspace.faces(), now: Date.now };
  // The first step added the folder.
  for (let step = 1; step < journal.size; step += 1) undo(editing, WHO);
  expect(catalogueDigest(catalogue)).toBe(begin);
  while (redo(editing, WHO) !== null);
  expect(catalogueDigest(catalogue)).toBe(end);
  await workspace.close();
}, 300_000);
