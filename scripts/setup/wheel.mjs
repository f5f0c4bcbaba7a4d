import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sha256OfFile } from './files.mjs';
import { SetupProblem } from './report.mjs';
import { run, succeeded, tellingLine } from './run.mjs';

/**
 * @typedef {{ package: string, version: string, sha256: string }} Wheel
 */

const DOWNLOAD_TIMEOUT_MS = 20 * 60_000;
const PROBE_TIMEOUT_MS = 20_000;
/** The ways in which machines call pip, the surest first. */
const PIPS = [['python3', '-m', 'pip'], ['pip3'], ['pip'], ['python', '-m', 'pip']];

/**
 * The command that runs pip here.
 * @param {readonly (readonly string[])[]} [candidates]
 * @returns {Promise<readonly [string, ...string[]]>}
 * @throws {SetupProblem} when there is none
 */
export const findPip = async (candidates = PIPS) => {
  for (const [command, ...args] of candidates) {
    if (command === undefined) continue;
    const found = await run(command, [...args, '--version'], { timeoutMs: PROBE_TIMEOUT_MS });
    if (succeeded(found)) return [command, ...args];
  }
  throw new SetupProblem(
    'The native engine is fetched with pip, and this machine has none.',
    'Install Python with pip (Debian and Ubuntu: apt install python3-pip), then start again.',
  );
};

/** Why a download failed, as the end of a sentence. */
const downloadFailure = (/** @type {import('./run.mjs').RunResult} */ result) => {
  if (result.outcome === 'timed-out') return 'it took longer than 20 minutes';
  // pip says the same when it reaches no index at all.
  if (result.output.includes('(from versions: none)'))
    return 'the package index has none for this system or cannot be reached';
  return tellingLine(result);
};

/**
 * Downloads one wheel with the machine's own pip configuration and checks it.
 * @param {readonly [string, ...string[]]} pip
 * @param {Wheel} wheel
 * @param {{ folder: string, python: string, platforms: readonly string[] }} where
 * @returns {Promise<string>} the file
 * @throws {SetupProblem} when it cannot be had or is not the pinned one
 */
export const downloadWheel = async (pip, wheel, where) => {
  const folder = join(where.folder, wheel.package);
  await mkdir(folder, { recursive: true });
  const [command, ...prefix] = pip;
  const platforms = where.platforms.flatMap((platform) => ['--platform', platform]);
  const args = [
    'download',
    '--quiet',
    '--retries',
    '1',
    '--no-deps',
    '--only-binary=:all:',
    '--implementation',
    'cp',
  ];
  const wanted = [
    ...platforms,
    '--python-version',
    where.python,
    '-d',
    folder,
    `${wheel.package}==${wheel.version}`,
  ];
  const environment = { PIP_DISABLE_PIP_VERSION_CHECK: '1', PIP_NO_INPUT: '1' };
  const result = await run(command, [...prefix, ...args, ...wanted], {
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    environment,
  });
  const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
  if (!succeeded(result) || file === undefined) {
    const why = downloadFailure(result);
    throw new SetupProblem(
      `${wheel.package} ${wheel.version} could not be downloaded: ${why}.`,
      'Check the connection to the Python package index, then start again.',
    );
  }
  const path = join(folder, file);
  await refuseWrongHash(path, wheel.sha256, `${wheel.package} ${wheel.version}`);
  return path;
};

/**
 * @param {string} file
 * @param {string} sha256
 * @param {string} what names it in the sentence
 * @throws {SetupProblem} when the file is not the pinned one
 */
export const refuseWrongHash = async (file, sha256, what) => {
  if ((await sha256OfFile(file)) === sha256) return;
  throw new SetupProblem(
    `${what} is not the file that was tested (its SHA-256 differs), so it was refused.`,
    'Start again; if it happens twice, look where the package index of this machine takes it from.',
  );
};

/**
 * Unpacks chosen members of a wheel and returns the SHA-256 of each.
 * @param {string} wheel
 * @param {(name: string) => string | null} target path to write for a member, null to leave it out
 * @returns {Promise<Map<string, string>>} by member name
 */
export const unpackWheel = async (wheel, target) => {
  // Loaded here: before the first `npm ci` there is no such package.
  const { openPromise } = await import('yauzl');
  const zip = await openPromise(wheel);
  /** @type {Map<string, string>} */
  const hashes = new Map();
  for await (const entry of zip.eachEntry()) {
    const path = entry.fileName.endsWith('/') ? null : target(entry.fileName);
    if (path === null) continue;
    await mkdir(dirname(path), { recursive: true });
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform(chunk, _encoding, next) {
        hash.update(chunk);
        next(null, chunk);
      },
    });
    await pipeline(await zip.openReadStreamPromise(entry), hashing, createWriteStream(path));
    hashes.set(entry.fileName, hash.digest('hex'));
  }
  return hashes;
};
