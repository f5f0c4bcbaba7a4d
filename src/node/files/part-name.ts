import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { basename } from 'node:path';

/** File systems allow 255 bytes; a character takes at most four in UTF-8, the suffix about 40. */
const MOST_NAME_CHARACTERS = 48;
const PART_NAME = /^\..*\.(?<host>[0-9a-f]{6})-(?<pid>\d+)-[0-9a-f]+\.part$/;

const hostMark = (): string => createHash('sha256').update(hostname()).digest('hex').slice(0, 6);

/** A hidden name, used once, for the bytes of a file that are not all on the disk yet; it says whose they are. */
export const partName = (file: string): string => {
  const name = basename(file).slice(0, MOST_NAME_CHARACTERS);
  return `.${name}.${hostMark()}-${String(process.pid)}-${randomBytes(6).toString('hex')}.part`;
};

/** The process that a part's name tells, or null for the name of another file. */
export const writerOfPart = (
  name: string,
): { readonly pid: number; readonly isOfThisHost: boolean } | null => {
  const { host, pid } = PART_NAME.exec(name)?.groups ?? {};
  return pid === undefined ? null : { pid: Number(pid), isOfThisHost: host === hostMark() };
};
