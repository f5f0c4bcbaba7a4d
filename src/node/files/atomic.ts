import { closeSync, fdatasync, mkdirSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { link, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { syncFolder } from './folders.ts';
import { partName } from './part-name.ts';
import { systemCode } from './system-code.ts';

/** What the user's umask makes of it. */
const ANYBODY = 0o666;

/** Resolves when the bytes are on the disk. The one step that waits for it; all others take less than a trip to another thread. */
const flush = promisify(fdatasync);

/** Opens a file of a name that did not exist, in a folder that is made when missing. */
const create = (file: string): number => {
  try {
    return openSync(file, 'wx', ANYBODY);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'wx', ANYBODY);
  }
};

const removeQuietly = (file: string): void => {
  try {
    unlinkSync(file);
  } catch {
    // The error that led here is the one that matters.
  }
};

/**
 * Writes a file so that it is there whole, or as it was before, at whatever moment the process or the machine ends. Makes the
 * folder when it is missing. Its name is durable after `syncFolder`: whoever writes many syncs their folder once. For image processes,
 * whose files are small and many.
 *
 * @throws the file system's error; then nothing is left behind.
 */
export const writeFileAtomic = async (file: string, bytes: Uint8Array | string): Promise<void> => {
  const part = join(dirname(file), partName(file));
  const descriptor = create(part);
  try {
    try {
      writeFileSync(descriptor, bytes);
      await flush(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(part, file);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
};

type Pieces = Iterable<string | Uint8Array> | AsyncIterable<Uint8Array>;

const writePart = async (part: string, pieces: Pieces, mode: number): Promise<void> => {
  const handle = await open(part, 'wx', mode);
  try {
    for await (const piece of pieces) await handle.writeFile(piece);
    await handle.datasync();
  } finally {
    await handle.close();
  }
};

/**
 * Writes a text as `writeFileAtomic` does, piece by piece, into a folder that is there, and makes its name durable.
 *
 * @param partFolder an existing folder of the same file system; the file's own when left out
 * @throws the file system's error; then nothing is left behind.
 */
export const writeTextDurably = async (
  file: string,
  texts: Iterable<string>,
  partFolder: string = dirname(file),
): Promise<void> => {
  const part = join(partFolder, partName(file));
  try {
    await writePart(part, texts, ANYBODY);
    await rename(part, file);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
  await syncFolder(dirname(file));
};

/** The same for bytes, which may be made while they are written. */
export const writeBytesDurably = async (
  file: string,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> => {
  const part = join(dirname(file), partName(file));
  try {
    await writePart(part, pieces, ANYBODY);
    await rename(part, file);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
  await syncFolder(dirname(file));
};

/** The same for a file that somebody else writes, under the name that they are given. */
export const makeDurably = async (file: string, make: (part: string) => Promise<void>): Promise<void> => {
  const part = join(dirname(file), partName(file));
  try {
    await make(part);
    const handle = await open(part, 'r+');
    try {
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    removeQuietly(part);
    throw error;
  }
  await syncFolder(dirname(file));
};

/**
 * Creates a file with its whole content, durably, in a folder that is there, unless one of that name is: then it gives false.
 *
 * @throws the file system's error; then nothing is left behind.
 */
export const createExclusively = async (
  file: string,
  content: string | Uint8Array,
  mode = ANYBODY,
): Promise<boolean> => {
  const part = join(dirname(file), partName(file));
  try {
    await writePart(part, [content], mode);
    await link(part, file);
  } catch (error) {
    removeQuietly(part);
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  await unlink(part);
  await syncFolder(dirname(file));
  return true;
};
