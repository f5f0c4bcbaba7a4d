import { createHash } from 'node:crypto';
import { writeFileAtomic } from '../files/atomic.ts';
import { systemCode } from '../files/system-code.ts';
import { CannotWrite } from './failures.ts';

/** @returns the failure to tell when a file could not be written. */
const writeFailureOf = (file: string, error: unknown): CannotWrite => {
  const code = systemCode(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new CannotWrite(
        'no-space',
        `There is no space left to write ${file}; free some and start again.`,
      );
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new CannotWrite(
        'read-only',
        `${file} may not be written; change the permissions of its folder.`,
      );
    default:
      return new CannotWrite('other', `${file} could not be written (${String(code ?? error)}).`);
  }
};

/** Writes a file atomically and says what was written. @throws CannotWrite */
export const writeImageFile = async (
  file: string,
  bytes: Uint8Array,
): Promise<{ readonly bytes: number; readonly sha256: string }> => {
  try {
    await writeFileAtomic(file, bytes);
  } catch (error) {
    throw writeFailureOf(file, error);
  }
  return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
};
