import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { ImageFailure } from './failures.ts';

// The callback functions take a third of the time of `fs/promises`, which matters for many small photos.
const lstat = promisify(fs.lstat);
const stat = promisify(fs.stat);
const open = promisify(fs.open);
const fstat = promisify(fs.fstat);
const close = promisify(fs.close);
const read = (file: number, into: Uint8Array, at: number, length: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.read(file, into, at, length, null, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(error);
    });
  });

/** A device or a pipe put in the file's place after the check must not block; undefined, and so 0, on Windows. */
const READ_WITHOUT_WAITING = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK;

const MEGABYTE = 1_000_000;

export type PhotoBytes = { readonly bytes: Buffer<ArrayBuffer>; readonly sha256: string };

const failureOf = async (file: string, error: unknown): Promise<ImageFailure> => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT': {
      const isLink = await lstat(file).then(
        (entry) => entry.isSymbolicLink(),
        () => false,
      );
      return isLink
        ? new ImageFailure('broken-link', 'The link leads to a file that is not there.')
        : new ImageFailure('missing', 'The file is not there any more.');
    }
    case 'ENOTDIR':
      return new ImageFailure('missing', 'The file is not there any more.');
    case 'ELOOP':
      return new ImageFailure('broken-link', 'The link leads to itself.');
    case 'EACCES':
    case 'EPERM':
      return new ImageFailure('no-permission', 'The file may not be read; change its permissions.');
    case 'EISDIR':
    case 'ENXIO':
    case 'ENODEV':
      return notAFile();
    case 'ENAMETOOLONG':
    case 'ERR_INVALID_ARG_VALUE':
      return new ImageFailure('bad-name', 'The file has a name that the system cannot open; rename it.');
    default: {
      const problem = typeof code === 'string' ? ` (${code})` : '';
      return new ImageFailure(
        'damaged',
        `The disk could not read the file${problem}; get another copy of it.`,
      );
    }
  }
};

const notAFile = (): ImageFailure =>
  new ImageFailure('not-a-file', 'This is a folder, a pipe or a device, not a file.');

const tooLarge = (maxFileBytes: number): ImageFailure =>
  new ImageFailure(
    'too-large',
    `The file is larger than ${String(Math.round(maxFileBytes / MEGABYTE))} MB; the limit is there because no photo is.`,
  );

/** Reads up to the end, at most one byte more than `limit`; the file may grow or shrink while it is read. */
const readAll = async (file: number, expectedBytes: number, limit: number): Promise<Buffer<ArrayBuffer>> => {
  let buffer = Buffer.from(new ArrayBuffer(expectedBytes + 1));
  let filled = 0;
  for (;;) {
    const bytes = await read(file, buffer, filled, buffer.byteLength - filled);
    filled += bytes;
    if (bytes === 0 || filled > limit) return buffer.subarray(0, filled);
    if (filled === buffer.byteLength) {
      const larger = Buffer.from(new ArrayBuffer(Math.min(buffer.byteLength * 2, limit + 1)));
      buffer.copy(larger);
      buffer = larger;
    }
  }
};

/**
 * Reads a photo of unknown origin whole, without ever waiting for a pipe or a device, and hashes what was read.
 *
 * @throws ImageFailure when it is no readable regular file of at most `maxFileBytes`, or is empty.
 */
export const readPhoto = async (file: string, maxFileBytes: number): Promise<PhotoBytes> => {
  let handle: number | null = null;
  try {
    if (!(await stat(file)).isFile()) throw notAFile();
    handle = await open(file, READ_WITHOUT_WAITING);
    const found = await fstat(handle);
    if (!found.isFile()) throw notAFile();
    if (found.size > maxFileBytes) throw tooLarge(maxFileBytes);
    const bytes = await readAll(handle, found.size, maxFileBytes);
    if (bytes.byteLength > maxFileBytes) throw tooLarge(maxFileBytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (bytes.byteLength === 0)
      throw new ImageFailure('empty', 'The file is empty; get another copy of it.', sha256);
    return { bytes, sha256 };
  } catch (error) {
    throw error instanceof ImageFailure ? error : await failureOf(file, error);
  } finally {
    if (handle !== null) await close(handle);
  }
};
