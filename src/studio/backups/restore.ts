import { existsSync } from 'node:fs';
import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RestoredBackup } from '../../contract/workspace-care.ts';
import { assertOurs } from '../catalogue/migrate.ts';
import { openDatabase } from '../catalogue/database.ts';
import { replaceContent } from '../catalogue/replace.ts';
import { failed, notFound, systemCode, writeFailure } from '../failure.ts';
import { syncFolder } from '../../node/files/folders.ts';
import { partName } from '../../node/files/part-name.ts';
import { OWNER_ONLY_FILE, type WorkspacePaths } from '../workspace/paths.ts';
import type { CopyHooks } from './copy.ts';
import { addBackupNow, damageOfBackup } from './keep.ts';
import { backupName, listBackups } from './names.ts';

const LOGS = ['-wal', '-shm'] as const;

/** Moves a catalogue that cannot be read out of the way, its logs with it: somebody may save something from it yet. */
const moveDamaged = async ({ catalogue, backups, folder }: WorkspacePaths, atMs: number): Promise<string> => {
  const name = backupName(atMs, 'damaged');
  for (const part of [...LOGS, '']) {
    await rename(`${catalogue}${part}`, join(backups, `${name}${part}`)).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT') throw writeFailure(error, folder);
    });
  }
  return name;
};

/** Keeps the present catalogue as a backup and folds its log into it; gives the name of what was kept, null when there is none. */
const keepPresent = async (
  paths: WorkspacePaths,
  atMs: number,
  onGrowing: CopyHooks['onGrowing'],
): Promise<string | null> => {
  if (!existsSync(paths.catalogue)) return null;
  try {
    const database = openDatabase(paths.catalogue, { isReadOnly: false });
    try {
      return addBackupNow(database, paths, { atMs, reason: 'before-restore' }, onGrowing);
    } finally {
      database.close();
    }
  } catch (error) {
    // A full disk is told; a catalogue that cannot be read is what a backup is restored for.
    if (damageOfBackup(paths.catalogue) === null) throw error;
    return moveDamaged(paths, atMs);
  }
};

const copyDurably = async (from: string, to: string): Promise<void> => {
  const part = join(dirname(to), partName(to));
  try {
    await copyFile(from, part);
    const handle = await open(part, 'r+');
    try {
      await handle.chmod(OWNER_ONLY_FILE);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, to);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  await syncFolder(dirname(to));
};

/** Who hears how far a restore has come, in bytes. */
export type RestoreHooks = {
  readonly onProgress: (done: number, total: number) => void;
  /** From now on a file grows whose bytes come on top of those done. */
  readonly onGrowing: (file: string, done: number, total: number) => void;
};

const UNHEARD: RestoreHooks = { onProgress: () => undefined, onGrowing: () => undefined };

const assertUsable = (file: string, name: string): void => {
  const damage = damageOfBackup(file);
  if (damage !== null)
    throw failed(`The backup ${name} is damaged (${damage}): choose another one of "backup --list".`);
  const database = openDatabase(file, { isReadOnly: true });
  try {
    assertOurs(database);
  } finally {
    database.close();
  }
};

/**
 * Puts a backup in the place of the catalogue of a workspace that nobody has open, under its lock. What was there is kept as a backup first.
 * Killed at any moment, the catalogue is the one before or the backup, whole.
 * @throws NOT_FOUND for a backup that is not there, FAILED for one that is damaged or of a newer version
 */
export const restoreBackup = async (
  paths: WorkspacePaths,
  given: string,
  atMs: number,
  hooks = UNHEARD,
): Promise<RestoredBackup> => {
  const { folder, catalogue, backups } = paths;
  const name = basename(given);
  if (!listBackups(backups).some((backup) => backup.name === name))
    throw notFound(`There is no backup ${given} in ${backups}: "backup --list" names those that there are.`);
  const backup = join(backups, name);
  assertUsable(backup, name);
  const backupBytes = (await stat(backup)).size;
  let keptBytes = 0;
  const kept = await keepPresent(paths, atMs, (file, bytes) => {
    keptBytes = bytes;
    hooks.onGrowing(file, 0, keptBytes + backupBytes);
  });
  const onReplacing = (share: number): void => {
    hooks.onProgress(keptBytes + share * backupBytes, keptBytes + backupBytes);
  };
  onReplacing(0);
  try {
    // It was made from what was there.
    await rm(paths.cache, { recursive: true, force: true });
    if (existsSync(catalogue)) await replaceContent(catalogue, backup, onReplacing);
    else await copyDurably(backup, catalogue);
    onReplacing(1);
  } catch (error) {
    throw writeFailure(error, folder);
  }
  const damage = damageOfBackup(catalogue);
  if (damage !== null)
    throw failed(`The restored catalogue ${catalogue} is damaged (${damage}): check the disk.`);
  return { restored: name, kept };
};
