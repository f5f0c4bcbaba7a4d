import { existsSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backup } from '../../contract/workspace-care.ts';
import { onCareThread } from '../care/on-thread.ts';
import { findDamage } from '../catalogue/check.ts';
import { openDatabase, type Database } from '../catalogue/database.ts';
import { schemaVersion } from '../catalogue/migrate.ts';
import { systemCode, unusable } from '../failure.ts';
import { realPathOf } from '../files/paths.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';
import { copyCatalogue, type CopyHooks } from './copy.ts';
import { backupName, listBackups } from './names.ts';

/** The newest whole backups that are always kept. */
export const KEPT_BACKUPS = 10;
/** A catalogue that is opened gets a backup when the last one is older. */
export const BACKUP_EVERY_MS = 24 * 60 * 60_000;

type Reason = { readonly atMs: number; readonly reason: string };

const freeName = (backups: string, { atMs, reason }: Reason): string => {
  // Two in one millisecond would have one name.
  let free = atMs;
  while (existsSync(join(backups, backupName(free, reason)))) free += 1;
  return backupName(free, reason);
};

/** Adds a backup of a catalogue to its folder at once; gives its name. @throws FAILED as `copyCatalogue` does */
export const addBackupNow = (
  catalogue: Database,
  { backups }: WorkspacePaths,
  why: Reason,
  onGrowing: CopyHooks['onGrowing'] = () => undefined,
): string => {
  const name = freeName(backups, why);
  copyCatalogue(catalogue, join(backups, name), { onGrowing, isStopped: () => false });
  return name;
};

/**
 * Adds a backup of a catalogue to its folder on a thread of its own, then removes old ones; gives its name and its size in bytes.
 * @throws FAILED as `copyCatalogue` does
 */
export const addBackup = async (
  { catalogue, backups }: WorkspacePaths,
  why: Reason,
  hooks?: WorkHooks,
): Promise<{ readonly name: string; readonly bytes: number }> => {
  const name = freeName(backups, why);
  return {
    name,
    bytes: await onCareThread(
      { kind: 'copy', catalogue, file: join(backups, name), thinned: backups },
      hooks,
    ),
  };
};

/** Keeps a copy of a catalogue that is about to be brought to a newer version. */
export const backUpBeforeMigration = (catalogue: Database, paths: WorkspacePaths, atMs: number): void => {
  addBackupNow(catalogue, paths, { atMs, reason: `before-version-${String(schemaVersion(catalogue) + 1)}` });
};

/** What is wrong with the file of a backup; null when every page and index is whole. */
export const damageOfBackup = (file: string): string | null => {
  try {
    const database = openDatabase(file, { isReadOnly: true });
    try {
      return findDamage(database, 'integrity_check');
    } finally {
      database.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/**
 * Removes backups that are older than the ten newest whole ones; each of those is checked before. Gives the names of the removed ones.
 */
export const removeOldBackups = (folder: string): readonly string[] => {
  const listed = listBackups(folder);
  if (listed.length <= KEPT_BACKUPS) return [];
  const removed: string[] = [];
  let whole = 0;
  for (const { name } of listed) {
    const file = join(folder, name);
    if (whole >= KEPT_BACKUPS) {
      rmSync(file, { force: true });
      removed.push(name);
      continue;
    }
    if (damageOfBackup(file) === null) whole += 1;
  }
  return removed;
};

const isEmpty = (catalogue: Database): boolean => catalogue.get('SELECT id FROM sources LIMIT 1') === null;

const isDue = (newest: Backup | undefined, nowMs: number): boolean =>
  newest === undefined || newest.atMs > nowMs || nowMs - newest.atMs >= BACKUP_EVERY_MS;

/** Adds the daily backup when it is due, and removes old ones then. Gives the new one's name, or null. @throws FAILED as `copyCatalogue` does */
export const keepBackups = async (
  catalogue: Database,
  paths: WorkspacePaths,
  nowMs: number,
): Promise<string | null> => {
  if (isEmpty(catalogue) || !isDue(listBackups(paths.backups)[0], nowMs)) return null;
  const { name } = await addBackup(paths, { atMs: nowMs, reason: 'daily' });
  return name;
};

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
};

/** Copies a catalogue to a place of somebody's choice, on a thread of its own. @throws UNUSABLE when something of that name is there */
export const backUpTo = async (
  { catalogue }: WorkspacePaths,
  to: string,
  atMs: number,
  hooks: WorkHooks,
): Promise<{ readonly file: string; readonly bytes: number }> => {
  const place = await realPathOf(to);
  const file = (await isFolder(place)) ? join(place, backupName(atMs, 'by-hand')) : place;
  if (existsSync(file)) throw unusable(`${file} is there already: choose another name for the backup.`);
  return { file, bytes: await onCareThread({ kind: 'copy', catalogue, file, thinned: null }, hooks) };
};
