import { readdir, rm, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { listBackups } from '../backups/names.ts';
import { openDatabase, type Database } from '../catalogue/database.ts';
import { systemCode } from '../failure.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';

/** A crop is on the disk before the catalogue names it: one that is younger may be about to be named. */
const LEAST_AGE_MS = 60 * 60_000;

const addNamed = (catalogue: Database, named: Set<string>): void => {
  for (const [file] of catalogue.rows<readonly [string]>(
    'SELECT crop_file FROM faces WHERE crop_file IS NOT NULL',
  ))
    named.add(file);
};

const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

/** Crops that no face of the catalogue names, by their paths in the workspace: other settings or earlier edits left them. */
export const findSpareCrops = async (
  catalogue: Database,
  { crops }: WorkspacePaths,
): Promise<readonly string[]> => {
  const names = await readdir(crops, { recursive: true }).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  const named = new Set<string>();
  addNamed(catalogue, named);
  return names
    .filter((name) => name.endsWith('.png'))
    .map((name) => `crops/${name.split(sep).join('/')}`)
    .filter((file) => !named.has(file));
};

/**
 * Removes spare crops that no backup names either and gives how many were removed. Undo does not need them: it has a crop cut out of the original again,
 * with the same bytes. A backup may be restored where the originals are not, so what it names stays. One that cannot be read may name any, and
 * then none is removed.
 * @param spare as `findSpareCrops` gives them
 */
export const removeSpareCrops = async (
  { folder, backups }: WorkspacePaths,
  spare: readonly string[],
  nowMs: number,
): Promise<number> => {
  if (spare.length === 0) return 0;
  const named = new Set<string>();
  for (const { name } of listBackups(backups)) {
    await nextTurn();
    try {
      const backup = openDatabase(join(backups, name), { isReadOnly: true });
      try {
        addNamed(backup, named);
      } finally {
        backup.close();
      }
    } catch {
      return 0;
    }
  }
  let removed = 0;
  for (const file of spare) {
    if (named.has(file)) continue;
    const path = join(folder, file);
    const found = await stat(path).catch((error: unknown) => {
      if (isAbsent(error)) return null;
      throw error;
    });
    if (found?.isFile() !== true || nowMs - found.mtimeMs < LEAST_AGE_MS) continue;
    await rm(path, { force: true });
    removed += 1;
  }
  return removed;
};
