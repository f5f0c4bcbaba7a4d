import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupProblem } from './report.mjs';
import { run, succeeded, tellingLine } from './run.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, devOptional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * @param {string} file a lock file of npm
 * @returns {Promise<LockedPackages | null>}
 */
const lockedPackages = async (file) => {
  try {
    // npm writes this file, with this shape.
    const lock = /** @type {{ packages?: LockedPackages }} */ (JSON.parse(await readFile(file, 'utf8')));
    return lock.packages ?? null;
  } catch {
    return null;
  }
};

/**
 * True when `node_modules` holds what the lock file asks for, as npm itself noted at the end of its last install.
 * Packages for other machines (optional ones) may be absent.
 * @param {string} project
 */
export const packagesAreRight = async (project) => {
  const wanted = await lockedPackages(join(project, 'package-lock.json'));
  const present = await lockedPackages(join(project, 'node_modules', '.package-lock.json'));
  if (wanted === null || present === null) return false;
  return Object.entries(wanted).every(([path, locked]) => {
    if (path === '') return true;
    const found = present[path];
    if (found === undefined) return locked.optional === true || locked.devOptional === true;
    return found.version === locked.version && found.integrity === locked.integrity;
  });
};

/**
 * Installs the packages of the lock file when they are missing or differ. Packages' own install scripts do not run.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<boolean>} whether anything was installed
 * @throws {SetupProblem} when npm fails
 */
export const ensurePackages = async (project, report) => {
  if (await packagesAreRight(project)) return false;
  const folder = await lstat(join(project, 'node_modules')).catch(() => null);
  if (folder?.isSymbolicLink() === true) {
    report.note('node_modules is a link and differs from package-lock.json; it is left as it is.');
    return false;
  }
  const step = report.step('Packages');
  step.progress('npm ci');
  const npm = process.env['npm_execpath'];
  const args = ['ci', '--include=dev', '--loglevel=error'];
  const result =
    npm === undefined
      ? await run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { cwd: project })
      : await run(process.execPath, [npm, ...args], { cwd: project });
  if (!succeeded(result)) {
    step.gaveUp();
    report.note(result.output.trim());
    throw new SetupProblem(
      `The packages could not be installed: ${tellingLine(result)}.`,
      'Check the connection to the package registry, then start again.',
    );
  }
  step.done('installed');
  return true;
};
