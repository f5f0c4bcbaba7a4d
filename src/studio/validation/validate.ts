import type {
  MissingPair,
  ProtocolFigures,
  ValidationReport,
  ValidationRequest,
  WrongPair,
} from '../../contract/validation.ts';
import type { Pair, PairList } from '../../core/pairs/pair-list.ts';
import { FACENET_METHOD } from '../../core/verification/facenet-method.ts';
import type { Folds } from '../../core/verification/folds.ts';
import type { Interval } from '../../core/verification/interval.ts';
import { EXACT_METHOD } from '../../core/verification/method.ts';
import { evaluatePairs, type VerificationReport } from '../../core/verification/protocol.ts';
import { wrongPairs } from '../../core/verification/wrong-pairs.ts';
import { unusable } from '../failure.ts';
import { judgedPairsOf } from './judged-pairs.ts';
import type { PictureVectors } from './picture-vectors.ts';
import { remarksOn } from './remarks.ts';

/** What distances are measured in. */
export const UNITS = {
  'squared-euclidean': 'squared Euclidean distance',
  angle: 'angle, in half turns',
} as const;
const MOST_WRONG_PAIRS = 1000;

const named = ({ first, second, isSame, line }: Pair, fold: number) => ({
  fold: fold + 1,
  line,
  first,
  second,
  same: isSame,
});

const ends = (interval: Interval | null): [number, number] | null =>
  interval === null ? null : [interval.low, interval.high];

/** The figures of the protocol as they are told. */
export const figuresOf = ({ accuracy, val, auc, eer, folds }: VerificationReport): ProtocolFigures => ({
  accuracy: { ...accuracy, folds: folds.map((fold) => fold.accuracy) },
  val: {
    mean: val.mean,
    std: val.std,
    far: val.far,
    target: val.farTarget,
    interval: ends(val.interval),
    farInterval: ends(val.farInterval),
    folds: folds.map((fold) => ({ val: fold.val, far: fold.far, threshold: fold.farThreshold })),
  },
  auc,
  eer,
});

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
  const judged = judgedPairsOf(list, pictures, request);
  const { isSame, folds } = judged;
  const missingPairs = pairs.flatMap((pair, place): MissingPair[] => {
    const reason = judged.missing[place] ?? null;
    return reason === null ? [] : [{ ...named(pair, folds.of[place] ?? 0), reason }];
  });
  const scored = pairs.length - missingPairs.length;
  const [first] = missingPairs;
  if (first !== undefined && (missing === 'fail' || scored === 0)) {
    const what = scored === 0 ? 'None' : `Only ${String(scored)}`;
    throw unusable(
      `${what} of the ${String(pairs.length)} pairs can be scored; the first without is in line ${String(first.line)} (${first.reason}).`,
    );
  }
  const report = evaluatePairs(
    pictures.vectors,
    judged,
    { metric, subtractsMean, farTarget, missing: missing === 'skip' ? 'skip' : 'wrong', folds },
    method === 'facenet' ? FACENET_METHOD : EXACT_METHOD,
  );
  const same = pairs.filter((pair) => pair.isSame).length;
  return {
    ...figuresOf(report),
    thresholds: report.folds.map(({ threshold }) => threshold),
    metric: { name: metric, unit: UNITS[metric] },
    method,
    pairs: {
      scored,
      missing: missingPairs.length,
      policy: missing,
      same,
      different: pairs.length - same,
      folds: judged.hasOwnFolds ? 'list' : 'made',
      missingPairs,
    },
    wrongPairs: worstPairs(list, isSame, folds, report),
    remarks: [...remarksOn(report, { list, name: request.pairs, folds: request.folds, method, pictures })],
    model: { id: pictures.model, dimensions: pictures.vectors.dimensions },
    engine: pictures.engine,
  };
};
