import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs';
import { systemCode } from '../files/system-code.ts';
import { ImageFailure } from './failures.ts';

// All of it at once: this process has nothing better to do, and six trips to Node's pool of threads cost more processor time than a
// small photo. Whoever waits for a slow disk is waited for by nobody: there are several image processes.

/** A device or a pipe put in the file's place after the check must not block; undefined, and so 0, on Windows. */
const READ_WITHOUT_WAITING = constants.O_RDONLY | constants.O_NONBLOCK;

const MEGABYTE = 1_000_000;

export type PhotoBytes = { readonly bytes: Buffer<ArrayBuffer>; readonly sha256: string };

const isLink = (file: string): boolean => {
  try {
    return lstatSync(file).isSymbolicLink();
  } catch {
    // Gone meanwhile.
    return false;
  }
};

const failureOf = (file: string, error: unknown): ImageFailure => {
  const code = systemCode(error);
  switch (code) {
    case 'ENOENT':
      return isLink(file)
        ? new ImageFailure('broken-link', 'The link leads to a file that is not there.')
        : new ImageFailure('missing', 'The file is not there any more.');
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
const readAll = (file: number, expectedBytes: number, limit: number): Buffer<ArrayBuffer> => {
  let buffer = Buffer.from(new ArrayBuffer(expectedBytes + 1));
  let filled = 0;
  for (;;) {
    const bytes = readSync(file, buffer, filled, buffer.byteLength - filled, null);
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
export const readPhoto = (file: string, maxFileBytes: number): PhotoBytes => {
  let handle: number | null = null;
  try {
    if (!statSync(file).isFile()) throw notAFile();
    handle = openSync(file, READ_WITHOUT_WAITING);
    const found = fstatSync(handle);
    if (!found.isFile()) throw notAFile();
    if (found.size > maxFileBytes) throw tooLarge(maxFileBytes);
    const bytes = readAll(handle, found.size, maxFileBytes);
    if (bytes.byteLength > maxFileBytes) throw tooLarge(maxFileBytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (bytes.byteLength === 0)
      throw new ImageFailure('empty', 'The file is empty; get another copy of it.', sha256);
    return { bytes, sha256 };
  } catch (error) {
    throw error instanceof ImageFailure ? error : failureOf(file, error);
  } finally {
    if (handle !== null) closeSync(handle);
  }
};
