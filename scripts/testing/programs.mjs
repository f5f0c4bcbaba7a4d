import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fetchElectron, findElectron } from '../setup/electron.mjs';
import { run, succeeded, tellingLine } from '../setup/run.mjs';

const RUNTIME_TIMEOUT_MS = 5 * 60_000;
const CHROMIUMS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];

/**
 * The folder with the data that tests and benchmarks read; it may be missing.
 * @param {string} project
 */
export const sharedFolder = (project) =>
  resolve(process.env['FACENET_STUDIO_SHARED'] ?? join(project, '..', 'shared'));

/**
 * The Electron to test with: this machine's, or one that the shared folder's tool sets up.
 * @param {string} project
 * @param {import('../setup/report.mjs').Report} report
 * @returns {Promise<{ executable: string } | { reason: string }>}
 */
export const electronForTests = async (project, report) => {
  const present = findElectron(project);
  if (present !== null) return { executable: present };
  const tool = join(sharedFolder(project), 'tools', 'electron-runtime');
  if (process.platform !== 'linux' || !existsSync(tool)) return fetchElectron(project, report);
  const result = await run(tool, [], { timeoutMs: RUNTIME_TIMEOUT_MS });
  const folder = result.output.trim().split('\n').at(-1) ?? '';
  const executable = findElectron(project, { ELECTRON_OVERRIDE_DIST_PATH: folder });
  if (succeeded(result) && executable !== null) return { executable };
  return { reason: `no Electron could be set up (${tellingLine(result)})` };
};

/** A Chromium for the browser shell; null when there is none. */
export const findChromium = () => {
  const named = process.env['FACENET_STUDIO_CHROMIUM'];
  return [...(named === undefined ? [] : [named]), ...CHROMIUMS].find((file) => existsSync(file)) ?? null;
};
