import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';

/** Kinds of calls, in the order of the shim's. `open` is an opening that neither creates nor empties; `say` a line on stdout. */
export const CALLS = [
  'open',
  'create',
  'truncate',
  'write',
  'sync',
  'rename',
  'link',
  'unlink',
  'mkdir',
  'rmdir',
  'say',
] as const;
export type Call = (typeof CALLS)[number];

/** The calls that change what a disk holds, or would hold after the power went. */
export const CHANGES: readonly Call[] = CALLS.filter((call) => call !== 'open' && call !== 'say');

export const ERRORS = ['ENOSPC', 'EIO', 'EACCES', 'EMFILE'] as const;
export type InjectedError = (typeof ERRORS)[number];

const isThere = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Why the shim cannot be used on this machine; null when it can. */
export const whyNoShim = (): string | null => {
  if (process.platform !== 'linux') return 'faults are injected on Linux alone';
  return isThere('gcc') ? null : 'faults are injected by a shim in C, and there is no gcc (apt install gcc)';
};

/** Why system calls cannot be traced on this machine; null when they can. */
export const whyNoTrace = (): string | null => {
  if (process.platform !== 'linux') return 'system calls are traced on Linux alone';
  if (!isThere('strace')) return 'system calls are traced by strace, which is missing (apt install strace)';
  try {
    execFileSync('strace', ['-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'system calls may not be traced on this machine';
  }
};

/** Compiles the shim into a folder and gives its path. */
export const compileShim = (folder: string): string => {
  const library = join(folder, 'faults.so');
  const source = join(import.meta.dirname, 'shim.c');
  const options = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror'];
  execFileSync('gcc', [...options, '-o', library, source, '-ldl', '-lpthread']);
  return library;
};

/** What the shim is to do during one run. */
export type ShimOrder =
  | { readonly mode: 'count' }
  /** `one` kills the process that makes the call, `all` it and every other of the command. */
  | { readonly mode: 'kill'; readonly at: number; readonly scope: 'all' | 'one' }
  | { readonly mode: 'fail'; readonly at: number; readonly error: InjectedError; readonly isForEver: boolean }
  | { readonly mode: 'record'; readonly log: string };

/** The environment that makes a program and its children take the shim with them. */
export const shimEnvironment = (
  order: ShimOrder,
  where: {
    readonly library: string;
    readonly root: string;
    readonly state: string;
    readonly calls: readonly Call[];
  },
): Readonly<Record<string, string>> => ({
  LD_PRELOAD: where.library,
  FAULTS_ROOT: where.root,
  FAULTS_STATE: where.state,
  FAULTS_CALLS: where.calls.join(','),
  FAULTS_MODE: order.mode,
  ...('at' in order ? { FAULTS_AT: String(order.at) } : {}),
  ...('scope' in order ? { FAULTS_SCOPE: order.scope } : {}),
  ...('error' in order
    ? {
        FAULTS_ERROR: String(constants.errno[order.error]),
        FAULTS_AGAIN: order.isForEver ? '1' : '0',
      }
    : {}),
  ...('log' in order ? { FAULTS_LOG: order.log } : {}),
});

/** What the shim tells of a run: calls counted, and the first that the fault struck, `write /a/b.png` with the path below the root. */
export type ShimState = { readonly count: number; readonly struck: string | null };

/** Offsets of `struct shared` of the shim. */
const FIRED_AT = 12;
const WHAT_AT = 16;
const WHAT_BYTES = 1008;

/** Reads the shim's state file. */
export const readShimState = async (file: string): Promise<ShimState> => {
  const bytes = await readFile(file);
  const what = bytes.subarray(WHAT_AT, WHAT_AT + WHAT_BYTES);
  const struck = what.subarray(0, what.indexOf(0)).toString();
  return {
    count: Number(bytes.readBigUInt64LE(0)),
    struck: bytes.readUInt32LE(FIRED_AT) === 1 ? struck : null,
  };
};
