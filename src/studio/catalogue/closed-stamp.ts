import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemCode } from '../failure.ts';

/** A smaller catalogue is checked in a moment, and needs no note. */
const LEAST_BYTES = 32 * 1024 * 1024;

/** What tells one state of a file from another without reading it; inode and nanoseconds as text. */
const stampOf = (file: string): string => {
  const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
};

/** Of a folder that cannot be written or read: then the catalogue is checked at its next opening, no more. */
const BEARABLE = new Set([
  'ENOENT',
  'EEXIST',
  'ENOTDIR',
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EISDIR',
]);

const bearing = <Result>(work: () => Result, otherwise: Result): Result => {
  try {
    return work();
  } catch (error) {
    if (BEARABLE.has(systemCode(error) ?? '')) return otherwise;
    throw error;
  }
};

/** Notes in the file `note` how a large catalogue was left that has just been closed as a whole. */
export const noteClosed = (catalogue: string, note: string, leastBytes = LEAST_BYTES): void => {
  bearing(() => {
    if (statSync(catalogue).size < leastBytes) return;
    mkdirSync(dirname(note), { recursive: true });
    // A half-written note is like no file at all.
    writeFileSync(note, stampOf(catalogue), { mode: 0o600 });
  }, undefined);
};

/**
 * Whether nobody touched a catalogue since it was closed and `noteClosed`: to the system it is the same file. The note is gone afterwards:
 * it holds for one opening.
 */
export const takeClosedNote = (catalogue: string, note: string): boolean =>
  bearing(() => {
    const isAsClosed = readFileSync(note, 'utf8') === stampOf(catalogue);
    rmSync(note);
    return isAsClosed;
  }, false);
