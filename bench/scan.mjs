/**
 * Scan of unchanged files: how long the command `scan` takes where nothing changed, and the comparison in it, beside `git status`, which does
 * the same with its index, and `find`, which only lists names, sizes and times. Options: --files N (default 100,000), --folders N (default 1,000).
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';
import { makeFiles, median } from './support/files.mjs';
import { fixed, numberOption, PROJECT, runProgram, timeStudio } from './support/programs.mjs';

/**
 * @typedef {import('../src/studio/watch/known.ts').KnownFile} KnownFile
 * @typedef {import('../src/studio/watch/known.ts').KnownFiles} KnownFiles
 */

const ROUNDS = 5;
const PROMISED_SECONDS = 20;

/**
 * Known files in memory, in the order in which they were found: that of their paths.
 * @param {readonly KnownFile[]} files
 * @returns {KnownFiles}
 */
const knownOf = (files) => {
  /** @param {Uint8Array} path */
  const placeOf = (path) => {
    let low = 0;
    let high = files.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (Buffer.compare(files[middle]?.path ?? path, path) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    page({ from, to, most }) {
      const start = placeOf(from);
      return files.slice(start, Math.min(start + most, to === null ? files.length : placeOf(to)));
    },
    withInode: (inode) => files.filter((file) => file.inode === inode),
  };
};

/**
 * Builds the reconciliation from the sources, so that what is measured is what is there.
 * @param {string} folder
 */
const buildReconcile = async (folder) => {
  await build({
    root: PROJECT,
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: 'src/studio/watch/reconcile.ts',
      outDir: folder,
      emptyOutDir: false,
      target: 'node20.18',
      rolldownOptions: { output: { format: 'es', entryFileNames: 'reconcile.mjs' } },
    },
  });
  /** @type {typeof import('../src/studio/watch/reconcile.ts')} */
  const { reconcile } = await import(join(folder, 'reconcile.mjs'));
  return reconcile;
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const files = numberOption(args, '--files', 100_000);
  const folders = numberOption(args, '--folders', 1000);
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  mkdirSync(join(PROJECT, 'out'), { recursive: true });
  const built = mkdtempSync(join(PROJECT, 'out', 'bench-scan-'));
  try {
    const reconcile = await buildReconcile(built);
    const root = join(folder, 'source');
    makeFiles(root, folders, files);
    /** @type {KnownFile[]} */
    const found = [];
    for await (const change of reconcile(root, knownOf([])))
      if (change.kind === 'added') found.push({ path: change.path, ...change.file });
    const known = knownOf(found);
    const scan = async () => {
      const start = performance.now();
      for await (const change of reconcile(root, known))
        if (change.kind !== 'complete') throw new Error(`Nothing changed, and yet: ${change.kind}.`);
      return (performance.now() - start) / 1000;
    };
    const git = ['-C', root, '-c', 'core.fsmonitor=false'];
    await runProgram('git', ['init', '--quiet', root]);
    await runProgram('git', [...git, 'add', '--all']);

    const work = join(folder, 'work');
    await timeStudio(['init', work]);
    await timeStudio(['add', work, root, '--layout', 'class-folders']);

    /** @type {Record<'command' | 'scan' | 'git' | 'find', number[]>} */
    const seconds = { command: [], scan: [], git: [], find: [] };
    let megabytes = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      seconds.command.push(await timeStudio(['scan', work]));
      const before = process.memoryUsage().rss;
      seconds.scan.push(await scan());
      megabytes = Math.max(megabytes, (process.memoryUsage().rss - before) / 1e6);
      seconds.git.push((await runProgram('git', [...git, 'status', '--porcelain'])).seconds);
      seconds.find.push(
        (await runProgram('find', [root, '-type', 'f', '-printf', '%s %T@ %i %P\\n'])).seconds,
      );
    }
    const mine = median(seconds.scan);
    console.log(
      `${String(files)} unchanged files in ${String(folders)} folders, median of ${String(ROUNDS)}:`,
    );
    console.log(
      `facenet-studio scan  ${fixed(median(seconds.command), 2)} s (promised: at most ${String(PROMISED_SECONDS)}), the whole command with its catalogue`,
    );
    console.log(
      `comparing alone      ${fixed(mine, 2)} s, resident memory grew by ${fixed(megabytes, 0)} MB at most`,
    );
    console.log(
      `git status           ${fixed(median(seconds.git), 2)} s, ${fixed(mine / median(seconds.git), 2)} of it is ours`,
    );
    console.log(`find                 ${fixed(median(seconds.find), 2)} s, without comparing`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(built, { recursive: true, force: true });
  }
};
