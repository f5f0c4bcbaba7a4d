import { getSystemErrorMap } from 'node:util';
import { ORPCError } from '@orpc/server';
import { systemCode } from '../node/files/system-code.ts';

export { systemCode };

type Code = 'UNUSABLE' | 'FAILED' | 'NOT_FOUND';

/** A failure of the contract: one sentence that says what, where and what to do. */
export type Failure = ORPCError<Code, { readonly message: string; readonly remedy?: 'restore' }>;

const failure = (code: Code, message: string): Failure =>
  new ORPCError(code, { defined: true, message, data: { message } });

/** Wrong usage: a path or a setting that cannot be used. */
export const unusable = (message: string): Failure => failure('UNUSABLE', message);
/** The work could not be done or finished; what was done is kept. */
export const failed = (message: string): Failure => failure('FAILED', message);
/** A catalogue that is damaged: a backup of it can be restored. */
export const damaged = (message: string): Failure =>
  new ORPCError('FAILED', { defined: true, message, data: { message, remedy: 'restore' as const } });
/** Something asked for by its name is not there. */
export const notFound = (message: string): Failure => failure('NOT_FOUND', message);

/** A failure as one thread tells it to another. */
export type ToldFailure = {
  readonly code: Code;
  readonly data: { readonly message: string; readonly remedy?: 'restore' };
};

export const toldFailure = ({ code, data }: Failure): ToldFailure => ({ code, data });

export const failureOf = ({ code, data }: ToldFailure): Failure =>
  new ORPCError(code, { defined: true, message: data.message, data });

/** Whether an error is a sentence for people rather than a bug. */
export const isFailure = (error: unknown): error is Failure =>
  error instanceof ORPCError && ['UNUSABLE', 'FAILED', 'NOT_FOUND'].includes(String(error.code));

/** What was thrown, as an error. */
export const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

const KEPT = 'run the same again; everything done so far is kept.';

/** Codes of a disk, or a network drive, that fails. */
const DISK_FAILS: ReadonlySet<string | null> = new Set([
  'EIO',
  'ENXIO',
  'ENODEV',
  'ESTALE',
  'ETIMEDOUT',
  'ENOTCONN',
  'EHOSTDOWN',
]);

/** Node tells ENOENT of a folder that could not be made, whatever the reason was. */
const isUnmadeFolder = (error: unknown): boolean =>
  systemCode(error) === 'ENOENT' && error instanceof Error && 'syscall' in error && error.syscall === 'mkdir';

type SqliteError = Error & { readonly sqliteCodeName: string; readonly systemErrno?: number };

const isSqliteError = (error: unknown): error is SqliteError =>
  error instanceof Error && 'sqliteCodeName' in error && typeof error.sqliteCodeName === 'string';

const SQLITE_CODES: Readonly<Record<string, string>> = {
  SQLITE_FULL: 'ENOSPC',
  SQLITE_IOERR: 'EIO',
  SQLITE_READONLY: 'EROFS',
};
/** SQLite may try another way after a call that failed, and tell the code of that. */
const MEANINGLESS: ReadonlySet<string> = new Set(['ENOENT', 'EEXIST']);

/** The system's code of an error, also where SQLite tells it; null where there is none. */
const diskCode = (error: unknown): string | null => {
  if (!isSqliteError(error)) return systemCode(error);
  const { sqliteCodeName, systemErrno = 0 } = error;
  const known = SQLITE_CODES[sqliteCodeName] ?? null;
  const told = getSystemErrorMap().get(-systemErrno)?.[0];
  const isOfDisk = sqliteCodeName === 'SQLITE_IOERR' || sqliteCodeName === 'SQLITE_CANTOPEN';
  return isOfDisk && told !== undefined && !MEANINGLESS.has(told) ? told : known;
};

/** What SQLite says of a catalogue itself rather than of its disk, as a failure; null for anything else. */
const catalogueFailure = (error: unknown, folder: string): Failure | null => {
  if (!isSqliteError(error)) return null;
  switch (error.sqliteCodeName) {
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return damaged(
        `The catalogue in ${folder} cannot be read (${error.message}): put the newest file of its folder "backups" in its place.`,
      );
    case 'SQLITE_CANTOPEN':
      return failed(
        `The catalogue in ${folder} cannot be opened: check its disk and permissions, and ${KEPT}`,
      );
    case 'SQLITE_BUSY':
    case 'SQLITE_LOCKED':
      return failed(`Another program works in the catalogue in ${folder}: close it there, and ${KEPT}`);
    default:
      return null;
  }
};

/** An error of working in the output folder or workspace `folder` as a failure that says what to do; any other error unchanged. */
export const writeFailure = (error: unknown, folder: string): unknown => {
  const code = diskCode(error);
  if (DISK_FAILS.has(code))
    return failed(`The disk of ${folder} fails (${String(code)}): check it and ${KEPT}`);
  if (isUnmadeFolder(error)) return failed(`No folder can be made in ${folder}: check its disk and ${KEPT}`);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return failed(noSpace(folder));
    case 'EROFS':
      return failed(`${folder} is read-only: choose another output folder.`);
    case 'EACCES':
    case 'EPERM':
      return failed(
        `There is no permission to write into ${folder}: change its permissions or choose another output folder.`,
      );
    case 'EMFILE':
    case 'ENFILE':
      return failed(
        `Too many files are open to work in ${folder}: close other programs or raise the limit (ulimit -n), and ${KEPT}`,
      );
    default:
      return catalogueFailure(error, folder) ?? error;
  }
};

/** The sentence for a full disk. */
export const noSpace = (folder: string): string =>
  `The disk of ${folder} is full: free some space and ${KEPT}`;

/**
 * Does work, and cleans up after it whether or not it succeeded. Where both fail, the error is the work's: the other is most often
 * its consequence.
 */
export const cleaningUp = async <Result>(
  work: () => Promise<Result>,
  cleanUp: () => Promise<void>,
): Promise<Result> => {
  let result: Result;
  try {
    result = await work();
  } catch (error) {
    await cleanUp().catch(() => undefined);
    throw error;
  }
  await cleanUp();
  return result;
};
