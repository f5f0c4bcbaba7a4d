import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { partName, writerOfPart } from '../../node/files/part-name.ts';
import { isRunning } from '../../node/processes/running.ts';
import { findDamage } from '../catalogue/check.ts';
import { openDatabase, type Database } from '../catalogue/database.ts';
import { asError, failed, isFailure, systemCode, writeFailure } from '../failure.ts';
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../workspace/paths.ts';

/** Removes what processes that died left half-copied. */
const removeDeadParts = (folder: string): void => {
  for (const name of readdirSync(folder)) {
    const writer = writerOfPart(name);
    if (writer?.isOfThisHost === true && !isRunning(writer.pid)) rmSync(join(folder, name), { force: true });
  }
};

type NameRow = { readonly name: string };
type CountRow = { readonly n: number };

/** How many rows each table has, by its name. */
export const countRows = (database: Database): ReadonlyMap<string, number> =>
  new Map(
    database
      .all<NameRow>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
      .map(({ name }) => [
        name,
        database.get<CountRow>(`SELECT count(*) AS n FROM "${name.replaceAll('"', '""')}"`)?.n ?? 0,
      ]),
  );

type Rows = ReadonlyMap<string, number>;

/**
 * What is wrong with a copy of a catalogue: a page or an index, or a table with a number of rows that it had neither before nor after the copying nor between;
 * null when it is whole.
 */
const damageOfCopy = (file: string, before: Rows, after: Rows): string | null => {
  const copy = openDatabase(file, { isReadOnly: true });
  try {
    const damage = findDamage(copy, 'integrity_check');
    if (damage !== null) return damage;
    const rows = countRows(copy);
    for (const [table, first] of before) {
      const last = after.get(table) ?? first;
      const count = rows.get(table) ?? 0;
      if (count < Math.min(first, last) || count > Math.max(first, last))
        return `${table} has ${String(count)} rows, not ${String(last)}`;
    }
    return null;
  } finally {
    copy.close();
  }
};

/** Waits until a file or a folder is on the disk. Systems that cannot do that for a folder are left alone. */
const sync = (path: string): void => {
  try {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    // Windows refuses to open a folder; its renames are journalled.
    if (!['EISDIR', 'EPERM', 'EINVAL'].includes(systemCode(error) ?? '')) throw error;
  }
};

const NO_SPACE = 'database or disk is full';

const copyFailure = (error: unknown, folder: string): unknown => {
  if (isFailure(error) || error instanceof CopyStopped) return error;
  const { message } = asError(error);
  if (message.includes(NO_SPACE))
    return failed(`The disk of ${folder} is full: free some space, then make the backup again.`);
  return systemCode(error) === null
    ? failed(`The catalogue could not be copied into ${folder} (${message}): check the disk.`)
    : writeFailure(error, folder);
};

/** Who hears of a copy while it is made. */
export type CopyHooks = {
  /** From now on this file grows, to about so many bytes. */
  readonly onGrowing: (file: string, bytes: number) => void;
  /** It is all written, and not checked yet. Whether the copying is stopped: then nothing is left of it. */
  readonly isStopped: () => boolean;
};

const UNHEARD: CopyHooks = { onGrowing: () => undefined, isStopped: () => false };

/** What a copying that was stopped ends with. */
export class CopyStopped extends Error {
  override readonly name = 'CopyStopped';
}

/** How many bytes a compact copy of a catalogue has, about. */
export const compactBytes = (catalogue: Database): number =>
  catalogue.get<CountRow>(
    'SELECT (page_count - freelist_count) * page_size AS n FROM pragma_page_count, pragma_freelist_count, pragma_page_size',
  )?.n ?? 0;

/**
 * Copies a catalogue into a new file, whole, compact and durably: the file has its name once every page, index and count of rows was checked.
 * Gives its size in bytes.
 * @throws FAILED when it cannot be written, or the copy is not whole; CopyStopped
 */
export const copyCatalogue = (catalogue: Database, file: string, hooks = UNHEARD): number => {
  const folder = dirname(file);
  const part = join(folder, partName(file));
  try {
    mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    removeDeadParts(folder);
    try {
      // Another process may write meanwhile.
      const before = countRows(catalogue);
      hooks.onGrowing(part, compactBytes(catalogue));
      catalogue.run('VACUUM INTO ?', part);
      chmodSync(part, OWNER_ONLY_FILE);
      if (hooks.isStopped()) throw new CopyStopped();
      const damage = damageOfCopy(part, before, countRows(catalogue));
      if (damage !== null)
        throw failed(`The copy of the catalogue in ${folder} is damaged (${damage}): check the disk.`);
      sync(part);
      renameSync(part, file);
    } finally {
      rmSync(part, { force: true });
    }
    sync(folder);
    return statSync(file).size;
  } catch (error) {
    throw copyFailure(error, folder);
  }
};
