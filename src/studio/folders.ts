import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileEnding, FolderEntry } from '../contract/studio.ts';
import { systemCode, unusable } from './failure.ts';
import { isWithin } from './files/paths.ts';
import { hasImageExtension, isSystemName } from './scan/sniff.ts';

export type FolderListing = {
  readonly path: string;
  readonly parent: string | null;
  readonly folders: FolderEntry[];
  readonly images: number;
  readonly files: FolderEntry[];
};

/** A chooser of folders that never leaves its roots. */
export type FolderChooser = {
  roots(): Promise<FolderEntry[]>;
  /** @param endings of the files that are told of */
  list(path: string, endings?: readonly FileEnding[]): Promise<FolderListing>;
};

const isFolder = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ELOOP', 'EPERM'].includes(systemCode(error) ?? '')) return false;
    throw error;
  }
};

const entriesOf = async (folder: string): Promise<readonly Dirent[]> => {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === 'EACCES')
      throw unusable(`There is no permission to read the folder ${folder}.`);
    throw error;
  }
};

const byName = (a: FolderEntry, b: FolderEntry): number =>
  a.name.localeCompare(b.name, 'en', { numeric: true });

/** A chooser below the given folders; links that lead out of them are refused. */
export const createFolderChooser = (rootsAsGiven: readonly string[]): FolderChooser => {
  const realRoots = async (): Promise<readonly string[]> => {
    if (rootsAsGiven.length === 0)
      throw unusable('No folders may be chosen here: start the program with --root <folder>.');
    const roots: string[] = [];
    for (const root of rootsAsGiven) if (await isFolder(root)) roots.push(await realpath(root));
    return roots;
  };
  const realFolder = async (path: string, roots: readonly string[]): Promise<string> => {
    const real = (await isFolder(path)) ? await realpath(path) : null;
    // The same answer for what is missing and what is outside: nothing is told about other folders.
    if (real === null || !roots.some((root) => isWithin(root, real)))
      throw unusable(`There is no folder ${path} to choose.`);
    return real;
  };
  return {
    async roots() {
      return (await realRoots()).map((path) => ({
        name: basename(path) === '' ? path : basename(path),
        path,
      }));
    },
    async list(path, endings = []) {
      const roots = await realRoots();
      const real = await realFolder(path, roots);
      const entries = await entriesOf(real);
      const folders: FolderEntry[] = [];
      const files: FolderEntry[] = [];
      let images = 0;
      for (const entry of entries) {
        if (isSystemName(entry.name)) continue;
        const child = join(real, entry.name);
        if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(child)))) {
          const target = entry.isSymbolicLink() ? await realpath(child) : child;
          if (roots.some((root) => isWithin(root, target))) folders.push({ name: entry.name, path: child });
        } else if (hasImageExtension(entry.name)) images += 1;
        else if (entry.isFile() && endings.some((ending) => entry.name.toLowerCase().endsWith(ending)))
          files.push({ name: entry.name, path: child });
      }
      return {
        path: real,
        parent: roots.includes(real) ? null : dirname(real),
        folders: folders.sort(byName),
        images,
        files: files.sort(byName),
      };
    },
  };
};
