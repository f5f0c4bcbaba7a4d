import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addonsAreSettled, ensureAddons } from './addons.mjs';
import { buildIsRight, ensureBuild } from './build.mjs';
import { withLock } from './lock.mjs';
import { ensureNativeEngine, nativeEngineIsSettled } from './native-engine.mjs';
import { ensurePackages, packagesAreRight } from './packages.mjs';
import { SetupProblem } from './report.mjs';

/**
 * Sets up what is missing: packages, native engine, native loops, build. Each step is skipped when it is already right, and one that was
 * interrupted is repaired. Says nothing when nothing is missing.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @param {{ retry: boolean }} options `retry`: try again what could not be had the last time
 * @throws {SetupProblem} when the studio cannot run
 */
export const setUp = async (project, report, { retry }) => {
  // A packaged studio ships built and complete.
  if (!existsSync(join(project, 'src'))) return;
  const isRight =
    (await packagesAreRight(project)) &&
    (await nativeEngineIsSettled(project, retry)) &&
    (await addonsAreSettled(project, retry)) &&
    (await buildIsRight(project));
  if (isRight) return;
  const lock = join(project, '.cache', 'setup.lock');
  const onWait = () => {
    report.note('Another start is setting the studio up; waiting for it.');
  };
  await withLock(lock, onWait, async () => {
    await ensurePackages(project, report);
    await ensureNativeEngine(project, report, { retry });
    await ensureAddons(project, report, { retry });
    await ensureBuild(project, report);
  });
};

/**
 * Sets up, or ends the program with the sentence that tells why not.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @param {{ retry: boolean }} options
 */
export const setUpOrExit = async (project, report, options) => {
  try {
    await setUp(project, report, options);
  } catch (error) {
    if (!(error instanceof SetupProblem)) throw error;
    report.note(`${error.message} ${error.advice}`);
    process.exit(1);
  }
};
