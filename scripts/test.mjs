import './setup/node-version.mjs';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson } from './setup/files.mjs';
import { PROJECT } from './setup/project.mjs';
import { createReport } from './setup/report.mjs';
import { setUpOrExit } from './setup/set-up.mjs';
import { openDisplay } from './testing/display.mjs';
import { electronForTests, findChromium, sharedFolder } from './testing/programs.mjs';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, reasons: Record<string, number> }} Summary
 * @typedef {{ stats?: { expected: number, unexpected: number, flaky: number, skipped: number } }} PlaywrightReport
 */

const NEEDS_SHARED = /shared/i;
const isLong = process.argv.includes('--long');
const report = createReport();
const results = join(PROJECT, 'test-results');
const environment = { FACENET_STUDIO_SHARED: sharedFolder(PROJECT), FACENET_STUDIO_LONG: isLong ? '1' : '' };

/**
 * Runs a program of node_modules with its output shown.
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} more
 * @returns {Promise<number>} its exit code
 */
const show = (args, more) =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: PROJECT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment, ...more },
    });
    child.on('exit', (code) => {
      resolve(code ?? 1);
    });
  });

/** @returns {Promise<Summary>} */
const runVitest = async () => {
  const file = join(results, 'vitest-summary.json');
  const program = join(PROJECT, 'node_modules', 'vitest', 'vitest.mjs');
  const reporter = join(PROJECT, 'scripts', 'testing', 'vitest-reporter.mjs');
  const args = [program, 'run', '--reporter=default', `--reporter=${reporter}`];
  const code = await show(args, { FACENET_STUDIO_TEST_SUMMARY: file });
  // Written by the reporter named above.
  const summary = /** @type {Summary | null} */ (await readJson(file));
  if (summary === null) return { passed: 0, failed: 1, skipped: 0, reasons: {} };
  return code !== 0 && summary.failed === 0 ? { ...summary, failed: 1 } : summary;
};

/**
 * Runs the window's tests in one shell.
 * @param {'electron' | 'browser'} shell
 * @param {Record<string, string | undefined>} more
 * @returns {Promise<Summary>}
 */
const runPlaywright = async (shell, more) => {
  const file = join(results, `playwright-${shell}.json`);
  const program = join(PROJECT, 'node_modules', '@playwright', 'test', 'cli.js');
  const args = [
    program,
    'test',
    '--config',
    'test/app/playwright.config.ts',
    '--project',
    shell,
    '--reporter=list,json',
  ];
  const code = await show(args, { ...more, PLAYWRIGHT_JSON_OUTPUT_NAME: file, FORCE_COLOR: '0' });
  const found = /** @type {PlaywrightReport | null} */ (await readJson(file));
  const stats = found?.stats;
  if (stats === undefined) return { passed: 0, failed: 1, skipped: 0, reasons: {} };
  const failed = stats.unexpected + stats.flaky;
  const reasons = stats.skipped === 0 ? {} : { [`${shell} tests that skipped themselves`]: stats.skipped };
  return {
    passed: stats.expected,
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: stats.skipped,
    reasons,
  };
};

/**
 * A shell whose tests cannot run here counts as one skipped test.
 * @param {string} reason
 * @returns {Summary}
 */
const skipped = (reason) => {
  report.note(`Skipped: ${reason}.`);
  return { passed: 0, failed: 0, skipped: 1, reasons: { [reason]: 1 } };
};

const testElectron = async () => {
  const electron = await electronForTests(PROJECT, report);
  if ('reason' in electron) return skipped(`the Electron window's tests, because ${electron.reason}`);
  const display = await openDisplay();
  if ('reason' in display) return skipped(`the Electron window's tests, because ${display.reason}`);
  try {
    return await runPlaywright('electron', {
      DISPLAY: display.display,
      FACENET_STUDIO_ELECTRON: electron.executable,
    });
  } finally {
    display.end();
  }
};

const testBrowser = () => {
  const chromium = findChromium();
  if (chromium === null)
    return skipped("the browser shell's tests, because there is no Chromium (apt install chromium)");
  return runPlaywright('browser', { FACENET_STUDIO_CHROMIUM: chromium });
};

await setUpOrExit(PROJECT, report, { retry: true });
await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
const summaries = [await runVitest()];
if (existsSync(join(PROJECT, 'test', 'app'))) summaries.push(await testElectron(), await testBrowser());

/** @param {'passed' | 'failed' | 'skipped'} key */
const sum = (key) => summaries.reduce((total, summary) => total + summary[key], 0);
const reasons = summaries.flatMap((summary) => Object.entries(summary.reasons));
for (const [reason, count] of reasons) console.log(`${String(count)} skipped: ${reason}`);
const forShared = reasons
  .filter(([reason]) => NEEDS_SHARED.test(reason))
  .reduce((total, [, count]) => total + count, 0);
console.log(
  `${String(forShared)} skipped for lack of the shared data (${environment.FACENET_STUDIO_SHARED})`,
);
console.log(
  `${String(sum('passed'))} passed, ${String(sum('failed'))} failed, ${String(sum('skipped'))} skipped`,
);
process.exitCode = sum('failed') === 0 ? 0 : 1;
