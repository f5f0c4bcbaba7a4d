import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createOwners } from '../../src/studio/align/owner.ts';
import { backupName } from '../../src/studio/backups/names.ts';
import { keepClustering, readClustering } from '../../src/studio/clustering/kept-clusters.ts';
import { applyEdit, redo, undo } from '../../src/studio/edits/edit.ts';
import { decidedPairs } from '../../src/studio/edits/pairs.ts';
import { compareWithJournal } from '../../src/studio/edits/replay.ts';
import { createFinder } from '../../src/studio/purge/needles.ts';
import { findPerson } from '../../src/studio/purge/person.ts';
import { purgePerson } from '../../src/studio/purge/purge.ts';
import { scrubRows } from '../../src/studio/purge/scrub.ts';
import { tracesOf } from '../../src/studio/purge/traces.ts';
import { findWorkspace, openWorkspace } from '../../src/studio/workspace/open.ts';
import { digestOf } from '../align/program.ts';
import { buildFakes, type BuiltFakes } from '../fakes/build.ts';
import { createPlace, withoutIndex, type Place } from './program.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let fakes: BuiltFakes;
let place: Place;
beforeAll(async () => {
  fakes = await buildFakes();
});
afterAll(() => fakes.remove());
beforeEach(async () => {
  place = await createPlace(fakes, [
    ['Ann Example/portrait-1.jpg', 'one a'],
    ['Ann Example/portrait-2.jpg', 'two b'],
    ['Ann Example/notes.txt', 'text'],
    ['Bob Sample/picture-1.jpg', 'one c'],
    ['Bob Sample/picture-2.jpg', 'two d'],
    ['Bob Sample/picture-3.jpg', 'one e'],
    ['Bob Sample/copied.jpg', 'one a'],
    ['Cy Third/image-1.jpg', 'one f'],
  ]);
  await place.setUp().catch(() => undefined);
});
afterEach(() => place.remove());

type View = {
  names: string[];
  photos: number;
  files: number;
  faces: number;
  facesOfOthers: number;
  crops: number;
  steps: number;
  exports: string[];
  models: string[];
  remains: { file: string; what: string }[];
  notSearched: string[];
};

const open = async (folder = place.work) =>
  openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });

/** Everything that the workspace holds as bytes of a person, as a search of this test's own would look for it. */
const bytesOf = async (name: string): Promise<readonly Buffer[]> => {
  const workspace = await open();
  try {
    // The fake engine gives all faces the same landmarks.
    return tracesOf(workspace.catalogue, findPerson(workspace.catalogue, name))
      .filter(({ what }) => what !== 'landmarks of a face')
      .map(({ bytes }) => bytes);
  } finally {
    await workspace.close();
  }
};

/** Files of the workspace that hold any of the bytes, or bear them in their name. */
const filesWith = async (needles: readonly Buffer[], folder = place.work): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const name of await readdir(folder, { recursive: true })) {
    const path = join(folder, name);
    const bytes = (await stat(path)).isFile() ? await readFile(path) : Buffer.alloc(0);
    if (needles.some((needle) => bytes.includes(needle) || Buffer.from(name).includes(needle)))
      found.push(name);
  }
  return found.sort();
};

/** Work that leaves the person in every corner: history, undone steps, backups, an export, the registry of models. */
const liveALittle = async (): Promise<void> => {
  const { studio, work } = place;
  const steps: readonly (readonly string[])[] = [
    ['mark', work, 'confirmed', '--identity', 'Ann Example'],
    ['move', work, '--to', 'Ann Example', '--faces', '4'],
    ['backup', work],
    ['move', work, '--to', 'Bob Sample', '--faces', '4'],
    ['rename', work, 'Ann Example', 'Anna Wrongly'],
    ['mark', work, 'unusable', '--faces', '5'],
    ['rename', work, 'Anna Wrongly', 'Ann Example'],
    ['rename', work, 'Cy Third', 'Cyrus'],
    ['undo', work],
    ['export', work, join(work, 'exports', 'all'), '--quiet'],
    ['move', work, '--to', 'Somebody Else', '--faces', '1'],
    ['merge', work, 'Somebody Else', '--into', 'Ann Example'],
    ['backup', work],
  ];
  for (const step of steps) expect((await studio(...step)).code, step.join(' ')).toBe(0);
  await writeFile(
    join(work, 'models', 'registry.json'),
    JSON.stringify({
      format: 1,
      models: [
        { name: 'first', identities: ['Ann Example', 'Bob Sample'], file: 'first.safetensors' },
        { name: 'second', identities: ['Bob Sample'] },
      ],
    }),
  );
};

test('a dry run says what would go and changes nothing, and the name has to be typed again', async () => {
  await liveALittle();
  const before = await withoutIndex(place.work);
  const view = await place.json<View>('purge', place.work, 'Ann Example');
  expect(view).toMatchObject({
    names: ['Ann Example', 'Somebody Else'],
    // The photo of the text is none; the copy in another folder goes with its photo.
    photos: 2,
    files: 4,
    faces: 3,
    exports: ['all'],
    models: ['first'],
  });
  const refused = await place.studio('purge', place.work, 'Ann Example', '--yes', 'ann example', '--quiet');
  expect(refused.code).toBe(2);
  expect(refused.error).toMatch(/type that name again, not "ann example"/);
  expect((await place.studio('purge', place.work, 'Nobody')).error).toMatch(/There is no identity Nobody/);
  expect(await withoutIndex(place.work)).toEqual(before);
});

test('after a purge no byte of the person is in any file of the workspace, and originals are as they were', async () => {
  await liveALittle();
  const needles = [...(await bytesOf('Ann Example')), Buffer.from('Anna Wrongly')];
  expect((await filesWith(needles)).length).toBeGreaterThan(6);
  const originals = await digestOf(place.photos);
  const ended = await place.studio(
    'purge',
    place.work,
    'Ann Example',
    '--yes',
    'Ann Example',
    '--quiet',
    '--json',
  );
  expect(ended).toMatchObject({ code: 0, error: '' });
  expect(JSON.parse(ended.out)).toMatchObject({ remains: [], notSearched: [], backupsRemoved: 0 });
  expect(await filesWith(needles)).toEqual([]);
  expect(await digestOf(place.photos)).toEqual(originals);
  expect(JSON.parse(await readFile(join(place.work, 'models', 'registry.json'), 'utf8'))).toMatchObject({
    models: [
      { name: 'first', identities: ['Bob Sample'], removed: 1, file: 'first.safetensors' },
      { name: 'second', removed: 0 },
    ],
  });
  expect((await place.studio('verify', place.work, '--quiet')).code).toBe(0);
  // The backups can be restored, and the person is in none of them.
  const { backups } = await place.json<{ backups: { name: string }[] }>('backup', place.work, '--list');
  expect(backups.length).toBeGreaterThanOrEqual(2);
  for (const { name } of backups) {
    expect((await place.studio('restore', place.work, name)).code).toBe(0);
    expect((await place.studio('verify', place.work, '--quiet')).code).toBe(0);
    expect((await place.studio('purge', place.work, 'Ann Example')).error).toMatch(/There is no identity/);
  }
});

test('what others have stays, their history is undone to its beginning and redone, and scans do not bring the person back', async () => {
  await liveALittle();
  await place.studio('purge', place.work, 'Ann Example', '--yes', 'Ann Example', '--quiet');
  const { sources } = await place.json<{ sources: Record<string, number>[] }>('scan', place.work);
  expect(sources[0]).toMatchObject({ added: 0, changed: 0, missing: 0, files: 4 });
  type Faces = { faces: { file: string; identity: { name: string } | null; state: string }[] };
  const { faces } = await place.json<Faces>('list', place.work);
  expect(faces.map(({ file, identity, state }) => [file, identity?.name ?? null, state])).toEqual([
    ['Bob Sample/picture-1.jpg', 'Bob Sample', 'unreviewed'],
    ['Bob Sample/picture-2.jpg', 'Bob Sample', 'unusable'],
    ['Bob Sample/picture-2.jpg', null, 'unreviewed'],
    ['Bob Sample/picture-3.jpg', 'Bob Sample', 'unreviewed'],
    ['Cy Third/image-1.jpg', 'Cy Third', 'unreviewed'],
  ]);
  const workspace = await open();
  const editing = { catalogue: workspace.catalogue, faces: workspace.faces(), now: Date.now };
  const strangers = (): unknown =>
    workspace.catalogue.get(
      'SELECT count(*) AS n FROM decisions WHERE field = 2 AND value <> 0 AND value NOT IN (SELECT id FROM identities)',
    );
  let steps = 0;
  while (undo(editing, 'tester') !== null) {
    steps += 1;
    // No step of the history leads back to the person.
    expect(strangers()).toEqual({ n: 0 });
  }
  expect(workspace.catalogue.all('SELECT * FROM decisions')).toEqual([]);
  for (let step = 0; step < steps; step += 1) expect(redo(editing, 'tester')).not.toBeNull();
  expect(steps).toBeGreaterThan(1);
  await workspace.close();
});

test('what was said of pairs with the person goes, in the history too, and what was said of others stays', async () => {
  const workspace = await open();
  const { catalogue } = workspace;
  const editing = { catalogue, faces: workspace.faces(), now: Date.now };
  const person = findPerson(catalogue, 'Ann Example');
  const others = catalogue
    .all<{ id: number }>('SELECT id FROM faces ORDER BY id')
    .map(({ id }) => id)
    .filter((id) => !person.faces.has(id));
  const [own = 0] = person.faces;
  const [a = 0, b = 0] = others;
  const members = { faces: Uint32Array.of(own, a, b).sort(), labels: Int32Array.of(0, 1, 1) };
  const parameters = { algorithm: 'dbscan', eps: 1, minSamples: 1 } as const;
  keepClustering(
    editing,
    { variant: 'test', parameters, ...members },
    { who: 'tester', label: 'Clustered.' },
  );
  const say = (pairs: [number, number][]) =>
    applyEdit(editing, { kind: 'decide-pairs', pairs, isSame: false }, 'tester');
  say([
    [own, a],
    [a, b],
  ]);
  scrubRows(catalogue, findPerson(catalogue, 'Ann Example'));
  expect(decidedPairs(catalogue)).toEqual([{ pair: [a, b], isSame: false }]);
  expect(catalogue.all('SELECT face_a, face_b FROM face_pairs')).toEqual([{ face_a: a, face_b: b }]);
  expect([...(readClustering(catalogue)?.faces ?? [])]).toEqual([a, b].sort((one, other) => one - other));
  expect(catalogue.all('SELECT * FROM pragma_foreign_key_check')).toEqual([]);
  expect(compareWithJournal(catalogue).differences).toEqual([]);
  undo(editing, 'tester');
  expect(decidedPairs(catalogue)).toEqual([]);
  await workspace.close();
});

test('a purge that is killed before the file was wiped is ended by opening', async () => {
  await liveALittle();
  const workspace = await open();
  const { catalogue, paths } = workspace;
  // Without it the file holds what was deleted until it is rebuilt.
  catalogue.exec('PRAGMA secure_delete = 0');
  scrubRows(catalogue, findPerson(catalogue, 'Ann Example'));
  // What a kill in this moment leaves: the file and its log as they are on the disk.
  const left = await mkdtemp(join(tmpdir(), 'killed-'));
  try {
    await cp(paths.folder, left, { recursive: true });
    await workspace.close();
    for (const other of ['backups', 'crops', 'exports', 'models', 'lock.json'])
      await rm(join(left, other), { recursive: true, force: true });
    const name = [Buffer.from('Ann Example')];
    expect(await filesWith(name, left)).not.toEqual([]);
    await (await open(left)).close();
    expect(await filesWith(name, left)).toEqual([]);
  } finally {
    await rm(left, { recursive: true, force: true });
  }
});

test('a backup that cannot be read goes, because the person may be in it', async () => {
  await writeFile(join(place.work, 'backups', backupName(0, 'by-hand')), Buffer.alloc(9000, 1));
  const ended = await place.studio(
    'purge',
    place.work,
    'Ann Example',
    '--yes',
    'Ann Example',
    '--quiet',
    '--json',
  );
  expect(JSON.parse(ended.out)).toMatchObject({ backupsRemoved: 1 });
  expect(await readdir(join(place.work, 'backups'))).not.toContain(backupName(0, 'by-hand'));
});

test('how far it has come is told of the backups first, then of the search', async () => {
  await liveALittle();
  const { backups } = await findWorkspace(place.work);
  const sizes = await Promise.all(
    (await readdir(backups)).map(async (name) => (await stat(join(backups, name))).size),
  );
  const told: { done: number; total: number; stage: string | undefined }[] = [];
  await purgePerson(
    await findWorkspace(place.work),
    { identity: 'Ann Example', typed: 'Ann Example', now: Date.now },
    {
      signal: new AbortController().signal,
      onProgress: (done, total, stage) => told.push({ done, total, stage }),
    },
  );
  expect([...new Set(told.map(({ stage }) => stage))]).toEqual(['backups', 'search']);
  const ofBackups = told.filter(({ stage }) => stage === 'backups');
  expect(ofBackups).toHaveLength(sizes.length + 1);
  expect(ofBackups[0]).toMatchObject({ done: 0, total: sizes.reduce((sum, size) => sum + size, 0) });
  expect(ofBackups.at(-1)?.done).toBe(ofBackups.at(-1)?.total);
  const searched = told.filter(({ stage }) => stage === 'search').map(({ done }) => done);
  expect(searched).toEqual(searched.toSorted((a, b) => a - b));
});

test('bytes that somebody else put into the workspace are told, and a name that others bear is not looked for', async () => {
  await mkdir(join(place.work, 'runs', 'one'), { recursive: true });
  await writeFile(
    join(place.work, 'runs', 'one', 'log.txt'),
    // Over the seam of the parts in which files are read.
    `${'x'.repeat(4 * 2 ** 20 - 5)}Ann Example${'y'.repeat(100)}`,
  );
  const ended = await place.studio(
    'purge',
    place.work,
    'Ann Example',
    '--yes',
    'Ann Example',
    '--quiet',
    '--json',
  );
  expect(ended.code).toBe(3);
  expect(JSON.parse(ended.out)).toMatchObject({
    remains: [{ file: 'runs/one/log.txt', what: 'name Ann Example' }],
  });
  await rm(join(place.work, 'runs', 'one'), { recursive: true });
  await place.studio('move', place.work, '--to', 'Bob Sample Junior', '--faces', '5');
  const other = await place.json<View>('purge', place.work, 'Bob Sample', '--yes', 'Bob Sample', '--quiet');
  expect(other.remains).toEqual([]);
  expect(other.notSearched).toContain('name Bob Sample');
});

test('a needle is found wherever it begins, over the seams of parts too', () => {
  const needles = [Buffer.from('needle'), Buffer.from('nee dle'), Buffer.from([0xff, 0, 0xff, 0, 1])];
  const finder = createFinder(needles.map((bytes, place_) => ({ bytes, what: String(place_) })));
  expect(finder.overlapBytes).toBe(6);
  for (const [place_, needle] of needles.entries())
    for (let before = 0; before < 9; before += 1)
      for (let after = 0; after < 3; after += 1) {
        const found: string[] = [];
        finder.find(
          Buffer.concat([Buffer.alloc(before, 0xff), needle, Buffer.alloc(after, 0x6e)]),
          ({ what }) => found.push(what),
        );
        expect(found).toEqual([String(place_)]);
      }
});
