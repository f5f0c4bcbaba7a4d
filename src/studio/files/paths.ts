import { realpath } from 'node:fs/promises';
import { dirname, basename, join, relative, resolve, sep, isAbsolute } from 'node:path';
import { systemCode } from '../failure.ts';

/** Whether `path` is `folder` or lies in it. Both absolute and real; a sibling with the same beginning does not count. */
export const isWithin = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
};

/** The real path of a file that need not exist: links are resolved in the part that does. */
export const realPathOf = async (path: string): Promise<string> => {
  const absolute = resolve(path);
  try {
    return await realpath(absolute);
  } catch (error) {
    // Below a file there is nothing either.
    if (!['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) throw error;
    const parent = dirname(absolute);
    return parent === absolute ? absolute : join(await realPathOf(parent), basename(absolute));
  }
};
