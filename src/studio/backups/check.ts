import { basename, join } from 'node:path';
import type { CheckedBackup, RestoreView } from '../../contract/workspace-care.ts';
import { notFound } from '../failure.ts';
import { onCareThread } from '../care/on-thread.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { WorkspacePaths } from '../workspace/paths.ts';
import { listBackups } from './names.ts';

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
    checked.push({ name, damage: await onCareThread({ kind: 'check', file: join(backups, name) }) });
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
  return { backup, ...(await onCareThread({ kind: 'compare', catalogue, file: join(backups, name) })) };
};
