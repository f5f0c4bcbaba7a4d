import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * What `align --json` prints.
 * @typedef {{ images: number, seconds: number, imagesPerSecond: number, stages: Record<string, number> }} AlignDocument
 */

export const PROJECT = resolve(import.meta.dirname, '..', '..');
export const SHARED = resolve(process.env['FACENET_STUDIO_SHARED'] ?? join(PROJECT, '..', 'shared'));

/** Where the peers' virtual environments are kept between runs. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'facenet-studio', 'bench');

/**
 * Runs a program to its end.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ onStart?: (pid: number) => void, show?: boolean }} [options]
 * @returns {Promise<{ code: number, stdout: string, seconds: number }>}
 */
export const runProgram = (program, args, options = {}) =>
  new Promise((done, fail) => {
    const start = performance.now();
    const child = spawn(program, args, {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', options.show === true ? 'inherit' : 'ignore'],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on('data', (/** @type {Buffer} */ part) => output.push(part));
    child.on('error', fail);
    child.on('close', (code) => {
      done({
        code: code ?? 1,
        stdout: Buffer.concat(output).toString('utf8'),
        seconds: (performance.now() - start) / 1000,
      });
    });
  });

/**
 * Our own command line, with `--json`.
 * @param {readonly string[]} args
 * @param {{ onStart?: (pid: number) => void }} [options]
 * @returns {Promise<AlignDocument>} the printed document
 */
export const runStudio = async (args, options) => {
  const program = join(PROJECT, 'scripts', 'facenet-studio.mjs');
  const { code, stdout } = await runProgram(process.execPath, [program, ...args, '--json'], options);
  if (code !== 0 && code !== 3)
    throw new Error(`facenet-studio ${args.join(' ')} ended with ${String(code)}.`);
  // Our own program's output.
  return /** @type {AlignDocument} */ (JSON.parse(stdout));
};

/**
 * Runs a command of ours that must end well; gives how long all of it took.
 * @param {readonly string[]} args
 * @returns {Promise<number>} seconds
 */
export const timeStudio = async (args) => {
  const program = join(PROJECT, 'scripts', 'facenet-studio.mjs');
  const { code, seconds } = await runProgram(process.execPath, [program, ...args], { show: true });
  if (code !== 0) throw new Error(`facenet-studio ${args.join(' ')} ended with ${String(code)}.`);
  return seconds;
};

/**
 * A virtual environment with the peer's packages, made at first use.
 * @param {string} name
 * @param {readonly string[]} packages
 * @returns {Promise<string>} its python
 */
export const peerPython = async (name, packages) => {
  const folder = join(CACHE, name);
  const python = join(folder, 'bin', 'python');
  const stamp = join(folder, 'ready');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === packages.join(' ')) return python;
  console.error(`Installing ${packages.join(', ')} …`);
  const steps = /** @type {const} */ ([
    ['python3', ['-m', 'venv', folder]],
    [python, ['-m', 'pip', 'install', '--quiet', ...packages]],
  ]);
  for (const [program, args] of steps) {
    const { code } = await runProgram(program, args, { show: true });
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}.`);
  }
  writeFileSync(stamp, packages.join(' '));
  return python;
};

/**
 * A process and all its descendants.
 * @param {number} root
 */
const processTree = (root) => {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const parent = Number(
        readFileSync(`/proc/${entry}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1],
      );
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It ended between the listing and the look.
    }
  }
  /** @type {number[]} */
  const found = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    waiting.push(...(children.get(pid) ?? []));
    found.push(pid);
  }
  return found;
};

/**
 * @param {number} root
 * @param {string} file
 * @param {RegExp} kilobytes
 */
const sumMegabytes = (root, file, kilobytes) => {
  let sum = 0;
  for (const pid of processTree(root)) {
    try {
      sum += Number(kilobytes.exec(readFileSync(`/proc/${String(pid)}/${file}`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      // It ended between the listing and the look.
    }
  }
  return sum;
};

/**
 * Resident memory of a process and all its descendants, in MB; pages that they share count in each.
 * @param {number} root
 */
export const residentMegabytes = (root) => sumMegabytes(root, 'status', /VmRSS:\s+(\d+)/);

/**
 * The same, with each shared page counted once.
 * @param {number} root
 */
export const proportionalMegabytes = (root) => sumMegabytes(root, 'smaps_rollup', /Pss:\s+(\d+)/);

/** What Chromium's and Node's processes say of themselves on their command lines. */
const ROLES = /--type=(\S+)|\/main\/(\w[\w-]*)\.js/;

/**
 * Memory of a process and its descendants by what they are, in MB, with each shared page counted once; largest first.
 * @param {number} root
 * @returns {readonly (readonly [role: string, megabytes: number])[]}
 */
export const megabytesByRole = (root) => {
  /** @type {Map<string, number>} */
  const roles = new Map();
  for (const pid of processTree(root)) {
    try {
      const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const [, type, program] = ROLES.exec(command) ?? [];
      const role = type ?? program ?? 'main';
      const kilobytes = /Pss:\s+(\d+)/.exec(readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8'))?.[1];
      roles.set(role, (roles.get(role) ?? 0) + Number(kilobytes ?? 0) / 1024);
    } catch {
      // It ended between the listing and the look.
    }
  }
  return [...roles].sort(([, a], [, b]) => b - a);
};

/**
 * The first photos of LFW, sorted, or the reason why there are none.
 * @param {number} count
 * @returns {string[]}
 */
export const lfwPhotos = (count) => {
  const root = join(SHARED, 'data', 'lfw');
  if (!existsSync(root)) throw new Error(`This benchmark needs the photos in ${root}.`);
  return readdirSync(root)
    .sort()
    .flatMap((person) =>
      readdirSync(join(root, person))
        .sort()
        .map((file) => join(root, person, file)),
    )
    .slice(0, count);
};

/**
 * The number after `name` among the arguments.
 * @param {readonly string[]} args
 * @param {string} name
 * @param {number} otherwise
 */
export const numberOption = (args, name, otherwise) =>
  args.includes(name) ? Number(args[args.indexOf(name) + 1]) : otherwise;

/**
 * @param {number} value
 * @param {number} [digits]
 */
export const fixed = (value, digits = 1) => value.toFixed(digits);
