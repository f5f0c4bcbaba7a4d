import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CHANGES,
  compileShim,
  readShimState,
  shimEnvironment,
  type Call,
  type ShimOrder,
  type ShimState,
} from './shim.ts';

/**
 * A command to be held against faults. Each trial runs it in a new folder of its own; a command that is given again must take up
 * what the run before left and end with the same bytes.
 */
export type Command = {
  /** Arguments of Node. Paths of the output are relative, so that every trial ends with the same bytes. */
  readonly argv: readonly string[];
  /** The folder below the trial's in which faults strike: what the command writes. It is there, empty, from the start. */
  readonly writes: string;
  /** Exit code of a run that did everything, and of one that a fault stopped. */
  readonly exitCodes: { readonly whole: number; readonly stopped: number };
  readonly environment?: (folder: string) => Readonly<Record<string, string>>;
  /** Puts into a new folder what the command needs there. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** What two whole runs have in common, as lines; when left out, every visible name in `writes` with its content. */
  readonly digest?: (folder: string) => Promise<readonly string[]>;
  /** What a person gives next when a fault stopped it, as arguments of Node; when left out, the same again. */
  readonly again?: (folder: string, whole: readonly string[]) => Promise<readonly string[]>;
  /** What is wrong in a folder right after a fault; when left out, every visible file that is not one of the whole run's. */
  readonly defects?: (folder: string, after: After) => Promise<readonly string[]>;
};

export type After = {
  /** The digest of a whole run. */
  readonly whole: readonly string[];
  /** What the command had said on stdout when the fault came: what it promised. */
  readonly said: string;
};

/** What a harness found: nothing in `defects`, when all is well. */
export type Findings = { readonly tried: number; readonly defects: readonly string[] };

export type Ended = {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
  readonly isTooSlow: boolean;
};

const MOST_RUN_MS = 60_000;
const MOST_LANES = 4;

/** Runs a command in a folder, in a process group of its own. One that does not end is killed. */
export const runCommand = (
  { argv, environment }: Command,
  folder: string,
  more: Readonly<Record<string, string>> = {},
  tracer: readonly string[] = [],
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const [program = process.execPath, ...args] = [...tracer, process.execPath, ...argv];
    const child = spawn(program, args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment?.(folder), ...more },
    });
    const out: Buffer[] = [];
    const error: Buffer[] = [];
    let isTooSlow = false;
    const timer = setTimeout(() => {
      isTooSlow = true;
      // A negative number names the group.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, MOST_RUN_MS);
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => error.push(data));
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({
        code,
        out: Buffer.concat(out).toString(),
        error: Buffer.concat(error).toString(),
        isTooSlow,
      });
    });
  });

/** Every name in a folder with its kind and content, as lines that compare well; names that begin with a dot are left out. */
export const digestOfFolder = async (folder: string): Promise<readonly string[]> => {
  const lines: string[] = [];
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    if (name.split('/').some((part) => part.startsWith('.'))) continue;
    const path = join(folder, name);
    const found = await lstat(path);
    if (found.isSymbolicLink()) lines.push(`${name} -> ${await readlink(path)}`);
    else if (found.isDirectory()) lines.push(`${name}/`);
    else
      lines.push(
        `${name} ${createHash('sha256')
          .update(await readFile(path))
          .digest('hex')}`,
      );
  }
  return lines;
};

const digestOf = (command: Command, folder: string): Promise<readonly string[]> =>
  command.digest?.(folder) ?? digestOfFolder(join(folder, command.writes));

const visibleDefects = async (
  command: Command,
  folder: string,
  { whole }: After,
): Promise<readonly string[]> => {
  const expected = new Set(whole);
  const found = await digestOfFolder(join(folder, command.writes)).catch(() => []);
  return found.filter((line) => !expected.has(line)).map((line) => `${line} is not as it should be`);
};

/** What is wrong in a folder right after a fault. */
export const defectsOf = (command: Command, folder: string, after: After): Promise<readonly string[]> =>
  command.defects?.(folder, after) ?? visibleDefects(command, folder, after);

const difference = (found: readonly string[], whole: readonly string[]): string => {
  const missing = whole.filter((line) => !found.includes(line));
  const extra = found.filter((line) => !whole.includes(line));
  return [...missing.map((line) => `- ${line}`), ...extra.map((line) => `+ ${line}`)].join(', ');
};

/** What is wrong with the end of a command that says that it did everything. */
export const defectsOfEnd = async (
  command: Command,
  folder: string,
  whole: readonly string[],
): Promise<readonly string[]> => {
  const differs = difference(await digestOf(command, folder), whole);
  return differs === '' ? [] : [`it ends with other bytes: ${differs}`];
};

/** Runs the command again where a fault struck and gives what is wrong with its end. */
export const takeUpAgain = async (
  command: Command,
  folder: string,
  whole: readonly string[],
): Promise<readonly string[]> => {
  const argv = (await command.again?.(folder, whole)) ?? command.argv;
  const { code, error, isTooSlow } = await runCommand({ ...command, argv }, folder);
  if (isTooSlow) return ['given again, it does not end'];
  if (code !== command.exitCodes.whole)
    return [`given again, it ends with code ${String(code)}: ${error.trim()}`];
  return (await defectsOfEnd(command, folder, whole)).map((defect) => `given again, ${defect}`);
};

/** A place for trials with a compiled shim; `remove` it at the end. */
export type Bench = {
  /** Absolute, links resolved. */
  readonly folder: string;
  readonly library: string;
  remove(): Promise<void>;
};

/** Makes a place for trials in the machine's temporary folder. */
export const createBench = async (): Promise<Bench> => {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'faults-')));
  return {
    folder,
    library: compileShim(folder),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};

/** The outcome of a run with the shim. */
export type Trial = Ended & ShimState;

let trials = 0;

/** Prepares a new folder, gives it to `work` and removes it. */
export const inNewFolder = async <Result>(
  bench: Bench,
  command: Command,
  work: (folder: string) => Promise<Result>,
): Promise<Result> => {
  trials += 1;
  const folder = join(bench.folder, `trial-${String(trials)}`);
  await mkdir(join(folder, command.writes), { recursive: true });
  try {
    await command.prepare?.(folder);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Runs the command in a folder under the shim's order. */
export const runUnder = async (
  bench: Bench,
  command: Command,
  folder: string,
  order: ShimOrder,
  calls: readonly Call[] = CHANGES,
): Promise<Trial> => {
  const state = `${folder}.state`;
  const root = join(folder, command.writes);
  const environment = shimEnvironment(order, { library: bench.library, root, state, calls });
  try {
    const ended = await runCommand(command, folder, environment);
    return { ...ended, ...(await readShimState(state)) };
  } finally {
    await rm(state, { force: true });
  }
};

/** The digest of a run that nothing disturbs, and how many calls it makes. @throws when it does not end as it should */
export const wholeRun = async (
  bench: Bench,
  command: Command,
  calls: readonly Call[] = CHANGES,
): Promise<{ readonly whole: readonly string[]; readonly count: number }> =>
  inNewFolder(bench, command, async (folder) => {
    const { code, error, count } = await runUnder(bench, command, folder, { mode: 'count' }, calls);
    if (code !== command.exitCodes.whole)
      throw new Error(`Undisturbed, the command ends with code ${String(code)}: ${error}`);
    return { whole: await digestOf(command, folder), count };
  });

/** Works through a list, some at a time, one for each core and one that waits meanwhile; all results in the list's order. */
export const inLanes = async <Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let place = next; place < items.length; place = next) {
      next += 1;
      const item = items[place];
      // The place was checked; an item may itself be undefined.
      results[place] = await work(item as Item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism() + 1, MOST_LANES) }, lane));
  return results;
};
