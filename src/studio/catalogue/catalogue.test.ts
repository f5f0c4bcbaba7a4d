import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { letGoOfClosed, openDatabase, type Database } from './database.ts';
import { createCatalogue, openCatalogue } from './open.ts';
import { SCHEMA_VERSION } from './schema.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'catalogue-'));
  file = join(folder, 'catalogue.sqlite');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const openIt = (more: Partial<Parameters<typeof openCatalogue>[1]> = {}): Database =>
  openCatalogue(file, { isReadOnly: false, check: 'quick_check', backUp: () => undefined, ...more });

const pragma = (database: Database, name: string): unknown =>
  Object.values(database.get(`PRAGMA ${name}`) ?? {})[0];

test('a connection is set as safe as SQLite can be', async () => {
  await createCatalogue(file);
  const database = openIt();
  expect(pragma(database, 'journal_mode')).toBe('wal');
  expect(pragma(database, 'synchronous')).toBe(2);
  expect(pragma(database, 'foreign_keys')).toBe(1);
  expect(pragma(database, 'trusted_schema')).toBe(0);
  expect(pragma(database, 'cell_size_check')).toBe(1);
  expect(pragma(database, 'secure_delete')).toBe(1);
  expect(pragma(database, 'mmap_size')).toBe(0);
  expect(pragma(database, 'user_version')).toBe(SCHEMA_VERSION);
  database.close();
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a transaction that throws leaves nothing', async () => {
  await createCatalogue(file);
  const database = openIt();
  expect(() =>
    database.transaction(() => {
      database.run('INSERT INTO properties VALUES (?, ?)', 'a', 'b');
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(database.all('SELECT * FROM properties')).toEqual([]);
  database.transaction(() => database.run('INSERT INTO properties VALUES (?, ?)', 'a', 'b'));
  expect(database.all('SELECT * FROM properties')).toHaveLength(1);
  database.close();
});

test('names that are not UTF-8 and numbers of 64 bits come back as they were stored', async () => {
  await createCatalogue(file);
  const database = openIt();
  const path = Buffer.from([0xff, 0xfe, 0x0a, 0x25]);
  const inode = -(2n ** 63n);
  database.run(
    "INSERT INTO sources (id, folder, layout, is_polled, is_offline, added_at_ms) VALUES (1, ?, 'flat', 0, 0, 0)",
    path,
  );
  database.run(
    'INSERT INTO files (source_id, path, size_bytes, modified_ns, inode, device, is_missing) VALUES (1, ?, 1, ?, ?, 1, 0)',
    path,
    1_764_000_000_123_456_789n,
    inode,
  );
  const [row] = database.allBig<{ path: Uint8Array; modified_ns: bigint; inode: bigint }>(
    'SELECT * FROM files',
  );
  expect(Buffer.from(row?.path ?? []).equals(path)).toBe(true);
  expect(row?.modified_ns).toBe(1_764_000_000_123_456_789n);
  expect(row?.inode).toBe(inode);
  database.close();
});

test('a catalogue of a newer version is refused with a sentence that says what to do', async () => {
  await createCatalogue(file);
  const database = openIt();
  database.exec(`PRAGMA user_version = ${String(SCHEMA_VERSION + 1)}`);
  database.close();
  expect(() => openIt()).toThrow(/newer version of this program.*update the program/);
});

test('a file of another program, and one that is no database, are refused', async () => {
  await createCatalogue(file);
  const database = openIt();
  database.exec('PRAGMA application_id = 1');
  database.close();
  expect(() => openIt()).toThrow(/not a catalogue of this program/);
  file = join(folder, 'noise.sqlite');
  await writeFile(file, randomBytes(8192));
  expect(() => openIt()).toThrow(/cannot be (opened|read).*backups/);
});

test('a catalogue that brings a trigger along is refused before the trigger can run', async () => {
  await createCatalogue(file);
  const database = openIt();
  database.exec('CREATE TRIGGER t AFTER INSERT ON properties BEGIN DELETE FROM properties; END');
  database.close();
  expect(() => openIt()).toThrow(/tables that this program did not make/);
});

test('damaged pages are told or the answers are right, and the program goes on', async () => {
  await createCatalogue(file);
  const database = openIt();
  database.transaction(() => {
    for (let index = 0; index < 5000; index += 1)
      database.run('INSERT INTO properties VALUES (?, ?)', `name ${String(index)}`, 'x'.repeat(50));
  });
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
  const whole = join(folder, 'whole.sqlite');
  await copyFile(file, whole);
  const pages = Math.floor((await readFile(whole)).length / 4096);
  let told = 0;
  for (let page = 1; page < pages; page += 7) {
    file = join(folder, `damaged ${String(page)}.sqlite`);
    await copyFile(whole, file);
    const handle = await open(file, 'r+');
    await handle.write(randomBytes(4096), 0, 4096, page * 4096);
    await handle.close();
    try {
      const damaged = openIt({ check: 'integrity_check' });
      expect(damaged.get<{ n: number }>('SELECT count(*) AS n FROM properties')?.n).toBe(5000);
      damaged.close();
    } catch (error) {
      expect(String(error)).toMatch(/damaged|cannot be read/);
      told += 1;
    }
  }
  expect(told).toBeGreaterThan(5);
});

test('rows that are read over many turns stay while memory is collected', async () => {
  const database = openDatabase(':memory:', { isReadOnly: false });
  database.exec('CREATE TABLE numbers (number INTEGER) STRICT');
  for (let number = 0; number < 50; number += 1) database.run('INSERT INTO numbers VALUES (?)', number);
  const read: number[] = [];
  for (const [number] of database.rows<readonly [number]>('SELECT number FROM numbers')) {
    read.push(number);
    if (number === 5) for (let turn = 0; turn < 3; turn += 1) await letGoOfClosed();
  }
  expect(read).toEqual(Array.from({ length: 50 }, (_, number) => number));
  database.close();
});

test('a read-only connection writes nothing', async () => {
  await createCatalogue(file);
  const database = openIt({ isReadOnly: true });
  expect(() => database.run('INSERT INTO properties VALUES (?, ?)', 'a', 'b')).toThrow();
  database.close();
  expect(() => openDatabase(join(folder, 'missing.sqlite'), { isReadOnly: true })).toThrow();
});
