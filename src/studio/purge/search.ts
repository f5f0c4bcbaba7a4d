import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Remains } from '../../contract/workspace-purge.ts';
import { systemCode } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import { createFinder, type Finder, type Needle } from './needles.ts';

const PART_BYTES = 4 * 2 ** 20;
const MOST_REMAINS = 100;

type Found = { readonly file: string; readonly bytes: number };

const filesBelow = async (folder: string): Promise<readonly Found[]> => {
  const names = await readdir(folder, { recursive: true });
  const files: Found[] = [];
  for (const file of names.sort()) {
    try {
      const found = await stat(join(folder, file));
      if (found.isFile()) files.push({ file, bytes: found.size });
    } catch (error) {
      // A link that leads nowhere holds no bytes.
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }
  return files;
};

const searchFile = async (
  path: string,
  finder: Finder,
  onPart: (bytes: number) => void,
): Promise<ReadonlySet<string>> => {
  const found = new Set<string>();
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(PART_BYTES + finder.overlapBytes);
    let kept = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, kept, PART_BYTES);
      if (bytesRead === 0) return found;
      const filled = kept + bytesRead;
      finder.find(buffer.subarray(0, filled), ({ what }) => found.add(what));
      kept = Math.min(finder.overlapBytes, filled);
      buffer.copyWithin(0, filled - kept, filled);
      onPart(bytesRead);
    }
  } finally {
    await handle.close();
  }
};

export type SearchResult = {
  readonly bytesSearched: number;
  readonly filesSearched: number;
  readonly remains: readonly Remains[];
};

/** Looks for needles in every byte of every file of a folder, and in the names of files and folders. @throws the signal's reason */
export const searchFolder = async (
  folder: string,
  needles: readonly Needle[],
  { signal, onProgress }: WorkHooks,
): Promise<SearchResult> => {
  const finder = createFinder(needles);
  const files = await filesBelow(folder);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const remains: Remains[] = [];
  let bytesSearched = 0;
  const tell = (file: string, what: string): void => {
    if (remains.length < MOST_REMAINS) remains.push({ file, what });
  };
  for (const name of await readdir(folder, { recursive: true }))
    finder.find(Buffer.from(name), ({ what }) => {
      tell(name, `${what}, in the name`);
    });
  for (const { file } of files) {
    signal.throwIfAborted();
    const found = await searchFile(join(folder, file), finder, (bytes) => {
      bytesSearched += bytes;
      onProgress(Math.min(bytesSearched, total), total, 'search');
    }).catch((error: unknown) => {
      // SQLite removes its logs some time after the last connection was closed.
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    });
    for (const what of found) tell(file, what);
  }
  return { bytesSearched, filesSearched: files.length, remains };
};
