import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import { openablePath, shownPath } from './names.ts';
import { BAD_NAME, HIDDEN, NOT_A_FILE, problemOfError, problemOfFile, type Problem } from './problems.ts';
import { isSystemName } from './sniff.ts';

export type Found = {
  /** Relative to the folder, with `/`; bytes that are not UTF-8 are written as `\xNN`. */
  readonly file: string;
  /** null for a file to be decoded. */
  readonly problem: Problem | null;
};

const SEPARATOR = Buffer.from(sep);

type Folder = { readonly path: Buffer; readonly prefix: string; readonly isUtf8: boolean };
type Kind = 'file' | 'folder' | 'other';

const kindOf = (entry: { isFile(): boolean; isDirectory(): boolean }): Kind =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';

/**
 * Lists every file below a folder, sorted by path, each with what is wrong with it. Links are followed, but no folder is read
 * twice, so loops end. Hidden folders are one entry and are not entered. A folder that cannot be read is an entry too.
 * @param folder absolute
 * @throws the system's error when the folder itself cannot be read, and the signal's reason when it is aborted
 */
export const scanFolder = async (folder: string, signal?: AbortSignal): Promise<readonly Found[]> => {
  const found = new Map<string, Found>();
  const add = (file: string, problem: Problem | null): void => {
    let name = file;
    // Only an escaped name can meet another file's: names of one folder are distinct.
    while (found.has(name)) name += '?';
    found.set(name, { file: name, problem });
  };
  const seen = new Set<string>();
  const linked: Folder[] = [];

  const isFirstVisit = async (path: Buffer): Promise<boolean> => {
    const { dev, ino } = await stat(path, { bigint: true });
    const key = `${String(dev)}:${String(ino)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  };

  const visitEntry = async (parent: Folder, entry: Dirent<Buffer>, queue: Folder[]): Promise<void> => {
    const openable = openablePath(entry.name);
    const text = openable ?? shownPath(entry.name);
    const name = parent.prefix + text;
    const path = Buffer.concat([parent.path, SEPARATOR, entry.name]);
    try {
      const kind = entry.isSymbolicLink() ? kindOf(await stat(path)) : kindOf(entry);
      const isValid = openable !== null && parent.isUtf8;
      if (isSystemName(text)) add(name, HIDDEN);
      else if (kind === 'folder') {
        const child = { path, prefix: `${name}/`, isUtf8: isValid };
        (entry.isSymbolicLink() ? linked : queue).push(child);
      } else if (!isValid) add(name, BAD_NAME);
      else if (kind === 'other') add(name, NOT_A_FILE);
      else add(name, await problemOfFile(path, text));
    } catch (error) {
      add(name, problemOfError(error, entry.isSymbolicLink()));
    }
  };

  const visit = async (start: Folder, isRoot: boolean): Promise<void> => {
    const queue = [start];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      signal?.throwIfAborted();
      let entries: readonly Dirent<Buffer>[];
      try {
        if (!(await isFirstVisit(next.path))) continue;
        entries = await readdir(next.path, { encoding: 'buffer', withFileTypes: true });
      } catch (error) {
        if (isRoot && next === start) throw error;
        add(next.prefix.slice(0, -1), problemOfError(error, false));
        continue;
      }
      for (const entry of [...entries].sort((a, b) => a.name.compare(b.name)))
        await visitEntry(next, entry, queue);
    }
  };

  // Real folders first, so that a folder is listed under its own name rather than under a link's.
  await visit({ path: Buffer.from(folder), prefix: '', isUtf8: true }, true);
  for (let next = linked.shift(); next !== undefined; next = linked.shift()) await visit(next, false);
  return [...found.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
};
