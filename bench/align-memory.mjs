/**
 * Memory of aligning all of LFW, summed over all processes: the highest while the first 2,000 photos are done, and after that.
 * Options: --photos N (default 13,233).
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fixed, lfwPhotos, numberOption, residentMegabytes, runStudio } from './support/programs.mjs';

const FIRST_PHOTOS = 2000;
const SAMPLE_MS = 500;
const PROMISED_MEGABYTES = 100;

/** @param {string} output how many photos its running ledger holds */
const photosDone = (output) => {
  const segments = join(output, '.facenet-studio', 'segments');
  try {
    return readdirSync(segments).reduce(
      (sum, file) => sum + readFileSync(join(segments, file)).filter((byte) => byte === 10).length,
      0,
    );
  } catch {
    return 0;
  }
};

/** @param {readonly string[]} args */
export const run = async (args) => {
  const count = numberOption(args, '--photos', 13233);
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  try {
    const input = join(folder, 'photos');
    const output = join(folder, 'crops');
    for (const file of lfwPhotos(count)) {
      mkdirSync(join(input, basename(dirname(file))), { recursive: true });
      symlinkSync(file, join(input, basename(dirname(file)), basename(file)));
    }
    let early = 0;
    let late = 0;
    /** @type {NodeJS.Timeout | undefined} */
    let timer;
    const report = await runStudio(['align', input, output], {
      onStart: (pid) => {
        timer = setInterval(() => {
          const megabytes = residentMegabytes(pid);
          if (photosDone(output) <= FIRST_PHOTOS) early = Math.max(early, megabytes);
          else late = Math.max(late, megabytes);
        }, SAMPLE_MS);
      },
    });
    clearInterval(timer);
    console.log(
      `${String(report.images)} photos in ${fixed(report.seconds)} s, ${fixed(report.imagesPerSecond)} photos/s`,
    );
    console.log(
      `highest resident memory, all processes: ${fixed(early, 0)} MB in the first ${String(FIRST_PHOTOS)} photos, ${fixed(late, 0)} MB after`,
    );
    console.log(`growth ${fixed(late - early, 0)} MB (promised: at most ${String(PROMISED_MEGABYTES)})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
