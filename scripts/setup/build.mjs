import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, sha256OfTree, writeJson } from './files.mjs';
import { SetupProblem } from './report.mjs';
import { run, succeeded } from './run.mjs';

/** Everything that the build is made from. */
const SOURCES = [
  'src',
  'electron.vite.config.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.base.json',
  'tsconfig.json',
];
const STAMP = 'build.json';

/** @param {string} project */
const sourcesOf = (project) => sha256OfTree(project, SOURCES);

/**
 * True when the build is made from the sources as they are.
 * @param {string} project
 */
export const buildIsRight = async (project) => {
  // Written below, by an earlier run.
  const stamp = /** @type {{ sources?: string } | null} */ (await readJson(join(project, 'out', STAMP)));
  return stamp?.sources === (await sourcesOf(project));
};

/**
 * Builds the programs and the window into `out` when their sources differ from what it was built from. The old build is
 * replaced in one step, so an interrupted build leaves it as it was.
 * @param {string} project
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<boolean>} whether it was built
 * @throws {SetupProblem} when the build fails
 */
export const ensureBuild = async (project, report) => {
  if (await buildIsRight(project)) return false;
  const sources = await sourcesOf(project);
  const out = join(project, 'out');
  const step = report.step('Build');
  const fresh = join(project, `out.new-${String(process.pid)}`);
  const old = join(project, `out.old-${String(process.pid)}`);
  const program = join(project, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const result = await run(process.execPath, [program, 'build', '--outDir', fresh, '--logLevel', 'warn'], {
    cwd: project,
    environment: { NO_COLOR: '1', FORCE_COLOR: undefined },
  });
  if (!succeeded(result)) {
    step.gaveUp();
    await rm(fresh, { recursive: true, force: true });
    report.note(result.output.trim());
    throw new SetupProblem('The build failed.', 'Its output stands above.');
  }
  await writeJson(join(fresh, STAMP), { sources });
  if (existsSync(out)) await rename(out, old);
  await rename(fresh, out);
  await rm(old, { recursive: true, force: true });
  step.done('built');
  return true;
};
