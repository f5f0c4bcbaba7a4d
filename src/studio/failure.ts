import { ORPCError } from '@orpc/server';
import { systemCode } from '../node/files/system-code.ts';

export { systemCode };

type Code = 'UNUSABLE' | 'FAILED' | 'NOT_FOUND';

/** A failure of the contract: one sentence that says what, where and what to do. */
export type Failure = ORPCError<Code, { readonly message: string }>;

const failure = (code: Code, message: string): Failure =>
  new ORPCError(code, { defined: true, message, data: { message } });

/** Wrong usage: a path or a setting that cannot be used. */
export const unusable = (message: string): Failure => failure('UNUSABLE', message);
/** The work could not be done or finished; what was done is kept. */
export const failed = (message: string): Failure => failure('FAILED', message);
/** Something asked for by its name is not there. */
export const notFound = (message: string): Failure => failure('NOT_FOUND', message);

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

/** An error of working in the output folder `folder` as a failure that says what to do; any other error unchanged. */
export const writeFailure = (error: unknown, folder: string): unknown => {
  const code = systemCode(error);
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
      return error;
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
