import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { ReasonCode } from '../../contract/faces.ts';
import { systemCode } from '../failure.ts';
import { hasImageExtension, isSystemName, looksLikeImage, readHead } from './sniff.ts';

/** Why a file is not given to the engine. */
export type Problem = {
  readonly status: 'failed' | 'skipped';
  readonly code: ReasonCode;
  readonly message: string;
};

export type Found = {
  /** Relative to the folder, with `/`; bytes that are not UTF-8 are written as `\xNN`. */
  readonly file: string;
  /** null for a file to be decoded. */
  readonly problem: Problem | null;
};

const SEPARATOR = Buffer.from(sep);

const decodeName = (name: Buffer): { readonly text: string; readonly isUtf8: boolean } => {
  const text = name.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(name)) return { text, isUtf8: true };
  const escaped = [...name].map((byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
  );
  return { text: escaped.join(''), isUtf8: false };
};

const skipped = (message: string): Problem => ({ status: 'skipped', code: 'not-an-image', message });
const fail = (code: ReasonCode, message: string): Problem => ({ status: 'failed', code, message });

const HIDDEN = skipped('A hidden file or one of the operating system.');
const NOT_AN_IMAGE = skipped('Not a picture.');
const BAD_NAME = fail('bad-name', 'Its name is not valid UTF-8: rename it.');
const NOT_A_FILE = fail('not-a-file', 'A pipe, socket or device, not a file.');
const BROKEN_LINK = fail('broken-link', 'A link to something that is not there.');
const NO_PERMISSION = fail('no-permission', 'There is no permission to read it.');
const MISSING = fail('missing', 'It disappeared while the folder was read.');

/** What an error of looking at a file means for that file. @throws any other error */
export const problemOfError = (error: unknown, isLink: boolean): Problem => {
  switch (systemCode(error)) {
    case 'ENOENT':
      return isLink ? BROKEN_LINK : MISSING;
    case 'ELOOP':
      return BROKEN_LINK;
    case 'EACCES':
    case 'EPERM':
      return NO_PERMISSION;
    case 'ENXIO':
      return NOT_A_FILE;
    default:
      throw error;
  }
};

type Folder = { readonly path: Buffer; readonly prefix: string; readonly isUtf8: boolean };
type Kind = 'file' | 'folder' | 'other';

const kindOf = (entry: { isFile(): boolean; isDirectory(): boolean }): Kind =>
  entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';

const problemOfFile = async (path: Buffer, name: string): Promise<Problem | null> => {
  if (hasImageExtension(name)) return null;
  return looksLikeImage(await readHead(path)) ? null : NOT_AN_IMAGE;
};

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
    const { text, isUtf8 } = decodeName(entry.name);
    const name = parent.prefix + text;
    const path = Buffer.concat([parent.path, SEPARATOR, entry.name]);
    try {
      const kind = entry.isSymbolicLink() ? kindOf(await stat(path)) : kindOf(entry);
      const isValid = isUtf8 && parent.isUtf8;
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
