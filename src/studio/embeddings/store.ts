import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBytesDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably, syncFolder } from '../../node/files/folders.ts';
import { systemCode } from '../failure.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { KEY_BYTES } from './vector-key.ts';

/**
 * The vectors of one model in a workspace: segments, each a file of rows (float32, little-endian) and an index that says whose they are. A segment
 * is there once its index is: rows without one are what a kill left, and go when somebody opens the store for writing.
 */

const PHOTO_BYTES = 32;
const RECORD_BYTES = PHOTO_BYTES + KEY_BYTES;
const INDEX = '.index';
const ROWS = '.vectors';
const DRAFT = 'draft';
const NUMBER_DIGITS = 8;

/** Whose a row is. */
export type RowOwner = { readonly photoSha256: Uint8Array; readonly key: Uint8Array };

type Place = { readonly segment: string; readonly row: number };

export type VectorStore = {
  readonly dimensions: number;
  has(key: Uint8Array): boolean;
  /** A folder for rows that are being made, on the same disk. */
  draftFolder(): Promise<string>;
  /** Takes a file of rows from the draft folder into the store, durably; `owners` are those of its rows, in their order. */
  add(rowsFile: string, owners: readonly RowOwner[]): Promise<void>;
  /** Vectors of keys in their order, each [dimensions]; null where there is none. */
  read(keys: readonly Uint8Array[]): AsyncGenerator<Float32Array | null, void, void>;
  /** Removes what is half done. */
  close(): Promise<void>;
};

const textOf = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

const namesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
};

/** The keys of a segment in the order of its rows; null for one whose files do not agree, which is made again. */
const readIndex = async (folder: string, segment: string, dimensions: number): Promise<string[] | null> => {
  const index = await readFile(join(folder, segment + INDEX));
  const rows = await stat(join(folder, segment + ROWS)).catch(() => null);
  const count = index.length / RECORD_BYTES;
  if (!Number.isInteger(count) || rows?.size !== count * dimensions * Float32Array.BYTES_PER_ELEMENT)
    return null;
  return Array.from({ length: count }, (_, row) =>
    index.toString('latin1', row * RECORD_BYTES + PHOTO_BYTES, (row + 1) * RECORD_BYTES),
  );
};

const removeSegment = async (folder: string, segment: string): Promise<void> => {
  // The index first: rows without it are nobody's.
  await rm(join(folder, segment + INDEX), { force: true });
  await rm(join(folder, segment + ROWS), { force: true });
};

const readPlaces = async (
  folder: string,
  dimensions: number,
): Promise<{
  readonly places: Map<string, Place>;
  readonly last: number;
  readonly strays: readonly string[];
}> => {
  const places = new Map<string, Place>();
  const names = await namesIn(folder);
  const strays: string[] = [];
  let last = 0;
  for (const name of names) {
    const segment = name.slice(0, NUMBER_DIGITS);
    if (!/^\d{8}\.(index|vectors)$/.test(name)) continue;
    last = Math.max(last, Number(segment));
    if (name.endsWith(ROWS)) {
      if (!names.includes(segment + INDEX)) strays.push(segment);
      continue;
    }
    const keys = await readIndex(folder, segment, dimensions);
    if (keys === null) strays.push(segment);
    else for (const [row, key] of keys.entries()) places.set(key, { segment, row });
  }
  return { places, last, strays };
};

/** Opens the vectors in a folder, which is made when it is missing and somebody writes. */
export const openVectorStore = async (
  folder: string,
  options: { readonly dimensions: number; readonly isReadOnly: boolean },
): Promise<VectorStore> => {
  const { dimensions, isReadOnly } = options;
  const draft = join(folder, DRAFT);
  if (!isReadOnly) {
    await makeFolderDurably(folder, OWNER_ONLY_FOLDER);
    await rm(draft, { recursive: true, force: true });
  }
  const { places, last, strays } = await readPlaces(folder, dimensions);
  if (!isReadOnly) for (const segment of strays) await removeSegment(folder, segment);
  let number = last;
  return {
    dimensions,
    has: (key) => places.has(textOf(key)),
    async draftFolder() {
      await mkdir(draft, { recursive: true, mode: OWNER_ONLY_FOLDER });
      return draft;
    },
    async add(rowsFile, owners) {
      number += 1;
      const segment = String(number).padStart(NUMBER_DIGITS, '0');
      await rename(rowsFile, join(folder, segment + ROWS));
      await syncFolder(folder);
      await writeBytesDurably(
        join(folder, segment + INDEX),
        owners.flatMap(({ photoSha256, key }) => [photoSha256, key]),
      );
      owners.forEach(({ key }, row) => places.set(textOf(key), { segment, row }));
    },
    async *read(keys) {
      let held = '';
      let values = new Float32Array();
      for (const key of keys) {
        const place = places.get(textOf(key));
        if (place === undefined) {
          yield null;
          continue;
        }
        const { segment, row } = place;
        if (held !== segment) {
          const bytes = Uint8Array.from(await readFile(join(folder, segment + ROWS)));
          values = new Float32Array(bytes.buffer);
        }
        held = segment;
        yield values.subarray(row * dimensions, (row + 1) * dimensions);
      }
    },
    close: () => (isReadOnly ? Promise.resolve() : rm(draft, { recursive: true, force: true })),
  };
};

/**
 * Removes every segment that holds a vector of one of these photos; the vectors of others in it are made again when they are asked for.
 * @param photos SHA-256 in hexadecimal
 */
export const removeVectorsOf = async (embeddings: string, photos: ReadonlySet<string>): Promise<void> => {
  for (const variant of await namesIn(embeddings)) {
    const folder = join(embeddings, variant);
    if (!(await stat(folder)).isDirectory()) continue;
    await rm(join(folder, DRAFT), { recursive: true, force: true });
    for (const name of await namesIn(folder)) {
      if (!name.endsWith(INDEX)) continue;
      const index = await readFile(join(folder, name));
      for (let at = 0; at + RECORD_BYTES <= index.length; at += RECORD_BYTES) {
        if (!photos.has(index.toString('hex', at, at + PHOTO_BYTES))) continue;
        await removeSegment(folder, name.slice(0, -INDEX.length));
        break;
      }
    }
  }
};
