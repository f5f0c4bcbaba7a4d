/**
 * The default embedder on LFW's view 2 (6,000 pairs) from raw photos, by the command `validate`: without any flag, with --use-flipped-images,
 * by the seed's grids, and with the 7 published wrong pairs corrected; and where these 7 stand among the pairs that are judged wrongly.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixed, PROJECT, runProgram, SHARED } from './support/programs.mjs';

/**
 * What `validate --json` prints, as far as it is used here.
 * @typedef {{ first: string, second: string, same: boolean, fold: number, distance: number, threshold: number }} WrongPair
 * @typedef {{
 *   accuracy: { mean: number, std: number },
 *   val: { mean: number, std: number, far: number, interval: [number, number] },
 *   auc: number, eer: number,
 *   pairs: { scored: number, missing: number, missingPairs: { reason: string }[] },
 *   wrongPairs: { total: number, worst: WrongPair[] },
 * }} Report
 * @typedef {{ fold: number, name: string, a: number, b: number }} Erratum
 */

const PHOTOS = join(SHARED, 'data', 'lfw');
const LISTS = join(SHARED, 'data', 'lfw-lists');
const PAIRS = join(LISTS, 'pairs.txt');

/**
 * @param {string} pairs
 * @param {readonly string[]} options
 * @returns {Promise<Report>}
 */
const validate = async (pairs, options) => {
  const program = join(PROJECT, 'scripts', 'facenet-studio.mjs');
  const args = [program, 'validate', PHOTOS, '--pairs', pairs, '--json', '--quiet', ...options];
  const { code, stdout } = await runProgram(process.execPath, args, { show: true });
  if (code !== 0 && code !== 3) throw new Error(`validate ${options.join(' ')} ended with ${String(code)}.`);
  return JSON.parse(stdout);
};

/** @param {string} name @param {number} number */
const imageOf = (name, number) => `${name}/${name}_${String(number).padStart(4, '0')}`;

/**
 * The pairs as CSV with those labels put right that LFW's own page calls wrong.
 * @param {readonly Erratum[]} errata
 * @param {string} file
 */
const writeCorrected = (errata, file) => {
  const wrong = new Set(errata.map(({ name, a, b }) => `${imageOf(name, a)}.jpg,${imageOf(name, b)}.jpg`));
  let corrected = 0;
  const lines = readFileSync(join(LISTS, 'pairs.csv'), 'utf8')
    .split('\n')
    .map((line) => {
      const [fold = '', first = '', second = '', same = ''] = line.trim().split(',');
      if (same !== '1' || !wrong.has(`${first},${second}`)) return line;
      corrected += 1;
      return [fold, first, second, '0'].join(',');
    });
  if (corrected !== errata.length)
    throw new Error(`${String(corrected)} of ${String(errata.length)} pairs were found.`);
  writeFileSync(file, lines.join('\n'));
};

/** @param {string} name @param {Report} report */
const tell = (name, { accuracy, val, auc, eer, pairs, wrongPairs }) => {
  console.log(
    `${name}: accuracy ${accuracy.mean.toFixed(5)} +- ${accuracy.std.toFixed(5)}, VAL ${val.mean.toFixed(4)} +- ${val.std.toFixed(4)} at FAR ${val.far.toFixed(5)} (95 % ${val.interval.map((end) => end.toFixed(3)).join(' to ')}), AUC ${auc.toFixed(5)}, EER ${eer.toFixed(4)}; ${String(pairs.scored)} pairs scored, ${String(pairs.missing)} missing counted as wrong, ${String(wrongPairs.total)} wrong`,
  );
  for (const { reason } of pairs.missingPairs) console.log(`  missing: ${reason}`);
};

/** @param {readonly Erratum[]} errata @param {Report} report */
const tellRanks = (errata, { wrongPairs: { total, worst } }) => {
  for (const { name, a, b } of errata) {
    const [first, second] = [imageOf(name, a), imageOf(name, b)];
    const rank = worst.findIndex((pair) => pair.first === first && pair.second === second);
    const place =
      rank < 0 ? 'judged as labelled' : `number ${String(rank + 1)} of ${String(total)} wrong pairs`;
    const by =
      worst[rank] === undefined
        ? ''
        : `, distance ${fixed(worst[rank].distance, 3)} at a threshold of ${fixed(worst[rank].threshold, 3)}`;
    console.log(`  ${first} and ${second}: ${place}${by}`);
  }
};

export const run = async () => {
  /** @type {{ wrong_matched_pairs_view2: Erratum[] }} */
  const { wrong_matched_pairs_view2: errata } = JSON.parse(readFileSync(join(LISTS, 'errata.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-bench-'));
  try {
    const corrected = join(folder, 'corrected.csv');
    writeCorrected(errata, corrected);
    const plain = await validate(PAIRS, []);
    tell('view 2', plain);
    console.log('the published wrong pairs among those judged wrongly, the most wrong first:');
    tellRanks(errata, plain);
    tell('view 2, --use-flipped-images', await validate(PAIRS, ['--use-flipped-images']));
    tell('view 2, --exact facenet', await validate(PAIRS, ['--exact', 'facenet']));
    tell('view 2, the 7 wrong pairs corrected', await validate(corrected, []));
    tell('view 2, corrected, --use-flipped-images', await validate(corrected, ['--use-flipped-images']));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
