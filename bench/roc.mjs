/**
 * The exact ROC of 10,000,000 pairs beside scikit-learn's roc_curve on the same distances in the same run, each in a process of its own:
 * seconds from unsorted distances to curve and area, and the most memory of the process. Also how long it takes to see the figures of
 * 6,000 pairs anew when a threshold moves. Options: --pairs N.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPrograms } from './support/build-programs.mjs';
import { fixed, numberOption, peerPython, PROJECT, runProgram } from './support/programs.mjs';

const PEER_PACKAGES = ['scikit-learn==1.7.2', 'numpy==2.2.6'];

/** @typedef {{ seconds: number, megabytes: number, points: number, auc: number, thresholdMs?: number }} Measured */

/**
 * Distances of pairs of one person (first half) and of two (second half), spread like those of a good model; the same for each run.
 * @param {number} pairs
 */
const distancesOf = (pairs) => {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  return Float64Array.from({ length: pairs }, (_, pair) => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, pair < pairs / 2 ? 0.6 + 0.2 * normal : 1.4 + 0.22 * normal);
  });
};

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {Promise<Measured>}
 */
const measure = async (program, args) => {
  const { code, stdout } = await runProgram(program, args, { show: true });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}.`);
  return JSON.parse(stdout);
};

/** @param {Measured} measured */
const told = ({ seconds, megabytes, points, auc }) =>
  `${fixed(seconds, 2)} s, ${fixed(megabytes, 0)} MB, ${points.toLocaleString('en-US')} points, area ${auc.toFixed(9)}`;

/** @param {readonly string[]} args */
export const run = async (args) => {
  const pairs = numberOption(args, '--pairs', 10_000_000);
  const python = await peerPython('scikit-learn', PEER_PACKAGES);
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  const built = await buildPrograms({
    roc: 'src/core/verification/roc.ts',
    scores: 'src/core/verification/scores.ts',
  });
  try {
    const file = join(folder, 'distances.f64');
    writeFileSync(file, Buffer.from(distancesOf(pairs).buffer));
    const script = join(PROJECT, 'bench', 'support', 'roc-of-file.mjs');
    const ours = await measure(process.execPath, [
      script,
      built.program('roc'),
      built.program('scores'),
      file,
    ]);
    const peer = await measure(python, [join(PROJECT, 'bench', 'peers', 'sklearn_roc.py'), file]);
    console.log(`exact ROC of ${pairs.toLocaleString('en-US')} pairs: ${told(ours)}`);
    console.log(`scikit-learn's roc_curve and auc:   ${told(peer)}`);
    console.log(`areas differ by ${Math.abs(ours.auc - peer.auc).toExponential(1)}`);
    console.log(
      `figures of 6,000 pairs at a threshold: ${fixed(ours.thresholdMs ?? 0, 3)} ms (promised: 100)`,
    );
  } finally {
    built.remove();
    rmSync(folder, { recursive: true, force: true });
  }
};
