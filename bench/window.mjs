/**
 * The real window over a workspace of 453,453 faces and one of 2,000,000: how long frames take while the grid is scrolled, how long it takes
 * from a key to the next picture, and memory. Needs a display, or Xvfb, which it starts. Options: --size casia|vggface2, --folder PATH (keeps
 * the generated workspaces and uses them again), --seconds N of scrolling (default 10).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import sharp from 'sharp';
import { displayProblem, electronFlags } from '../scripts/setup/electron.mjs';
import { createReport } from '../scripts/setup/report.mjs';
import { electronForTests } from '../scripts/testing/programs.mjs';
import { CROP_FILES } from './support/crop-files.mjs';
import { isGridFull, nextPictureMs, scrollGrid, watchNextPicture } from './support/in-window.mjs';
import {
  fixed,
  megabytesByRole,
  numberOption,
  PROJECT,
  proportionalMegabytes,
  residentMegabytes,
} from './support/programs.mjs';
import { chosenSizes, ensureWorkspace, openBenchFolder } from './support/workspaces.mjs';

/** @typedef {import('@playwright/test').Page} Page */

const PROMISED = { frameMs: 50, keyMs: 50, megabytes: 1500 };
const KEYS = 60;
const FIRST_LOOK_MS = 4000;
const CROP_PX = 182;
const START_TIMEOUT_MS = 60_000;
/** Names in the window that this goes by. */
const GRID = 'Faces';

/**
 * Some pictures that take as long to decode as real crops do.
 * @param {string} workspace
 */
const makeCrops = async (workspace) => {
  mkdirSync(join(workspace, 'crops'), { recursive: true });
  for (let index = 0; index < CROP_FILES; index += 1) {
    const file = join(workspace, 'crops', `${String(index).padStart(3, '0')}.png`);
    if (existsSync(file)) continue;
    const noise = await sharp({
      create: {
        width: CROP_PX,
        height: CROP_PX,
        channels: 3,
        background: '#888',
        noise: { type: 'gaussian', mean: 128, sigma: 12 },
      },
    })
      .png()
      .toBuffer();
    const hue = (index * 360) / CROP_FILES;
    await sharp({
      create: { width: CROP_PX, height: CROP_PX, channels: 3, background: `hsl(${String(hue)}, 40%, 45%)` },
    })
      .composite([{ input: noise, blend: 'overlay' }])
      .png()
      .toFile(file);
  }
};

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
const quantile = (values, share) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;

/** How a person scrolls: a wheel turned at leisure, a fast one, the bar dragged from end to end in ten seconds. */
const WAYS = [
  { name: 'a wheel at leisure', stepPx: 25 },
  { name: 'a fast wheel', stepPx: 120 },
  { name: 'the bar', stepPx: null },
];

/**
 * @param {Page} page
 * @param {{ name: string, stepPx: number | null }} way
 * @param {number} timeMs
 */
const measureScroll = async (page, { name, stepPx }, timeMs) => {
  const { framesMs, emptyTiles, tiles } = await page.evaluate(scrollGrid, { label: GRID, timeMs, stepPx });
  const over = framesMs.filter((ms) => ms > PROMISED.frameMs).length;
  console.log(
    `Scrolling by ${name}: ${String(framesMs.length)} frames, median ${fixed(quantile(framesMs, 0.5))} ms, 99th percentile ${fixed(quantile(framesMs, 0.99))} ms (asked: at most ${String(PROMISED.frameMs)}), longest ${fixed(Math.max(...framesMs))} ms, ${String(over)} over; ${fixed((100 * emptyTiles) / Math.max(1, tiles))} % of the tiles without their picture`,
  );
};

/**
 * @param {Page} page
 * @param {string} key
 * @param {string} name
 */
const measureKey = async (page, key, name) => {
  /** @type {number[]} */
  const times = [];
  for (let press = 0; press < KEYS; press += 1) {
    await page.evaluate(watchNextPicture);
    await page.keyboard.press(key);
    times.push(Number(await page.evaluate(nextPictureMs)));
    // As fast as a person goes on.
    await page.waitForTimeout(150);
  }
  const shown = times.filter((ms) => ms >= 0);
  if (shown.length === 0) throw new Error(`After "${key}" there is no other picture.`);
  console.log(
    `${name} (${key}) to the next picture: median ${fixed(quantile(shown, 0.5))} ms, 95th percentile ${fixed(quantile(shown, 0.95))} ms (asked: under ${String(PROMISED.keyMs)}), longest ${fixed(Math.max(...shown))} ms, ${String(times.length - shown.length)} of ${String(KEYS)} not shown`,
  );
};

/** @param {number} pid */
const reportMemory = (pid) => {
  console.log(
    `Memory over all processes: ${fixed(proportionalMegabytes(pid), 0)} MB (asked: under ${String(PROMISED.megabytes)}; shared pages counted once), ${fixed(residentMegabytes(pid), 0)} MB with shared pages counted in each process`,
  );
  const roles = megabytesByRole(pid).map(([role, megabytes]) => `${role} ${fixed(megabytes, 0)}`);
  console.log(`  of which ${roles.join(', ')} MB`);
};

/**
 * @param {string} executable
 * @param {string} workspace
 * @param {number} timeMs
 */
const measureWindow = async (executable, workspace, timeMs) => {
  const home = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-home-'));
  const application = await _electron.launch({
    executablePath: executable,
    args: [...electronFlags(executable), PROJECT],
    env: {
      ...Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
      XDG_CONFIG_HOME: join(home, 'config'),
      FACENET_STUDIO_HOME: join(home, 'home'),
      FACENET_STUDIO_NODE: process.execPath,
    },
    timeout: START_TIMEOUT_MS,
  });
  const page = await application.firstWindow();
  try {
    const pid = application.process().pid ?? 0;
    page.setDefaultTimeout(START_TIMEOUT_MS);
    await page.getByRole('button').first().waitFor();
    const start = performance.now();
    await application.evaluate(({ dialog, Menu }, chosen) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
      const file = Menu.getApplicationMenu()?.items.find(({ label }) => label === 'File');
      file?.submenu?.items.find(({ label }) => label === 'Open workspace…')?.click();
    }, workspace);
    const grid = page.getByRole('grid', { name: GRID });
    await grid.getByRole('gridcell').first().locator('img').waitFor();
    await page.waitForFunction(isGridFull, GRID);
    console.log(
      `Opened in the window, until the first screen has all its pictures: ${fixed((performance.now() - start) / 1000, 2)} s`,
    );
    await page.waitForTimeout(FIRST_LOOK_MS);
    reportMemory(pid);
    for (const way of WAYS) await measureScroll(page, way, timeMs);
    reportMemory(pid);
    await grid.getByRole('gridcell').first().click();
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1000);
    await measureKey(page, 'ArrowRight', 'Arrow');
    await measureKey(page, 'a', 'Confirm');
    reportMemory(pid);
  } catch (error) {
    const picture = join(tmpdir(), 'facenet-studio-bench-window.png');
    await page.screenshot({ path: picture });
    console.error(`What the window shows: ${picture}`);
    throw error;
  } finally {
    // As a person quits: what is open is closed.
    const gone = new Promise((done) => application.process().once('exit', done));
    await application.evaluate(({ dialog, app }) => {
      dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false });
      setImmediate(() => {
        app.quit();
      });
    });
    await gone;
    rmSync(home, { recursive: true, force: true });
  }
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  if (displayProblem() !== null) {
    const again = [process.execPath, join(PROJECT, 'bench', 'run.mjs'), 'window', ...args];
    const { status, error } = spawnSync('xvfb-run', ['-a', '-s', '-screen 0 1600x1000x24', ...again], {
      stdio: 'inherit',
    });
    if (error !== undefined)
      throw new Error(`There is no display, and no Xvfb to make one: ${error.message}`);
    process.exitCode = status ?? 1;
    return;
  }
  const electron = await electronForTests(PROJECT, createReport());
  if ('reason' in electron) throw new Error(`There is no Electron here: ${electron.reason}.`);
  const { folder, remove } = openBenchFolder(args);
  try {
    for (const size of chosenSizes(args)) {
      const workspace = await ensureWorkspace(folder, size);
      await makeCrops(workspace);
      console.log(
        `\n${size.faces.toLocaleString('en-US')} faces, ${size.identities.toLocaleString('en-US')} identities`,
      );
      await measureWindow(electron.executable, workspace, numberOption(args, '--seconds', 10) * 1000);
    }
  } finally {
    remove();
  }
};
