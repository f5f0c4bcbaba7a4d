import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Backup } from '../../contract/workspace-care.ts';
import { systemCode } from '../failure.ts';

/** `catalogue-20261125T090004123Z-daily.sqlite`: names sort by time, and no file system minds them. */
const NAME =
  /^catalogue-(?<date>\d{8})T(?<hours>\d\d)(?<minutes>\d\d)(?<seconds>\d\d)(?<milliseconds>\d{3})Z-(?<reason>[a-z0-9-]+)\.sqlite$/;

/** The name of a backup. @param reason lower-case letters, digits and hyphens */
export const backupName = (atMs: number, reason: string): string =>
  `catalogue-${new Date(atMs).toISOString().replaceAll(/[-:.]/g, '')}-${reason}.sqlite`;

const namedBackup = (name: string): Pick<Backup, 'atMs' | 'reason'> | null => {
  const parts = NAME.exec(name)?.groups;
  if (parts === undefined) return null;
  const { date = '', hours, minutes, seconds, milliseconds, reason = '' } = parts;
  const day = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
  const atMs = Date.parse(`${day}T${hours ?? ''}:${minutes ?? ''}:${seconds ?? ''}.${milliseconds ?? ''}Z`);
  return Number.isNaN(atMs) ? null : { atMs, reason };
};

const namesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
};

/** The backups in a folder, newest first. */
export const listBackups = (folder: string): readonly Backup[] =>
  namesIn(folder)
    .flatMap((name): Backup[] => {
      const named = namedBackup(name);
      const found = named === null ? undefined : statSync(join(folder, name), { throwIfNoEntry: false });
      return named === null || found?.isFile() !== true ? [] : [{ name, ...named, bytes: found.size }];
    })
    .sort((a, b) => b.atMs - a.atMs || (a.name < b.name ? 1 : -1));
