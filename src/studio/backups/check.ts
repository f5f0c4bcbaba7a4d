import { basename, join } from 'node:path';
import type { CheckedBackup, RestoreView } from '../../contract/workspace-care.ts';
import { notFound } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';
import { listBackups } from './names.ts';
import { compareOnThread, damageOnThread } from './on-thread.ts';

/** Reads every page of every backup, newest first. @throws the signal's reason */
export const checkBackups = async (
  { backups }: WorkspacePaths,
  { signal, onProgress }: WorkHooks,
): Promise<CheckedBackup[]> => {
  const listed = listBackups(backups);
  const checked: CheckedBackup[] = [];
  for (const { name } of listed) {
    signal.throwIfAborted();
    onProgress(checked.length, listed.length);
    checked.push({ name, damage: await damageOnThread(join(backups, name)) });
  }
  onProgress(checked.length, listed.length);
  return checked;
};

/** What restoring a backup would change; nothing is changed. @throws NOT_FOUND for a backup that is not there */
export const previewRestore = async (
  { catalogue, backups }: WorkspacePaths,
  given: string,
): Promise<RestoreView> => {
  const name = basename(given);
  const backup = listBackups(backups).find((each) => each.name === name);
  if (backup === undefined) throw notFound(`There is no backup ${given} in ${backups}: choose another one.`);
  return { backup, ...(await compareOnThread(catalogue, join(backups, name))) };
};
