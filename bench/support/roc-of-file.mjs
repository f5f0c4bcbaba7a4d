/** One measurement of `bench roc` in a process of its own: the built modules of ROC and scores, and a file of distances, the first half of one person. */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [rocModule = '', scoresModule = '', file = ''] = process.argv.slice(2);
/** @type {typeof import('../../src/core/verification/roc.ts')} */
const { areaUnder, exactRoc, ratesOf } = await import(pathToFileURL(rocModule).href);
/** @type {typeof import('../../src/core/verification/scores.ts')} */
const { figuresAt, sortScores } = await import(pathToFileURL(scoresModule).href);

const bytes = readFileSync(file);
const distances = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
const isSame = new Uint8Array(distances.length).fill(1, 0, distances.length / 2);

const start = performance.now();
const scores = sortScores(distances, isSame, 'wrong');
const roc = exactRoc(scores);
const curve = ratesOf(roc, scores);
const auc = curve === null ? Number.NaN : areaUnder(curve);
const seconds = (performance.now() - start) / 1000;

/** What a screen computes when its threshold moves over as many pairs as LFW's view 2 has. */
const few = sortScores(
  Float64Array.from(
    { length: 6000 },
    (_, pair) => distances[Math.floor((pair * distances.length) / 6000)] ?? 0,
  ),
  new Uint8Array(6000).fill(1, 0, 3000),
  'wrong',
);
const MOVES = 10_000;
const moved = performance.now();
let accepted = 0;
for (let move = 0; move < MOVES; move += 1) accepted += figuresAt(few, (2 * move) / MOVES).trueAccepts;
const thresholdMs = (performance.now() - moved) / MOVES;
if (accepted === 0) throw new Error('No threshold accepted a pair.');

console.log(
  JSON.stringify({
    seconds,
    megabytes: process.resourceUsage().maxRSS / 1024,
    points: roc.threshold.length,
    auc,
    thresholdMs,
  }),
);
