import { readdir, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../failure.ts';

/** A full cache is emptied down to this share, oldest use first. */
const KEPT_SHARE = 0.8;
/** A use is noted at most this often. */
const NOTE_USE_EVERY_MS = 60 * 60_000;

/** Keeps the size of a folder of pictures bounded. */
export type PictureCache = {
  /** Whether the picture is there; its use is noted. */
  has(file: string): Promise<boolean>;
  /** Counts a picture that was added, and makes room when there are too many bytes. */
  added(file: string): Promise<void>;
  /** How much lies in it. */
  bytes(): Promise<number>;
};

type Kept = { readonly file: string; readonly bytes: number; readonly usedMs: number };

const filesIn = async (folder: string): Promise<Kept[]> => {
  const kept: Kept[] = [];
  let names: string[];
  try {
    names = await readdir(folder, { recursive: true });
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  for (const name of names) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => null); // gone meanwhile
    if (found?.isFile() === true) kept.push({ file, bytes: found.size, usedMs: found.mtimeMs });
  }
  return kept;
};

/**
 * The cache in a folder that may not exist yet. Pictures are made again when they are gone, so it may be small.
 * @param mostBytes asked after each picture that is added
 */
export const createPictureCache = (
  folder: string,
  now: () => number,
  mostBytes: () => number,
): PictureCache => {
  let bytes: Promise<number> | null = null;
  const total = (): Promise<number> =>
    (bytes ??= filesIn(folder).then((files) => files.reduce((sum, file) => sum + file.bytes, 0)));

  const makeRoom = async (newest: string): Promise<number> => {
    const files = (await filesIn(folder)).sort((a, b) => a.usedMs - b.usedMs);
    let left = files.reduce((sum, file) => sum + file.bytes, 0);
    for (const { file, bytes: size } of files) {
      if (left <= mostBytes() * KEPT_SHARE) break;
      if (file === newest) continue;
      await unlink(file).catch((error: unknown) => {
        if (systemCode(error) !== 'ENOENT') throw error;
      });
      left -= size;
    }
    return left;
  };

  return {
    async has(file) {
      try {
        const { mtimeMs } = await stat(file);
        const atMs = now();
        if (atMs - mtimeMs > NOTE_USE_EVERY_MS) await utimes(file, atMs / 1000, atMs / 1000);
        return true;
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return false;
        throw error;
      }
    },
    async added(file) {
      const isCounted = bytes !== null;
      const before = await total();
      const { size } = await stat(file);
      const after = isCounted ? before + size : before;
      bytes = after > mostBytes() ? makeRoom(file) : Promise.resolve(after);
      await bytes;
    },
    bytes: total,
  };
};
