import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isRunning } from '../processes/running.ts';
import { writerOfPart } from './part-name.ts';
import { systemCode } from './system-code.ts';

/** A leftover of another machine, whose processes cannot be asked, is taken for dead after this. */
const FOREIGN_LEFTOVER_MS = 24 * 60 * 60_000;

/**
 * Removes what processes that died left half-written in a folder (not in its subfolders). Files of living processes stay.
 *
 * @returns how many were removed; 0 when the folder is missing.
 */
export const removeLeftovers = async (folder: string, now: () => number = Date.now): Promise<number> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  });
  let removed = 0;
  for (const name of names) {
    const writer = writerOfPart(name);
    if (writer === null) continue;
    const file = join(folder, name);
    const isDead = writer.isOfThisHost
      ? !isRunning(writer.pid)
      : await stat(file).then(
          ({ mtimeMs }) => mtimeMs < now() - FOREIGN_LEFTOVER_MS,
          () => false,
        );
    if (!isDead) continue;
    // Somebody else may have removed it first.
    const isGone = await unlink(file).then(
      () => true,
      () => false,
    );
    if (isGone) removed += 1;
  }
  return removed;
};
