import { createHash, randomBytes, type Hash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Database } from '../catalogue/database.ts';
import { systemCode } from '../failure.ts';
import { workKeyOf } from '../ingest/work-key.ts';
import { OWNER_ONLY_FILE, OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { alignSettings, readProperty, writeProperty } from '../workspace/properties.ts';
import { createColumns, UNDECIDED, type FaceColumns } from './columns.ts';
import { countAllFaces, readFoundFaces, readLaterFaces, withoutDecisions } from './read-columns.ts';

/**
 * A file with what was read of all faces, so that a workspace of millions opens in a second. It holds nothing that was decided, and nothing
 * that the catalogue does not have: it may be deleted at any time. The catalogue holds a number drawn for the newest file; a file with
 * another one, of other settings, of other faces, or with a wrong checksum is not used. Whoever deletes faces for good deletes the file.
 */

const NAME = 'faces.bin';
const FORMAT = 1;
const TOKEN_BYTES = 16;
const HEADER_BYTES = 1024;
const CHECKSUM_BYTES = 32;
/** From so many faces on a file pays. */
const LEAST_FACES = 10_000;
/** So many photos are read one by one before the file is written anew. */
const MOST_LATER_PHOTOS = 2000;

const FOUND_COLUMNS = [
  'ids',
  'photos',
  'sources',
  'labels',
  'flags',
  'scores',
  'sizes',
  'sharpness',
  'exposures',
  'yaws',
  'pitches',
  'rolls',
  'dates',
] as const satisfies readonly (keyof FaceColumns)[];

const Header = z.strictObject({
  format: z.literal(FORMAT),
  token: z.string(),
  workKey: z.string(),
  /** The highest of a photo that the file knows. */
  revision: z.int(),
  faces: z.int().nonnegative(),
});
type Header = z.infer<typeof Header>;

const currentWorkKey = (catalogue: Database): string =>
  Buffer.from(workKeyOf(alignSettings(catalogue))).toString('hex');

const lastRevision = (catalogue: Database): number =>
  catalogue.get<{ readonly last: number | null }>('SELECT max(revision) AS last FROM photos')?.last ?? 0;

const bytesOf = (columns: FaceColumns, name: (typeof FOUND_COLUMNS)[number], faces: number): Uint8Array => {
  const column = columns[name];
  return new Uint8Array(column.buffer, column.byteOffset, faces * column.BYTES_PER_ELEMENT);
};

const writeAll = (file: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
};

const readAll = (file: number, bytes: Uint8Array): void => {
  for (let done = 0; done < bytes.length;) {
    const read = readSync(file, bytes, done, bytes.length - done, null);
    if (read === 0) throw new RangeError('The file is cut off.');
    done += read;
  }
};

const headerBytes = (header: Header): Buffer => Buffer.from(JSON.stringify(header).padEnd(HEADER_BYTES, ' '));

const hashed = (hash: Hash, bytes: Uint8Array): Uint8Array => {
  hash.update(bytes);
  return bytes;
};

/** Writes the file, whole or not at all; the catalogue then knows its number. */
const writeFound = (catalogue: Database, folder: string, columns: FaceColumns): void => {
  const token = randomBytes(TOKEN_BYTES).toString('hex');
  const header: Header = {
    format: FORMAT,
    token,
    workKey: currentWorkKey(catalogue),
    revision: lastRevision(catalogue),
    faces: columns.count,
  };
  mkdirSync(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
  const unfinished = join(folder, `${NAME}.${token}`);
  const file = openSync(unfinished, 'wx', OWNER_ONLY_FILE);
  try {
    const hash = createHash('sha256');
    writeAll(file, hashed(hash, headerBytes(header)));
    for (const name of FOUND_COLUMNS) writeAll(file, hashed(hash, bytesOf(columns, name, columns.count)));
    writeAll(file, hash.digest());
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  writeProperty(catalogue, 'columns', token);
  renameSync(unfinished, join(folder, NAME));
};

const isCurrent = (catalogue: Database, header: Header): boolean =>
  header.token === readProperty(catalogue, 'columns') && header.workKey === currentWorkKey(catalogue);

const readHeader = (file: number, hash: Hash): Header => {
  const top = Buffer.alloc(HEADER_BYTES);
  readAll(file, top);
  hash.update(top);
  return Header.parse(JSON.parse(top.toString('utf8')));
};

type Found = { readonly columns: FaceColumns; readonly revision: number };

/** The columns of an open file, or null when they are not those of the catalogue. */
const readColumns = (catalogue: Database, file: number): Found | null => {
  const hash = createHash('sha256');
  const header = readHeader(file, hash);
  if (!isCurrent(catalogue, header)) return null;
  const columns = createColumns(header.faces);
  columns.count = header.faces;
  columns.decided.fill(UNDECIDED);
  for (const name of FOUND_COLUMNS) {
    const bytes = bytesOf(columns, name, header.faces);
    readAll(file, bytes);
    hash.update(bytes);
  }
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  readAll(file, checksum);
  return checksum.equals(hash.digest()) ? { columns, revision: header.revision } : null;
};

/** What `read` makes of the file; null when there is none, or none that can be used. */
const withFile = <Result>(folder: string, read: (file: number) => Result | null): Result | null => {
  let file: number;
  try {
    file = openSync(join(folder, NAME), 'r');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
  try {
    return read(file);
  } catch (error) {
    // Cut off, or not ours: it is made again.
    if (error instanceof RangeError || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw error;
  } finally {
    closeSync(file);
  }
};

/** Whether so few photos came after a revision that they are read one by one. */
const isNear = (catalogue: Database, revision: number): boolean =>
  (catalogue.get<{ readonly n: number }>('SELECT count(*) AS n FROM photos WHERE revision > ?', revision)
    ?.n ?? 0) <= MOST_LATER_PHOTOS;

/** A full disk or a folder that cannot be written costs time at the next opening, no more. */
const tryToWrite = (catalogue: Database, folder: string, columns: FaceColumns): void => {
  try {
    writeFound(catalogue, folder, columns);
  } catch (error) {
    if (
      !['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'EIO', 'EEXIST', 'ENOTDIR'].includes(systemCode(error) ?? '')
    )
      throw error;
  }
};

/** What `readFoundFaces` gives, from the file in the folder where it holds. */
export const openFoundFaces = (
  catalogue: Database,
  folder: string,
  leastFaces = LEAST_FACES,
): FaceColumns => {
  const kept = withFile(folder, (file) => readColumns(catalogue, file));
  if (kept !== null && isNear(catalogue, kept.revision)) {
    readLaterFaces(kept.columns, catalogue, kept.revision);
    // Without this check, faces that were deleted would come back.
    if (kept.columns.count === countAllFaces(catalogue)) return kept.columns;
  }
  const columns = readFoundFaces(catalogue);
  if (!catalogue.isReadOnly && columns.count >= leastFaces) tryToWrite(catalogue, folder, columns);
  return columns;
};

/** Brings the file in the folder up to date with the faces in memory, where much was read since it was written. */
export const keepFoundFaces = (
  catalogue: Database,
  folder: string,
  columns: FaceColumns,
  leastFaces = LEAST_FACES,
): void => {
  if (catalogue.isReadOnly || columns.count < leastFaces) return;
  // Faces that were deleted for good, and are in memory still, are written nowhere.
  if (columns.count !== countAllFaces(catalogue)) return;
  const header = withFile(folder, (file) => readHeader(file, createHash('sha256')));
  if (header !== null && isCurrent(catalogue, header) && isNear(catalogue, header.revision)) return;
  tryToWrite(catalogue, folder, withoutDecisions(columns, catalogue));
};
