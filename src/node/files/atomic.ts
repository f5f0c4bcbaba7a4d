import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fdatasync, mkdirSync, openSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { readdir, stat, unlink } from 'node:fs/promises';
import { promisify } from 'node:util';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isRunning } from '../processes/running.ts';

/** File systems allow 255 bytes; a character takes at most four in UTF-8, the suffix about 40. */
const MOST_NAME_CHARACTERS = 48;
/** A leftover of another machine, whose processes cannot be asked, is taken for dead after this. */
const FOREIGN_LEFTOVER_MS = 24 * 60 * 60_000;
const LEFTOVER = /^\..*\.([0-9a-f]{6})-(\d+)-[0-9a-f]+\.part$/;

const hostMark = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 6);

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** Resolves when the bytes are on the disk. The one step that waits for it; all others take less than a trip to another thread. */
const flush = promisify(fdatasync);

/** Opens a file of a name that did not exist, in a folder that is made when missing. */
const create = (file: string): number => {
  try {
    return openSync(file, 'wx', 0o666);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'wx', 0o666);
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
 * folder when it is missing. Hidden `.part` files carry the bytes until they are on the disk.
 *
 * @throws the file system's error; then nothing is left behind.
 */
export const writeFileAtomic = async (file: string, bytes: Uint8Array | string): Promise<void> => {
  const name = basename(file).slice(0, MOST_NAME_CHARACTERS);
  const unique = `${hostMark()}-${String(process.pid)}-${randomBytes(6).toString('hex')}`;
  const part = join(dirname(file), `.${name}.${unique}.part`);
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

/**
 * Removes what processes that died left half-written in a folder (not in its subfolders). Files of living processes stay.
 *
 * @returns how many were removed; 0 when the folder is missing.
 */
export const removeLeftovers = async (folder: string, now: () => number = Date.now): Promise<number> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  let removed = 0;
  for (const name of names) {
    const match = LEFTOVER.exec(name);
    if (match === null) continue;
    const file = join(folder, name);
    const isOurs = match[1] === hostMark();
    const isDead = isOurs
      ? !isRunning(Number(match[2]))
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
