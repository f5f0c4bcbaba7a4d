import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { SCHEMA_VERSION } from '../../src/studio/catalogue/schema.ts';
import { createWorkspace } from '../../src/studio/workspace/create.ts';

/** For each version that was released a catalogue of that time, as text: never changed, only followed by the next one. */
export const SCHEMAS = join(import.meta.dirname, 'schemas');
/** From the first one to that of this program. */
export const VERSIONS = Array.from({ length: SCHEMA_VERSION }, (_, place) => place + 1);

/** Makes a workspace in a new folder, with the catalogue of a version. */
export const putVersion = async (folder: string, version: number): Promise<void> => {
  await createWorkspace(folder);
  const file = join(folder, 'catalogue.sqlite');
  await rm(file);
  const database = new DatabaseSync(file);
  database.exec(await readFile(join(SCHEMAS, `${String(version)}.sql`), 'utf8'));
  database.close();
};
