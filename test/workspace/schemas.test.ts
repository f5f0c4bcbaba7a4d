import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createOwners } from '../../src/studio/align/owner.ts';
import { openDatabase } from '../../src/studio/catalogue/database.ts';
import { schemaVersion } from '../../src/studio/catalogue/migrate.ts';
import { SCHEMA_VERSION } from '../../src/studio/catalogue/schema.ts';
import { damageOfBackup } from '../../src/studio/backups/keep.ts';
import { listBackups } from '../../src/studio/backups/names.ts';
import { restoreBackup } from '../../src/studio/backups/restore.ts';
import { readClustering } from '../../src/studio/clustering/kept-clusters.ts';
import { catalogueDigest } from '../../src/studio/edits/digest.ts';
import { redo, undo } from '../../src/studio/edits/edit.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';
import { findWorkspace, openWorkspace, type Workspace } from '../../src/studio/workspace/open.ts';
import { WHO } from './dataset.ts';
import { putVersion, SCHEMAS, VERSIONS } from './old-catalogue.ts';

/** What the program of that time wrote into it. */
const HELD: Readonly<
  Record<number, { readonly decisions: number; readonly faces: number; readonly steps: number }>
> = {
  1: { decisions: 7, faces: 17, steps: 6 },
  2: { decisions: 7, faces: 17, steps: 6 },
  3: { decisions: 8, faces: 17, steps: 7 },
  4: { decisions: 9, faces: 17, steps: 8 },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'schemas-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const open = async (): Promise<Workspace> =>
  openWorkspace(await findWorkspace(folder), createOwners(), { isReadOnly: false });

const versionOf = (file: string): number => {
  const database = openDatabase(file, { isReadOnly: true });
  try {
    return schemaVersion(database);
  } finally {
    database.close();
  }
};

test('each version of the catalogue has its frozen file', async () => {
  expect((await readdir(SCHEMAS)).toSorted()).toEqual(
    VERSIONS.map((version) => `${String(version)}.sql`).toSorted(),
  );
});

describe.each(VERSIONS)('a catalogue of version %i', (version) => {
  test('opens, keeps what was decided, and its history is undone and redone', async () => {
    await putVersion(folder, version);
    const workspace = await open();
    const { catalogue } = workspace;
    const count = (table: string): number =>
      catalogue.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? 0;
    expect(catalogue.get<{ user_version: number }>('PRAGMA user_version')?.user_version).toBe(SCHEMA_VERSION);
    expect(catalogue.all('SELECT name FROM identities').map((row) => row['name'])).toContain('Zoë');
    const editing = { catalogue, faces: workspace.faces(), now: Date.now };
    const end = catalogueDigest(catalogue);
    const held = { decisions: count('decisions'), faces: count('faces') };
    // The first version that keeps what a run found: those before held nothing that anybody saw.
    expect(readClustering(catalogue)?.labels.length ?? 0).toBe(version < 4 ? 0 : 16);
    let steps = 0;
    while (undo(editing, WHO) !== null) steps += 1;
    expect({ ...held, steps }).toEqual(HELD[version]);
    expect(count('decisions')).toBe(0);
    for (let step = 0; step < steps; step += 1) redo(editing, WHO);
    expect(catalogueDigest(catalogue)).toBe(end);
    await workspace.close();
    // Before an older one is touched, a whole copy of it is kept.
    const { backups } = workspace.paths;
    const kept = listBackups(backups).filter(({ reason }) => reason.startsWith('before-version-'));
    expect(kept.map(({ reason }) => reason)).toEqual(
      version < SCHEMA_VERSION ? [`before-version-${String(version + 1)}`] : [],
    );
    for (const { name } of kept) {
      expect(damageOfBackup(join(backups, name))).toBeNull();
      expect(versionOf(join(backups, name))).toBe(version);
    }
  });
});

test('a backup of an older version is restored, and brought up to date when it is opened', async () => {
  await putVersion(folder, 1);
  await (await open()).close();
  const paths = await findWorkspace(folder);
  const before = listBackups(paths.backups).find(({ reason }) => reason === 'before-version-2');
  await restoreBackup(paths, before?.name ?? '', Date.now());
  expect(versionOf(paths.catalogue)).toBe(1);
  const workspace = await open();
  expect(schemaVersion(workspace.catalogue)).toBe(SCHEMA_VERSION);
  expect(workspace.catalogue.all('SELECT name FROM identities').map((row) => row['name'])).toContain('Zoë');
  await workspace.close();
});

test('a catalogue of a newer version is refused with a sentence, and left as it was', async () => {
  await createWorkspace(folder);
  const file = join(folder, 'catalogue.sqlite');
  const newer = openDatabase(file, { isReadOnly: false });
  newer.exec(`PRAGMA user_version = ${String(SCHEMA_VERSION + 1)}`);
  newer.close();
  const before = await readFile(file);
  await expect(open()).rejects.toThrow(
    /^\/.* was made by a newer version of this program \(catalogue \d+, this one knows \d+\): update the program\.$/,
  );
  expect((await readFile(file)).equals(before)).toBe(true);
  expect(await readdir(folder)).not.toContain('lock.json');
});
