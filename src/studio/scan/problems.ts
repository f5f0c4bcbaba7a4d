import type { ReasonCode } from '../../contract/faces.ts';
import { systemCode } from '../failure.ts';
import { hasImageExtension, looksLikeImage, readHead } from './sniff.ts';

/** Why a file is not given to the engine. */
export type Problem = {
  readonly status: 'failed' | 'skipped';
  readonly code: ReasonCode;
  readonly message: string;
};

const skipped = (message: string): Problem => ({ status: 'skipped', code: 'not-an-image', message });
const fail = (code: ReasonCode, message: string): Problem => ({ status: 'failed', code, message });

export const HIDDEN = skipped('A hidden file or one of the operating system.');
export const NOT_AN_IMAGE = skipped('Not a picture.');
export const BAD_NAME = fail('bad-name', 'Its name is not valid UTF-8: rename it.');
export const NOT_A_FILE = fail('not-a-file', 'A pipe, socket or device, not a file.');
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

/**
 * What is wrong with a regular file, as far as its name and its first bytes tell; they are read only where the name promises nothing.
 * @throws the system's error of reading them
 */
export const problemOfFile = async (path: Buffer, name: string): Promise<Problem | null> => {
  if (hasImageExtension(name)) return null;
  return looksLikeImage(await readHead(path)) ? null : NOT_AN_IMAGE;
};
