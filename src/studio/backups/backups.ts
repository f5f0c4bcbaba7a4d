import { join } from 'node:path';
import { findDamage } from '../catalogue/check.ts';
import { openDatabase, type Database } from '../catalogue/database.ts';
import { schemaVersion } from '../catalogue/migrate.ts';
import { failed } from '../failure.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

/** Writes a copy of the catalogue, whole and compact, and checks every page and index of it. @throws FAILED when the copy is not whole */
export const copyCatalogue = (catalogue: Database, file: string): void => {
  catalogue.run('VACUUM INTO ?', file);
  const copy = openDatabase(file, { isReadOnly: true });
  try {
    const damage = findDamage(copy, 'integrity_check');
    if (damage !== null) throw failed(`The backup ${file} is damaged (${damage}): check the disk.`);
  } finally {
    copy.close();
  }
};

/** Keeps a copy of a catalogue that is about to be brought to a newer version. */
export const backUpBeforeMigration = (catalogue: Database, { backups }: WorkspacePaths): void => {
  const name = `before-version-${String(schemaVersion(catalogue) + 1)}-${String(Date.now())}.sqlite`;
  copyCatalogue(catalogue, join(backups, name));
};
