import type {
  MissingPair,
  ValidationReport,
  ValidationRequest,
  WrongPair,
} from '../../contract/validation.ts';
import { findImages } from '../../core/pairs/find-images.ts';
import type { Pair, PairList } from '../../core/pairs/pair-list.ts';
import { FACENET_METHOD } from '../../core/verification/facenet-method.ts';
import { balancedFolds, consecutiveFolds, type Folds } from '../../core/verification/folds.ts';
import type { Interval } from '../../core/verification/interval.ts';
import { EXACT_METHOD } from '../../core/verification/method.ts';
import { evaluatePairs, type VerificationReport } from '../../core/verification/protocol.ts';
import { wrongPairs } from '../../core/verification/wrong-pairs.ts';
import { unusable } from '../failure.ts';
import type { PictureVectors } from './picture-vectors.ts';
import { remarksOn } from './remarks.ts';

const UNITS = { 'squared-euclidean': 'squared Euclidean distance', angle: 'angle, in half turns' } as const;
const MOST_WRONG_PAIRS = 1000;

const WHY_NOT_FOUND = {
  'no-file': 'no such picture',
  'several-files': 'several pictures of that name',
} as const;

/** The row of each picture that a list names, or why it has none. */
const rowsOf = (
  { pairs }: PairList,
  { files, rows }: PictureVectors,
): ((path: string) => number | { readonly why: string }) => {
  const found = findImages(pairs, files);
  return (path) => {
    const place = found.get(path) ?? 'no-file';
    if (typeof place !== 'number') return { why: WHY_NOT_FOUND[place] };
    return rows[place] ?? { why: WHY_NOT_FOUND['no-file'] };
  };
};

/**
 * The list's own folds where it has as many as were asked for. Otherwise consecutive ones, by the seed's method regardless of what the pairs are.
 * @throws UNUSABLE when there are fewer pairs than folds
 */
const foldsOf = (
  { pairs, folds }: PairList,
  isSame: Uint8Array,
  { folds: count, method }: ValidationRequest,
): Folds => {
  if (pairs.length < count) {
    throw unusable(`${String(pairs.length)} pairs cannot be divided into ${String(count)} folds.`);
  }
  if (method === 'facenet') return consecutiveFolds(pairs.length, count);
  return folds === count
    ? { of: Int32Array.from(pairs, ({ fold }) => fold ?? 0), count }
    : balancedFolds(isSame, count);
};

const named = ({ first, second, isSame, line }: Pair, fold: number) => ({
  fold: fold + 1,
  line,
  first,
  second,
  same: isSame,
});

const ends = (interval: Interval | null): [number, number] | null =>
  interval === null ? null : [interval.low, interval.high];

const worstPairs = (
  { pairs }: PairList,
  isSame: Uint8Array,
  folds: Folds,
  report: VerificationReport,
): ValidationReport['wrongPairs'] => {
  const foldOf = (pair: number): number => folds.of[pair] ?? 0;
  const thresholdOf = (pair: number): number => report.folds[foldOf(pair)]?.threshold ?? Number.NaN;
  const wrong = wrongPairs(report.distances, isSame, thresholdOf);
  const worst = wrong.slice(0, MOST_WRONG_PAIRS).flatMap(({ pair, distance }): WrongPair[] => {
    const about = pairs[pair];
    return about === undefined
      ? []
      : [{ ...named(about, foldOf(pair)), distance, threshold: thresholdOf(pair) }];
  });
  return { total: wrong.length, worst };
};

/**
 * Judges a list of pairs by vectors of their pictures.
 * @throws UNUSABLE where pairs are missing and that shall end the work, or none is left
 */
export const validatePairs = (
  list: PairList,
  pictures: PictureVectors,
  request: ValidationRequest,
): ValidationReport => {
  const { metric, subtractsMean, farTarget, method, missing } = request;
  const { pairs } = list;
  const rowOf = rowsOf(list, pictures);
  const isSame = Uint8Array.from(pairs, (pair) => (pair.isSame ? 1 : 0));
  const folds = foldsOf(list, isSame, request);
  const missingPairs = pairs.flatMap((pair, place): MissingPair[] => {
    const why = [pair.first, pair.second].flatMap((path) => {
      const row = rowOf(path);
      return typeof row === 'number' ? [] : [`${path}: ${row.why}`];
    });
    return why.length === 0 ? [] : [{ ...named(pair, folds.of[place] ?? 0), reason: why.join('; ') }];
  });
  const scored = pairs.length - missingPairs.length;
  const [first] = missingPairs;
  if (first !== undefined && (missing === 'fail' || scored === 0)) {
    const what = scored === 0 ? 'None' : `Only ${String(scored)}`;
    throw unusable(
      `${what} of the ${String(pairs.length)} pairs can be scored; the first without is in line ${String(first.line)} (${first.reason}).`,
    );
  }
  const rowsFor = (side: 'first' | 'second'): Int32Array =>
    Int32Array.from(pairs, (pair) => {
      const row = rowOf(pair[side]);
      return typeof row === 'number' ? row : -1;
    });
  const report = evaluatePairs(
    pictures.vectors,
    { first: rowsFor('first'), second: rowsFor('second'), isSame },
    { metric, subtractsMean, farTarget, missing: missing === 'skip' ? 'skip' : 'wrong', folds },
    method === 'facenet' ? FACENET_METHOD : EXACT_METHOD,
  );
  const same = pairs.filter((pair) => pair.isSame).length;
  return {
    accuracy: { ...report.accuracy, folds: report.folds.map(({ accuracy }) => accuracy) },
    val: {
      mean: report.val.mean,
      std: report.val.std,
      far: report.val.far,
      target: farTarget,
      interval: ends(report.val.interval),
      farInterval: ends(report.val.farInterval),
      folds: report.folds.map(({ val, far, farThreshold }) => ({ val, far, threshold: farThreshold })),
    },
    auc: report.auc,
    eer: report.eer,
    thresholds: report.folds.map(({ threshold }) => threshold),
    metric: { name: metric, unit: UNITS[metric] },
    method,
    pairs: {
      scored,
      missing: missingPairs.length,
      policy: missing,
      same,
      different: pairs.length - same,
      folds: method === 'exact' && list.folds === folds.count ? 'list' : 'made',
      missingPairs,
    },
    wrongPairs: worstPairs(list, isSame, folds, report),
    remarks: [
      ...(list.remark === null ? [] : [`Of ${request.pairs}: ${list.remark}.`]),
      ...pictures.remarks,
      ...remarksOn(report),
    ],
    model: { id: pictures.model, dimensions: pictures.vectors.dimensions },
    engine: pictures.engine,
  };
};
