import { randomBytes } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFailure } from '../failure.ts';
import { syncFolder } from '../../node/files/folders.ts';
import { assertWhole } from './check.ts';
import { letGoOfClosed, openDatabase, type Database } from './database.ts';
import { migrate } from './migrate.ts';

const OWNER_ONLY = 0o600;

export type OpenCatalogueOptions = {
  readonly isReadOnly: boolean;
  /** What is looked at: every index and page, every page, or nothing of a file that nobody touched since it was closed. */
  readonly check: 'integrity_check' | 'quick_check' | 'none';
  /** Makes a verified copy, before the file is brought to a newer version. */
  readonly backUp: (database: Database) => void;
};

/** What a crash may leave of a catalogue that was being made, with its logs. */
const UNFINISHED = /^\.catalogue-[0-9a-f]+\.sqlite/;

/** Whether a file's name says that it is what a crash left of a catalogue that was being made. */
export const isUnfinishedCatalogue = (name: string): boolean => UNFINISHED.test(name);

/**
 * Creates an empty catalogue, whole or not at all and durably, readable by its owner alone; SQLite gives its logs the same mode.
 * @throws EEXIST
 */
export const createCatalogue = async (file: string): Promise<void> => {
  const folder = dirname(file);
  const unfinished = join(folder, `.catalogue-${randomBytes(6).toString('hex')}.sqlite`);
  try {
    const handle = await open(unfinished, 'wx', OWNER_ONLY);
    await handle.close();
    const database = openDatabase(unfinished, { isReadOnly: false });
    try {
      migrate(database, () => undefined);
    } finally {
      database.close();
      await letGoOfClosed();
    }
    await link(unfinished, file);
  } finally {
    await rm(unfinished, { force: true });
  }
  await syncFolder(folder);
};

/** What a damaged file says when it is closed adds nothing to what it said before. */
const closeQuietly = (database: Database): void => {
  try {
    database.close();
  } catch {
    return;
  }
};

/** Opens a catalogue, checks it and brings it up to date. @throws a failure that says what is wrong with it */
export const openCatalogue = (file: string, options: OpenCatalogueOptions): Database => {
  const folder = dirname(file);
  let database: Database;
  try {
    database = openDatabase(file, { isReadOnly: options.isReadOnly });
  } catch (error) {
    throw writeFailure(error, folder);
  }
  try {
    if (options.check !== 'none') assertWhole(database, options.check);
    migrate(database, () => {
      options.backUp(database);
    });
    return database;
  } catch (error) {
    closeQuietly(database);
    throw writeFailure(error, folder);
  }
};
