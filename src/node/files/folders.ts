import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { systemCode } from './system-code.ts';

/**
 * Makes a folder, absolute, and those above it where they are missing; gives the uppermost that it made. Step by step: the recursive mkdir of
 * Node never ends where a system says of a new name in a folder that there is no such thing, as /proc does.
 */
const makeMissing = async (folder: string, mode: number | undefined): Promise<string | null> => {
  const make = async (): Promise<string | null> => {
    try {
      await mkdir(folder, { mode });
      return folder;
    } catch (error) {
      if (systemCode(error) === 'EEXIST' && (await stat(folder)).isDirectory()) return null;
      throw error;
    }
  };
  try {
    return await make();
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(folder) === folder) throw error;
  }
  const above = await makeMissing(dirname(folder), mode);
  const made = await make();
  return above ?? made;
};

/** Makes a folder and those above it; nothing when it is there. */
export const makeFolder = async (folder: string): Promise<void> => {
  await makeMissing(resolve(folder), undefined);
};

/** Makes the names in a folder durable. Systems that cannot sync a folder are left alone. */
export const syncFolder = async (folder: string): Promise<void> => {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // Windows refuses to open a folder; its renames are journalled.
    if (!['EISDIR', 'EPERM', 'EINVAL'].includes(systemCode(error) ?? '')) throw error;
  }
};

/** Makes a folder, absolute, and those above it where they are missing, and makes their names durable. */
export const makeFolderDurably = async (folder: string, mode?: number): Promise<void> => {
  const firstMade = await makeMissing(folder, mode);
  if (firstMade === null) return;
  for (let made = folder; made.length >= firstMade.length; made = dirname(made))
    await syncFolder(dirname(made));
};

/**
 * Makes the names in folders, and of these folders up to `root`, durable. Where several pieces of work run side by side, each does it for
 * its own: a folder takes milliseconds.
 */
export const syncUpTo = async (root: string, folders: Iterable<string>): Promise<void> => {
  const toSync = new Set([root]);
  for (const folder of folders) {
    for (let each = folder; !toSync.has(each); each = dirname(each)) toSync.add(each);
  }
  for (const folder of toSync) await syncFolder(folder);
};
