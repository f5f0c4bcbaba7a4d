import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { partName } from '../../node/files/part-name.ts';
import { copyCatalogue } from '../backups/copy.ts';
import { damageOfBackup } from '../backups/keep.ts';
import { listBackups } from '../backups/names.ts';
import { openDatabase } from '../catalogue/database.ts';
import { migrate } from '../catalogue/migrate.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';
import type { WorkHooks } from '../stream-work.ts';
import { findByMarks, type Marks } from './person.ts';
import { scrubCatalogue } from './scrub.ts';

const LOGS = ['-wal', '-shm', '-journal'] as const;

const removeWithLogs = async (file: string): Promise<void> => {
  for (const end of ['', ...LOGS]) await rm(`${file}${end}`, { force: true });
};

const scrubOne = async (file: string, part: string, marks: Marks): Promise<void> => {
  await copyFile(file, part);
  const database = openDatabase(part, { isReadOnly: false });
  try {
    migrate(database, () => undefined);
    scrubCatalogue(database, findByMarks(database, marks));
    copyCatalogue(database, file);
  } finally {
    database.close();
  }
};

/**
 * Removes a person from every backup: each is rewritten beside itself, checked, and takes its own place. One that cannot be read may hold anybody,
 * and is removed. Gives how many were.
 * @throws FAILED when one cannot be written; those that were rewritten stay so
 */
export const scrubBackups = async (
  { backups }: WorkspacePaths,
  marks: Marks,
  onProgress: WorkHooks['onProgress'],
): Promise<number> => {
  let removed = 0;
  const found = listBackups(backups);
  const bytesInAll = found.reduce((sum, { bytes }) => sum + bytes, 0);
  let bytesDone = 0;
  for (const { name, bytes } of found) {
    onProgress(bytesDone, bytesInAll, 'backups');
    bytesDone += bytes;
    const file = join(backups, name);
    if (damageOfBackup(file) !== null) {
      await removeWithLogs(file);
      removed += 1;
      continue;
    }
    const part = join(backups, partName(file));
    try {
      await scrubOne(file, part, marks);
    } finally {
      await removeWithLogs(part);
    }
    for (const log of LOGS) await rm(`${file}${log}`, { force: true });
  }
  onProgress(bytesInAll, bytesInAll, 'backups');
  return removed;
};
