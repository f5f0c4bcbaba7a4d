import { lstat, readdir, stat, type BigIntStats, type Dirent } from 'node:fs';
import { asError, systemCode } from '../failure.ts';
import { HIDDEN, NOT_A_FILE, problemOfError, type Problem } from '../scan/problems.ts';
import { isSystemName } from '../scan/sniff.ts';
import type { FoundFile } from './change.ts';

/** An entry of a folder; names are Latin-1 text, see PathKey. */
export type Entry = {
  readonly name: string;
  /** `link`: to a folder. `other`: neither file nor folder; its problem is known already. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly isLink: boolean;
  readonly problem: Problem | null;
};

/** What looking at a path gave. */
export type Look =
  | { readonly kind: 'there'; readonly stats: BigIntStats }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreadable'; readonly code: string; readonly message: string };

const NOWHERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);
const SQLITE_BITS = 64;

/** What an error says about a file or folder that cannot be looked at. @throws errors that are not the system's */
export const unreadable = (error: unknown): { readonly code: string; readonly message: string } => {
  const code = systemCode(error);
  if (code === null) throw asError(error);
  const isForbidden = code === 'EACCES' || code === 'EPERM';
  return {
    code,
    message: isForbidden ? 'There is no permission to read it.' : `The system cannot read it (${code}).`,
  };
};

// The callback functions: promises cost half as much again for each of a hundred thousand files.
const ask = (
  follow: boolean,
  path: Buffer,
  answer: (error: Error | null, stats: BigIntStats) => void,
): void => (follow ? stat : lstat)(path, { bigint: true }, answer);

/** Looks at a path without reading it. */
export const lookAt = (path: Buffer, options: { readonly follow: boolean }): Promise<Look> =>
  new Promise((resolve, reject) => {
    ask(options.follow, path, (error, stats) => {
      if (error === null) resolve({ kind: 'there', stats });
      else if (NOWHERE.has(systemCode(error) ?? '')) resolve({ kind: 'gone' });
      else {
        try {
          resolve({ kind: 'unreadable', ...unreadable(error) });
        } catch (thrown) {
          reject(asError(thrown));
        }
      }
    });
  });

/** The stamp of a file in a folder that lies on `device`. */
export const stampOf = (stats: BigIntStats, device: bigint): FoundFile => ({
  sizeBytes: Number(stats.size),
  modifiedNs: stats.mtimeNs,
  statusChangedNs: stats.ctimeNs,
  inode: BigInt.asIntN(SQLITE_BITS, stats.ino),
  device,
});

/** The number of a device as stamps hold it. */
export const deviceOf = (stats: BigIntStats): bigint => BigInt.asIntN(SQLITE_BITS, stats.dev);

const OTHER = { kind: 'other', problem: NOT_A_FILE } as const;

const linked = async (path: Buffer, name: string): Promise<Entry> => {
  const shared = { name, isLink: true };
  try {
    const target = await new Promise<BigIntStats>((resolve, reject) => {
      ask(true, path, (error, stats) => {
        if (error === null) resolve(stats);
        else reject(error);
      });
    });
    if (target.isFile()) return { ...shared, kind: 'file', problem: null };
    return target.isDirectory() ? { ...shared, kind: 'link', problem: null } : { ...shared, ...OTHER };
  } catch (error) {
    // What the scan has no word for is said when the file itself is looked at.
    if (systemCode(error) === null) throw error;
    const isKnown = ['ENOENT', 'ELOOP', 'EACCES', 'EPERM', 'ENXIO'].includes(systemCode(error) ?? '');
    return isKnown
      ? { ...shared, kind: 'other', problem: problemOfError(error, true) }
      : { ...shared, kind: 'file', problem: null };
  }
};

/** What an entry of this name and kind is; links are followed. */
export const entryOf = async (
  path: Buffer,
  name: string,
  kind: { isSymbolicLink(): boolean; isFile(): boolean; isDirectory(): boolean },
): Promise<Entry> => {
  const isLink = kind.isSymbolicLink();
  if (isSystemName(name)) return { name, kind: 'other', isLink, problem: HIDDEN };
  if (isLink) return linked(path, name);
  if (kind.isFile()) return { name, kind: 'file', isLink, problem: null };
  return kind.isDirectory() ? { name, kind: 'folder', isLink, problem: null } : { name, isLink, ...OTHER };
};

const readEntries = (folder: Buffer): Promise<readonly Dirent<Buffer>[]> =>
  new Promise((resolve, reject) => {
    readdir(folder, { encoding: 'buffer', withFileTypes: true }, (error, entries) => {
      if (error === null) resolve(entries);
      else reject(error);
    });
  });

/** In a folder, what lies below `a` comes after `a.jpg`: names of folders are compared with their `/`. */
const sortName = (entry: Entry): string =>
  entry.kind === 'folder' || entry.kind === 'link' ? `${entry.name}/` : entry.name;

/**
 * The entries of a folder, so sorted that going through them and into each folder goes through all paths in byte order.
 * @throws the system's error
 */
export const listFolder = async (
  folder: Buffer,
  pathOf: (name: string) => Buffer,
): Promise<readonly Entry[]> => {
  const entries: Entry[] = [];
  for (const dirent of await readEntries(folder)) {
    const name = dirent.name.toString('latin1');
    entries.push(await entryOf(dirent.isSymbolicLink() ? pathOf(name) : dirent.name, name, dirent));
  }
  return entries
    .map((entry) => ({ entry, name: sortName(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ entry }) => entry);
};
