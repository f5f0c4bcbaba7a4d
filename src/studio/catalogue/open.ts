import { open } from 'node:fs/promises';
import { asError, failed, isFailure } from '../failure.ts';
import { assertWhole } from './check.ts';
import { openDatabase, type Database } from './database.ts';
import { migrate } from './migrate.ts';

const OWNER_ONLY = 0o600;

export type OpenCatalogueOptions = {
  readonly isReadOnly: boolean;
  /** Whether the process that wrote it last did not close it: then every page and every index is checked. */
  readonly wasLeftOpen: boolean;
  /** Makes a verified copy, before the file is brought to a newer version. */
  readonly backUp: (database: Database) => void;
};

/** Creates an empty catalogue, readable by its owner alone; SQLite gives its logs the same mode. @throws EEXIST */
export const createCatalogue = async (file: string): Promise<void> => {
  const handle = await open(file, 'wx', OWNER_ONLY);
  await handle.close();
  const database = openDatabase(file, { isReadOnly: false });
  try {
    migrate(database, () => undefined);
  } finally {
    database.close();
  }
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
  let database: Database;
  try {
    database = openDatabase(file, { isReadOnly: options.isReadOnly });
  } catch (error) {
    throw failed(
      `The catalogue ${file} cannot be opened (${asError(error).message}): put the newest file of the folder "backups" in its place.`,
    );
  }
  try {
    assertWhole(database, options.wasLeftOpen ? 'integrity_check' : 'quick_check');
    migrate(database, () => {
      options.backUp(database);
    });
    return database;
  } catch (error) {
    closeQuietly(database);
    if (isFailure(error)) throw error;
    throw failed(
      `The catalogue ${file} cannot be read (${asError(error).message}): put the newest file of the folder "backups" in its place.`,
    );
  }
};
