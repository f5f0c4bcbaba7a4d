import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { StudioClient } from '../../src/contract/studio.ts';
import type { FileStatus } from '../../src/contract/workspace-file-status.ts';
import type { LedgerEntry } from '../../src/contract/workspace-ledger.ts';
import type { WorkspaceNow, WorkspaceStatus } from '../../src/contract/workspace.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { whyNotApart } from '../watch/watching.ts';
import { alignAll, connectStudio, firstOf, jobWhen } from './service.ts';

// Whole programs are started, on machines that may be busy with other tests.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const isLong = process.env['FACENET_STUDIO_LONG'] === '1';
const BURST_FILES = isLong ? 40_000 : 3000;
const BURST_FOLDERS = isLong ? 1000 : 60;
const WHO = 'tester';

let fakes: BuiltFakes;
let folder: string;
let photos: string;
let workspace: string;
let connection: ProcessConnection<StudioClient>;
let studio: StudioClient;

beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());

const connect = (): void => {
  connection = connectStudio(fakes, folder);
  studio = connection.client;
};
const openWatched = async (): Promise<void> => {
  const { isReadOnly } = await studio.workspace.open({ workspace, access: 'write' });
  expect(isReadOnly).toBe(false);
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watching-'));
  photos = join(folder, 'photos');
  for (const person of ['ann', 'bob']) {
    await mkdir(join(photos, person), { recursive: true });
    for (let file = 0; file < 8; file += 1)
      await writeFile(join(photos, person, `${String(file)}.jpg`), `one ${person} ${String(file)}`);
  }
  connect();
  ({ folder: workspace } = await studio.workspace.create({ folder: join(folder, 'work') }));
});
afterEach(async () => {
  await connection.process.stop();
  await rm(folder, { recursive: true, force: true });
});

const statusWhen = async (is: (status: WorkspaceStatus) => boolean): Promise<WorkspaceStatus> => {
  const stream: AsyncIterable<WorkspaceNow> = await studio.workspace.watch({ workspace });
  return (await firstOf(stream, ({ status }) => is(status))).status;
};
const entries = async (statuses?: readonly FileStatus[]): Promise<readonly LedgerEntry[]> => {
  const all: LedgerEntry[] = [];
  for (;;) {
    const page = await studio.workspace.files({
      workspace,
      after: all.at(-1)?.id ?? 0,
      limit: 10_000,
      ...(statuses === undefined ? {} : { statuses: [...statuses] }),
    });
    if (page.length === 0) return all;
    all.push(...page);
  }
};
const filesOf = async (status: FileStatus): Promise<readonly string[]> =>
  (await entries([status])).map(({ file }) => file).sort();

test('while a workspace is open, files that come are known and aligned, and files that move, change and go are known too', async () => {
  await openWatched();
  await studio.workspace.addSource({ workspace, folder: photos, who: WHO });
  await statusWhen(({ statuses }) => statuses.aligned === 16);
  await mkdir(join(photos, 'cy'));
  await writeFile(join(photos, 'cy', '1.jpg'), 'two cy');
  await rename(join(photos, 'ann', '0.jpg'), join(photos, 'bob', 'moved.jpg'));
  await writeFile(join(photos, 'ann', '1.jpg'), 'none ann 1 anew');
  await rm(join(photos, 'ann', '2.jpg'));
  const { statuses } = await statusWhen(
    (now) => now.statuses.severalFaces === 1 && now.statuses.noFace === 1 && now.statuses.missing === 1,
  );
  expect(statuses).toMatchObject({ aligned: 14, pending: 0 });
  expect(await filesOf('missing')).toEqual(['ann/2.jpg']);
  expect(await filesOf('aligned')).toContain('bob/moved.jpg');
});

test('the rule of a source says whether files that arrive are aligned; it is a decision that is undone', async () => {
  await openWatched();
  const { source } = await studio.workspace.addSource({
    ...{ workspace, folder: photos, who: WHO, whenFilesArrive: 'nothing' },
  });
  expect(source.whenFilesArrive).toBe('nothing');
  await writeFile(join(photos, 'ann', 'new.jpg'), 'one new');
  await statusWhen(({ statuses }) => statuses.pending === 17);
  await studio.workspace.edit({
    ...{ workspace, who: WHO },
    command: { kind: 'set-arrival', source: source.id, whenFilesArrive: 'align' },
  });
  await writeFile(join(photos, 'ann', 'newer.jpg'), 'one newer');
  const aligned = await statusWhen(({ statuses }) => statuses.aligned === 18);
  expect(aligned.sources[0]?.whenFilesArrive).toBe('align');
  await studio.workspace.undo({ workspace, who: WHO });
  await writeFile(join(photos, 'ann', 'newest.jpg'), 'one newest');
  const waiting = await statusWhen(({ statuses }) => statuses.pending === 1);
  expect(waiting.sources[0]?.whenFilesArrive).toBe('nothing');
  expect(await filesOf('pending')).toEqual(['ann/newest.jpg']);
});

test('what came, went and moved while nothing watched is known soon after the next opening', async () => {
  await openWatched();
  await studio.workspace.addSource({ workspace, folder: photos, who: WHO });
  await statusWhen(({ statuses }) => statuses.aligned === 16);
  await studio.workspace.close({ workspace });
  await connection.process.stop();
  await rename(join(photos, 'ann'), join(photos, 'dee'));
  await writeFile(join(photos, 'bob', 'new.jpg'), 'one new');
  connect();
  await openWatched();
  await statusWhen(({ statuses }) => statuses.aligned === 17);
  const list = await filesOf('aligned');
  expect(list.filter((file) => file.startsWith('dee/'))).toHaveLength(8);
  expect(list).toContain('bob/new.jpg');
});

test('a folder that goes offline and comes back loses nothing: its files are offline meanwhile, and a sentence says so', async () => {
  await openWatched();
  await studio.workspace.addSource({ workspace, folder: photos, who: WHO });
  await statusWhen(({ statuses }) => statuses.aligned === 16);
  await studio.workspace.edit({
    ...{ workspace, who: WHO },
    command: { kind: 'mark', selection: { filter: {}, except: [] }, state: 'confirmed' },
  });
  await rename(photos, `${photos}-away`);
  const away = await statusWhen(({ statuses }) => statuses.offline === 16);
  expect(away.notices.map(({ source }) => source)).toEqual([1]);
  expect(away.notices[0]?.message).toMatch(/^The folder .* is not there\. What is known .* kept/);
  await rename(`${photos}-away`, photos);
  const back = await statusWhen(({ statuses }) => statuses.aligned === 16);
  expect(back).toMatchObject({ notices: [], states: { confirmed: 16 } });
});

test('where the system allows too few watches, a sentence says so, and looks from time to time find what comes (in the long lane)', async ({
  skip,
}) => {
  const limit = 'echo 2 > /proc/sys/user/max_inotify_watches';
  const reason = whyNotApart(limit);
  if (reason !== null) skip(reason);
  await connection.process.stop();
  const node = join(folder, 'node');
  const script = `#!/bin/sh\nexec unshare -Urm sh -c '${limit} && exec "$@"' sh ${process.execPath} "$@"\n`;
  await writeFile(node, script, { mode: 0o700 });
  connection = connectStudio(fakes, folder, {}, node);
  studio = connection.client;
  await openWatched();
  await studio.workspace.addSource({ workspace, folder: photos, who: WHO });
  const told = await statusWhen(({ notices }) => notices.length > 0);
  expect(told.notices.map(({ source }) => source)).toEqual([1]);
  expect(told.notices[0]?.message).toMatch(
    /allows no more folders to be watched: changes .* are found by scans\. Raise fs\.inotify\.max_user_watches/,
  );
  // A look at everything comes a minute later.
  if (!isLong) return;
  await writeFile(join(photos, 'bob', 'new.jpg'), 'one new');
  await statusWhen(({ statuses }) => statuses.aligned === 17);
});

test('a workspace that is opened for one command is not watched', async () => {
  await studio.workspace.open({ workspace, access: 'write', isKeptCurrent: false });
  await studio.workspace.addSource({ workspace, folder: photos, who: WHO });
  await writeFile(join(photos, 'ann', 'new.jpg'), 'one new');
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect((await studio.workspace.status({ workspace })).files).toBe(16);
});

const pathsByFind = async (): Promise<readonly string[]> => {
  const { stdout } = await promisify(execFile)('find', [photos, '-type', 'f', '-printf', '%P\n'], {
    maxBuffer: 1 << 28,
  });
  return stdout.trim().split('\n').sort();
};

test(
  `a burst of ${String(BURST_FILES)} files with a kill in it: the catalogue equals the disk, and no decision is lost`,
  { timeout: 600_000 },
  async () => {
    await openWatched();
    await studio.workspace.addSource({ workspace, folder: photos, whenFilesArrive: 'nothing', who: WHO });
    await alignAll(studio, workspace);
    await studio.workspace.edit({
      ...{ workspace, who: WHO },
      command: { kind: 'move', selection: { faces: [1, 2, 3] }, to: { name: 'Dee' } },
    });
    const { undo } = await studio.workspace.status({ workspace });
    for (let person = 0; person < BURST_FOLDERS; person += 1)
      await mkdir(join(photos, `p${String(person)}`), { recursive: true });
    const write = async (from: number, to: number): Promise<void> => {
      for (let file = Math.floor(from * BURST_FILES); file < to * BURST_FILES; file += 1) {
        const path = join(photos, `p${String(file % BURST_FOLDERS)}`, `${String(file)}.jpg`);
        await writeFile(path, `one ${String(file)}`);
        if (file % 7 === 0) await rm(path);
      }
    };
    // Some of it has been written then, and much has not.
    const begun = statusWhen(({ files }) => files > 16);
    await write(0, 0.6);
    await begun;
    connection.process.kill();
    await connection.process.stop();
    await rename(join(photos, 'ann', '0.jpg'), join(photos, 'p0', 'moved.jpg'));
    await write(0.6, 0.8);
    connect();
    await openWatched();
    await write(0.8, 1);
    const there = await pathsByFind();
    const now = await statusWhen(({ files, statuses }) => files - statuses.missing === there.length);
    expect(now.undo).toBe(undo);
    const known = await entries();
    expect(
      known
        .filter(({ status }) => status !== 'missing')
        .map(({ file }) => file)
        .sort(),
    ).toEqual(there);
    const dee = await studio.workspace.faces({ workspace, filter: {}, limit: 10_000 });
    expect(dee.faces.filter(({ identity }) => identity?.name === 'Dee')).toHaveLength(3);
    expect(known.find(({ file }) => file === 'p0/moved.jpg')?.photo).not.toBeNull();
  },
);

test('files that arrive while others are aligned are aligned by the same job', async () => {
  await openWatched();
  await studio.workspace.addSource({ workspace, folder: photos, who: WHO });
  await statusWhen(({ statuses }) => statuses.aligned === 16);
  for (let file = 0; file < 200; file += 1)
    await writeFile(join(photos, 'bob', `late ${String(file)}.jpg`), `one late ${String(file)}`);
  await statusWhen(({ statuses }) => statuses.aligned === 216);
  const done = await jobWhen(studio, ({ state }) => state === 'succeeded');
  expect(done).toMatchObject({ counts: { aligned: 216, pending: 0 } });
});
