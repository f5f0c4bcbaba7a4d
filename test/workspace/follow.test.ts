import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { WorkspaceNow } from '../../src/contract/workspace.ts';
import { connectProcess, type ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let folder: string;
let workspace: string;
let photos: string;
let connection: ProcessConnection<StudioClient>;
let client: StudioClient['workspace'];

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'follow-'));
  photos = join(folder, 'photos');
  await mkdir(join(photos, 'ann'), { recursive: true });
  for (const name of ['1', '2', '3']) await writeFile(join(photos, 'ann', `${name}.jpg`), `one ${name}`);
  connection = connectProcess<StudioClient>({
    entry: fakes.studio,
    arguments: [`--root=${folder}`],
    environment: { FACENET_STUDIO_HOME: join(folder, 'home') },
    restart: false,
  });
  client = connection.client.workspace;
  ({ folder: workspace } = await client.create({ folder: join(folder, 'work') }));
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Reads a stream on until one is as `is` says; gives all that came. */
const readUntil = async (
  stream: AsyncIterator<WorkspaceNow>,
  is: (now: WorkspaceNow) => boolean,
): Promise<readonly WorkspaceNow[]> => {
  const read: WorkspaceNow[] = [];
  for (;;) {
    const next = await stream.next();
    if (next.done === true) throw new Error('The stream ended.');
    read.push(next.value);
    if (is(next.value)) return read;
  }
};

test('who follows a workspace hears of files, faces, edits and undo, and of its end', async () => {
  // It is read at first; adding a folder opens it anew for writing.
  const stream = await client.watch({ workspace });
  const [first] = await readUntil(stream, () => true);
  expect(first?.status).toMatchObject({ files: 0, isReadOnly: true, undo: null, redo: null });
  await client.addSource({ workspace, folder: photos, who: 'tester' });
  await readUntil(stream, ({ status }) => status.statuses.pending === 3 && status.undo === 'Added a folder.');
  for await (const event of await client.align({ workspace })) expect(event.kind).not.toBe('failed');
  const aligned = await readUntil(stream, ({ status }) => status.statuses.aligned === 3);
  expect(aligned.at(-1)?.status).toMatchObject({ isReadOnly: false, faces: 3, identities: 1 });
  await client.edit({
    workspace,
    command: { kind: 'mark', selection: { faces: [1, 2] }, state: 'confirmed' },
    who: 'tester',
  });
  const label = 'Marked 2 faces as confirmed.';
  const marked = await readUntil(stream, ({ status }) => status.undo === label);
  expect(marked.at(-1)?.status.states).toMatchObject({ confirmed: 2, unreviewed: 1 });
  await client.undo({ workspace, who: 'tester' });
  const undone = await readUntil(stream, ({ status }) => status.redo === label);
  const revisions = [...aligned, ...marked, ...undone].map(({ revision }) => revision);
  expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
  await client.close({ workspace });
  for (;;) if ((await stream.next()).done === true) break;
});
