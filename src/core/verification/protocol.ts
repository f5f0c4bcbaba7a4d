import { meanOfPairs, pairDistances, type DistanceMetric, type PairRows, type Vectors } from './distance.ts';
import type { Folds } from './folds.ts';
import { acceptInterval, exactInterval, type Interval } from './interval.ts';
import type { ProtocolMethod } from './method.ts';
import { areaUnder, equalErrorRate, type Curve } from './roc.ts';
import { figuresAt, sortScores, type MissingPolicy, type SortedScores } from './scores.ts';

/** Pairs of rows and whether each is of one person. */
export type LabelledPairs = PairRows & { /** [pairs], 1 or 0 */ readonly isSame: Uint8Array };

export type ProtocolRules = {
  readonly metric: DistanceMetric;
  /** Takes the mean over the training pairs off every embedding, in each fold its own. */
  readonly subtractsMean: boolean;
  readonly farTarget: number;
  readonly missing: MissingPolicy;
  readonly folds: Folds;
};

/** What one fold tells, judged by thresholds of all others; null is undefined, for want of pairs of a kind. */
export type FoldFigures = {
  readonly threshold: number | null;
  readonly accuracy: number | null;
  /** The threshold at the FAR. */
  readonly farThreshold: number | null;
  readonly val: number | null;
  readonly far: number | null;
  readonly same: number;
  readonly different: number;
};

export type VerificationReport = {
  readonly folds: readonly FoldFigures[];
  /** Over the folds that have a figure; the deviation is that of the folds, divided by their count as `numpy.std`. */
  readonly accuracy: { readonly mean: number | null; readonly std: number | null };
  readonly val: {
    readonly mean: number | null;
    readonly std: number | null;
    readonly far: number | null;
    readonly farTarget: number;
    /** Where VAL at exactly that FAR lies (`acceptInterval`); null without pairs of both kinds. */
    readonly interval: Interval | null;
    /** Where the FAR of these thresholds lies. */
    readonly farInterval: Interval | null;
  };
  readonly auc: number | null;
  readonly eer: number | null;
  readonly curve: Curve | null;
  /** Of each pair in the fold in which it is tested; NaN where there is none. */
  readonly distances: Float64Array;
  /** All pairs, as they were counted. */
  readonly scores: SortedScores;
};

const meanOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
};

const deviationOf = (values: readonly (number | null)[]): number | null => {
  const mean = meanOf(values);
  if (mean === null) return null;
  const variance = meanOf(values.map((value) => (value === null ? null : (value - mean) ** 2)));
  return variance === null ? null : Math.sqrt(variance);
};

/** The distances as they are while a fold is tested. */
const distancesByFold = (
  vectors: Vectors,
  pairs: LabelledPairs,
  { metric, subtractsMean, folds }: ProtocolRules,
): ((fold: number) => Float64Array) => {
  // A mean cancels out of squared Euclidean distances.
  if (metric === 'angle' && subtractsMean) {
    return (fold) =>
      pairDistances(
        vectors,
        pairs,
        metric,
        meanOfPairs(vectors, pairs, (pair) => folds.of[pair] !== fold),
      );
  }
  const distances = pairDistances(vectors, pairs, metric);
  return () => distances;
};

/** How many pairs of two people all folds accepted at their thresholds, as an interval of that rate. */
const farIntervalOf = (folds: readonly FoldFigures[]): Interval | null => {
  const judged = folds.filter(({ far, different }) => far !== null && different > 0);
  const count = judged.reduce((sum, { different }) => sum + different, 0);
  const accepted = judged.reduce((sum, { far, different }) => sum + (far ?? 0) * different, 0);
  return count === 0 ? null : exactInterval(Math.round(accepted), count);
};

/**
 * The LFW protocol (Huang et al. 2007; `lfw.evaluate`, `facenet.calculate_roc`, `calculate_val`): each fold is judged by thresholds
 * that the others chose.
 * @param vectors [embeddings, dimensions] float32
 */
export const evaluatePairs = (
  vectors: Vectors,
  pairs: LabelledPairs,
  rules: ProtocolRules,
  method: ProtocolMethod,
): VerificationReport => {
  const { isSame } = pairs;
  const { folds, farTarget, missing } = rules;
  const distancesIn = distancesByFold(vectors, pairs, rules);
  const tested = new Float64Array(isSame.length);
  const tests: SortedScores[] = [];
  const figures: FoldFigures[] = [];
  for (let fold = 0; fold < folds.count; fold += 1) {
    const distances = distancesIn(fold);
    const train = sortScores(distances, isSame, missing, (pair) => folds.of[pair] !== fold);
    const test = sortScores(distances, isSame, missing, (pair) => folds.of[pair] === fold);
    for (let pair = 0; pair < tested.length; pair += 1) {
      if (folds.of[pair] === fold) tested[pair] = distances[pair] ?? Number.NaN;
    }
    const threshold = method.bestThreshold(train);
    const farThreshold = method.thresholdAtFar(train, farTarget);
    const atFar = farThreshold === null ? null : figuresAt(test, farThreshold);
    figures.push({
      threshold,
      accuracy: threshold === null ? null : figuresAt(test, threshold).accuracy,
      farThreshold,
      val: atFar?.acceptRate ?? null,
      far: atFar?.falseAcceptRate ?? null,
      same: test.same.length,
      different: test.different.length,
    });
    tests.push(test);
  }
  const scores = sortScores(tested, isSame, missing);
  const curve = method.curve(tests, scores);
  const accuracies = figures.map(({ accuracy }) => accuracy);
  const vals = figures.map(({ val }) => val);
  return {
    folds: figures,
    accuracy: { mean: meanOf(accuracies), std: deviationOf(accuracies) },
    val: {
      mean: meanOf(vals),
      std: deviationOf(vals),
      far: meanOf(figures.map(({ far }) => far)),
      farTarget,
      interval: acceptInterval(scores, farTarget),
      farInterval: farIntervalOf(figures),
    },
    auc: curve === null ? null : areaUnder(curve),
    eer: curve === null ? null : equalErrorRate(curve),
    curve,
    distances: tested,
    scores,
  };
};
