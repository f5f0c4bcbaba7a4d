import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inNewFolder, runCommand, type Bench, type Command } from './command.ts';

/** A system call as strace wrote it, with its paths absolute and the links of opened ones resolved. */
export type TracedCall = { readonly name: string; readonly paths: readonly string[]; readonly text: string };

/** Calls that change a file or its name, rights, times or attributes, and those that may open one for that. */
const TRACED = [
  'open,openat,openat2,creat',
  'rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,mknod,mknodat',
  'truncate,ftruncate,fallocate',
  'chmod,fchmod,fchmodat,chown,fchown,lchown,fchownat',
  'utime,utimes,utimensat,futimesat',
  'setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr',
  'mount,umount2',
].join(',');

const OPENINGS: ReadonlySet<string> = new Set(['open', 'openat', 'openat2', 'creat']);
const OPENS_TO_CHANGE = /O_WRONLY|O_RDWR|O_CREAT|O_TRUNC|O_APPEND|O_TMPFILE/;

/** Quoted paths, and the paths that strace adds to descriptors as `3</path>`. */
const PATHS = /"((?:[^"\\]|\\.)*)"|<(\/[^>]*)>/g;
/** strace writes bytes beyond ASCII in octal. */
const OCTAL = /\\([0-7]{1,3})/g;

const bytesOf = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(OCTAL, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
      .replaceAll(/\\(["\\])/g, '$1'),
    'latin1',
  ).toString();

const LINE = /^\d+\s+(?<name>\w+)\((?<rest>.*)$/;

const tracedCall = (line: string, folder: string): TracedCall | null => {
  const { name, rest } = LINE.exec(line)?.groups ?? {};
  if (name === undefined || rest === undefined) return null;
  const paths = [...rest.matchAll(PATHS)].map(([, quoted, described]) =>
    resolve(folder, bytesOf(quoted ?? described ?? '')),
  );
  return { name, paths, text: line };
};

/** A call that another process's interrupts in the trace is written in two parts: joins them. */
const joined = (trace: string): readonly string[] => {
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line) => {
    const [pid = ''] = line.split(' ', 1);
    if (line.endsWith('<unfinished ...>')) {
      begun.set(pid, line.slice(0, -'<unfinished ...>'.length));
      return [];
    }
    const rest = /^\d+\s+<\.\.\. \w+ resumed>(.*)$/.exec(line)?.[1];
    return rest === undefined ? [line] : [(begun.get(pid) ?? `${pid} `) + rest];
  });
};

/**
 * Runs a command in a folder under strace and gives every call of it and its children that may change a file.
 * @param options other names of calls, and what to add to the environment
 */
export const traceCalls = async (
  bench: Bench,
  command: Command,
  folder: string,
  {
    names = TRACED,
    environment = {},
  }: { readonly names?: string; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<readonly TracedCall[]> => {
  const file = join(bench.folder, 'trace');
  const tracer = [
    'strace',
    '-f',
    '--seccomp-bpf',
    '-qq',
    '-y',
    '-s',
    '4096',
    '-o',
    file,
    '-e',
    `trace=${names}`,
  ];
  try {
    const { code, error } = await runCommand(command, folder, environment, tracer);
    if (code !== command.exitCodes.whole)
      throw new Error(`Traced, the command ends with code ${String(code)}: ${error}`);
    return joined(await readFile(file, 'latin1')).flatMap((line) => tracedCall(line, folder) ?? []);
  } finally {
    await rm(file, { force: true });
  }
};

/** Whether a call opens a file to change it, or changes it or its name. Failed calls count: they were meant. */
export const changes = ({ name, text }: TracedCall): boolean =>
  !OPENINGS.has(name) || OPENS_TO_CHANGE.test(text);

/** Everything about the files in a folder that must stay as it is: content, size, rights, owner, and times of content and of entry. */
const stateOf = async (root: string): Promise<readonly string[]> => {
  const names = ['.', ...(await readdir(root, { recursive: true })).toSorted()];
  return Promise.all(
    names.map(async (name) => {
      const path = join(root, name);
      const found = await lstat(path, { bigint: true });
      const { mode, uid, gid, size, mtimeNs, ctimeNs } = found;
      const content = found.isFile()
        ? createHash('sha256')
            .update(await readFile(path))
            .digest('hex')
        : found.isSymbolicLink()
          ? await readlink(path)
          : '';
      return [name, mode, uid, gid, size, mtimeNs, ctimeNs, content].map(String).join(' ');
    }),
  );
};

export type Audit = {
  /** Calls that would change something below the root, and files that are not as they were. */
  readonly defects: readonly string[];
  /** Openings of files below the root: proof that the audit saw the command at work there. */
  readonly reads: number;
};

/**
 * Runs the command under strace and gives each call that opens something below `root` to write it, renames, removes, or changes its
 * rights or times; and every file there that is not what it was, to the nanosecond of its times.
 */
export const auditWrites = (bench: Bench, command: Command, root: string): Promise<Audit> =>
  inNewFolder(bench, command, async (folder) => {
    const before = await stateOf(root);
    const calls = await traceCalls(bench, command, folder);
    const after = await stateOf(root);
    const there = calls.filter(({ paths }) =>
      paths.some((path) => path === root || path.startsWith(`${root}/`)),
    );
    const differs = after.filter((line) => !before.includes(line));
    const gone = before.filter((line) => !after.includes(line));
    return {
      defects: [
        ...there.filter(changes).map(({ text }) => `call: ${text}`),
        ...gone.map((line) => `was: ${line}`),
        ...differs.map((line) => `is: ${line}`),
      ],
      reads: there.filter((call) => !changes(call)).length,
    };
  });
