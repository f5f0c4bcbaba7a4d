/**
 * Watching a source of CASIA's size: watches, seconds until everything is watched and compared, and memory, of ours beside chokidar alone,
 * which compares nothing. Options: --files N (default 453,453), --folders N (default 10,575), --peer-files N (chokidar also on so many
 * files, all that the system's limit allows; default 150,000), --keep FOLDER (makes the files there and leaves them, so that a second run only
 * measures). Files are empty and removed at the end.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { makeFiles } from './support/files.mjs';
import { fixed, numberOption, PROJECT, runProgram, timeStudio } from './support/programs.mjs';

/** @typedef {{ seconds: number, watches: number, refused: number, megabytes: number, mostMegabytes: number }} Told */

/** @param {string} outDir */
const buildProgram = async (outDir) => {
  await build({
    root: PROJECT,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'bench/support/watching.mjs',
      outDir,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'watching.mjs' } },
    },
  });
  return join(outDir, 'watching.mjs');
};

/**
 * @param {string} program
 * @param {readonly string[]} what
 */
const watching = async (program, what) => {
  const { code, stdout } = await runProgram(process.execPath, [program, ...what], { show: true });
  if (code !== 0) throw new Error(`Watching with ${what[0] ?? ''} ended with ${String(code)}.`);
  // Our own program's output.
  const told = /** @type {Told} */ (JSON.parse(stdout));
  return [
    `${String(told.watches)} watches`,
    ...(told.refused > 0 ? [`${String(told.refused)} errors`] : []),
    `${fixed(told.seconds, 1)} s to ready`,
    `${fixed(told.megabytes, 0)} MB then, ${fixed(told.mostMegabytes, 0)} MB at most`,
  ].join(', ');
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const files = numberOption(args, '--files', 453_453);
  const folders = numberOption(args, '--folders', 10_575);
  const peerFiles = numberOption(args, '--peer-files', 150_000);
  const kept = args.includes('--keep') ? args[args.indexOf('--keep') + 1] : undefined;
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  /** @type {string | null} */
  let built = null;
  try {
    const root = join(folder, 'source');
    const fewer = join(folder, 'fewer');
    const work = join(folder, 'work');
    if (!existsSync(root)) makeFiles(root, folders, files);
    if (!existsSync(fewer)) makeFiles(fewer, folders, peerFiles);
    const limit = readFileSync('/proc/sys/fs/inotify/max_user_watches', 'utf8').trim();
    console.log(`The system allows ${limit} watches. To ready, and memory:`);
    const size = `${String(files)} files in ${String(folders)} folders`;
    if (existsSync(work)) await timeStudio(['status', work]);
    else {
      await timeStudio(['init', work]);
      const added = await timeStudio(['add', work, root, '--layout', 'class-folders']);
      console.log(`add          ${size}: ${fixed(added, 1)} s to know every file, the whole command`);
    }
    // Our own commands may have made "out" anew.
    built = mkdtempSync(join(PROJECT, 'out', 'bench-watch-'));
    const program = await buildProgram(built);
    console.log(`ours         ${size}, compared: ${await watching(program, ['ours', root, work])}`);
    console.log(`chokidar     ${String(peerFiles)} files: ${await watching(program, ['chokidar', fewer])}`);
    console.log(`chokidar     ${size}: ${await watching(program, ['chokidar', root])}`);
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    if (built !== null) rmSync(built, { recursive: true, force: true });
  }
};
