import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  displayProblem,
  electronFlags,
  fetchElectron,
  findElectron,
  sandboxProblem,
} from './setup/electron.mjs';
import { PROJECT } from './setup/project.mjs';
import { createReport } from './setup/report.mjs';
import { setUpOrExit } from './setup/set-up.mjs';

const report = createReport();

/**
 * The Electron to start, or why there is none, as the first half of a sentence.
 * @returns {Promise<{ executable: string } | { reason: string }>}
 */
const chooseElectron = async () => {
  const noDisplay = displayProblem();
  if (noDisplay !== null) return { reason: noDisplay };
  const present = findElectron(PROJECT);
  const found = present === null ? await fetchElectron(PROJECT, report) : { executable: present };
  if ('reason' in found) return found;
  const noSandbox = sandboxProblem(found.executable);
  return noSandbox === null ? found : { reason: noSandbox };
};

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
const hand = (command, args) => {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, FACENET_STUDIO_NODE: process.execPath },
  });
  // Ctrl+C reaches the child too, which ends in its own time.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    report.note(`${command} could not be started: ${error.message}.`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 0 : 1);
  });
};

await setUpOrExit(PROJECT, report, { retry: true });
const electron = await chooseElectron();
if ('executable' in electron)
  hand(electron.executable, [...electronFlags(electron.executable), PROJECT, ...process.argv.slice(2)]);
else {
  report.note(`${electron.reason}, so the studio opens in your browser instead.`);
  hand(process.execPath, [
    join(PROJECT, 'out', 'main', 'cli.js'),
    'serve',
    '--open',
    ...process.argv.slice(2),
  ]);
}
