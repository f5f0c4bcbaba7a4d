import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, writeJson } from './files.mjs';
import { run, succeeded, tellingLine } from './run.mjs';

const DOWNLOAD_TIMEOUT_MS = 90_000;
/** A download that failed is not tried again before this time has passed, so that an offline machine starts quickly. */
const RETRY_AFTER_MS = 24 * 3600_000;

const EXECUTABLES = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' };

/** @typedef {Record<string, string | undefined>} Environment */

/** @param {string} distribution */
const executableIn = (distribution) => {
  const name =
    process.platform === 'darwin' || process.platform === 'win32'
      ? EXECUTABLES[process.platform]
      : 'electron';
  const file = join(distribution, name);
  return existsSync(file) ? file : null;
};

/**
 * The Electron binary of this machine; null when there is none yet.
 * @param {string} project
 * @param {Environment} [environment]
 */
export const findElectron = (project, environment = process.env) => {
  const override = environment['ELECTRON_OVERRIDE_DIST_PATH'];
  if (override !== undefined && override !== '') return executableIn(override);
  return executableIn(join(project, 'node_modules', 'electron', 'dist'));
};

/**
 * Fetches the Electron binary, with a bound on the wait.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @param {() => number} [now] milliseconds
 * @returns {Promise<{ executable: string } | { reason: string }>} `reason` is the middle of a sentence
 */
export const fetchElectron = async (project, report, now = Date.now) => {
  const memory = join(project, 'node_modules', '.facenet-studio', 'electron.json');
  const last = /** @type {{ failedAtMs: number, reason: string } | null} */ (await readJson(memory));
  if (last !== null && now() - last.failedAtMs < RETRY_AFTER_MS) return { reason: last.reason };
  const step = report.step('Electron');
  step.progress('fetching it (120 MB)');
  const script = join(project, 'node_modules', 'electron', 'install.js');
  const result = await run(process.execPath, [script], { timeoutMs: DOWNLOAD_TIMEOUT_MS });
  const executable = findElectron(project, {});
  if (succeeded(result) && executable !== null) {
    step.done('fetched');
    return { executable };
  }
  step.gaveUp();
  const why = result.outcome === 'timed-out' ? 'it took longer than 90 s' : tellingLine(result);
  const reason = `Electron could not be downloaded (${why})`;
  await writeJson(memory, { failedAtMs: now(), reason });
  return { reason };
};

/**
 * Why no window can be shown here; null when one can.
 * @param {Environment} [environment]
 * @param {string} [platform]
 */
export const displayProblem = (environment = process.env, platform = process.platform) => {
  if (platform !== 'linux') return null;
  const named = [environment['DISPLAY'], environment['WAYLAND_DISPLAY']].some(
    (name) => name !== undefined && name !== '',
  );
  return named ? null : 'This machine has no display';
};

const readFlag = (/** @type {string} */ file) => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
};

/**
 * Why Chromium could not put its windows into a sandbox here; null when it can. Without one Electron refuses to start, and
 * the studio does not turn it off for an ordinary user.
 * @param {string} executable
 */
export const sandboxProblem = (executable) => {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return null;
  const restricted =
    readFlag('/proc/sys/kernel/apparmor_restrict_unprivileged_userns') === '1' ||
    readFlag('/proc/sys/kernel/unprivileged_userns_clone') === '0';
  if (!restricted) return null;
  const helper = join(executable, '..', 'chrome-sandbox');
  const found = existsSync(helper) ? statSync(helper) : null;
  const SET_USER_ID = 0o4000;
  if (found !== null && found.uid === 0 && (found.mode & SET_USER_ID) !== 0) return null;
  return `This system keeps Electron from shutting its window into a sandbox ("sudo chown root ${helper} && sudo chmod 4755 ${helper}" allows it)`;
};

/**
 * The flags that this Electron needs before the path of our program. As root Chromium refuses to start with its process
 * sandbox; the window stays without Node all the same. A runtime with a launcher of its own loads our program when it is
 * ready already, which is too late to name schemes.
 * @param {string} executable
 */
export const electronFlags = (executable) => [
  ...(process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ...(existsSync(join(executable, '..', 'resources', 'app'))
    ? ['-r', join(import.meta.dirname, 'early-schemes.cjs')]
    : []),
];
