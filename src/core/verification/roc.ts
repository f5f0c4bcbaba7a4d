import type { SortedScores } from './scores.ts';

/** A curve over rising thresholds: rates of false accepts and of accepts, each from 0 to 1, never falling. */
export type Curve = { readonly falseAcceptRate: Float64Array; readonly acceptRate: Float64Array };

/** The corners of the exact curve; straight runs between them hold no point. */
export type RocCurve = {
  /** Pairs below it are accepted; the last is infinite. */
  readonly threshold: Float64Array;
  readonly falseAccepts: Uint32Array;
  readonly trueAccepts: Uint32Array;
};

/** Calls back with the counts of accepted pairs below each distinct distance, rising, and at the end with all. */
export const walkThresholds = (
  { same, different }: SortedScores,
  visit: (threshold: number, falseAccepts: number, trueAccepts: number) => void,
): void => {
  let [sames, differents] = [0, 0];
  while (sames < same.length || differents < different.length) {
    const distance = Math.min(
      same[sames] ?? Number.POSITIVE_INFINITY,
      different[differents] ?? Number.POSITIVE_INFINITY,
    );
    visit(distance, differents, sames);
    while (same[sames] === distance) sames += 1;
    while (different[differents] === distance) differents += 1;
  }
  visit(Number.POSITIVE_INFINITY, differents, sames);
};

/**
 * The exact ROC of sorted distances (Fawcett 2006, algorithm 1: equal distances are one step), with points on straight runs left out as
 * scikit-learn does. Sorting aside it takes one pass; 16 bytes a pair while it runs.
 */
export const exactRoc = (scores: SortedScores): RocCurve => {
  const most = scores.same.length + scores.different.length + 1;
  const threshold = new Float64Array(most);
  const falseAccepts = new Uint32Array(most);
  const trueAccepts = new Uint32Array(most);
  let points = 0;
  walkThresholds(scores, (distance, falses, trues) => {
    const [x, y] = [falses - (falseAccepts[points - 1] ?? 0), trues - (trueAccepts[points - 1] ?? 0)];
    const [previousX, previousY] = [
      (falseAccepts[points - 1] ?? 0) - (falseAccepts[points - 2] ?? 0),
      (trueAccepts[points - 1] ?? 0) - (trueAccepts[points - 2] ?? 0),
    ];
    const isStraight = points >= 2 && x * previousY === y * previousX;
    const place = isStraight ? points - 1 : points;
    threshold[place] = distance;
    falseAccepts[place] = falses;
    trueAccepts[place] = trues;
    points = place + 1;
  });
  return {
    threshold: threshold.slice(0, points),
    falseAccepts: falseAccepts.slice(0, points),
    trueAccepts: trueAccepts.slice(0, points),
  };
};

/** Counts as rates; null without pairs of both kinds. */
export const ratesOf = (
  { falseAccepts, trueAccepts }: RocCurve,
  { same, different }: SortedScores,
): Curve | null =>
  same.length === 0 || different.length === 0
    ? null
    : {
        falseAcceptRate: Float64Array.from(falseAccepts, (count) => count / different.length),
        acceptRate: Float64Array.from(trueAccepts, (count) => count / same.length),
      };

/** The area under a curve by the trapezoidal rule, as `sklearn.metrics.auc`. Of the exact curve it is the share of (same, different) couples in order, ties half. */
export const areaUnder = ({ falseAcceptRate, acceptRate }: Curve): number => {
  let area = 0;
  for (let point = 1; point < falseAcceptRate.length; point += 1) {
    const width = (falseAcceptRate[point] ?? 0) - (falseAcceptRate[point - 1] ?? 0);
    area += (width * ((acceptRate[point] ?? 0) + (acceptRate[point - 1] ?? 0))) / 2;
  }
  return area;
};

/**
 * Where the rates of false accepts and false rejects are equal, on the straight line between the points around that place: the root that
 * the seed looks for with `brentq`. Null for a curve that ends before (the seed crashes then).
 */
export const equalErrorRate = ({ falseAcceptRate, acceptRate }: Curve): number | null => {
  let [x, y] = [0, 0];
  for (let point = 0; point < falseAcceptRate.length; point += 1) {
    const [nextX, nextY] = [falseAcceptRate[point] ?? 0, acceptRate[point] ?? 0];
    if (nextX + nextY >= 1) {
      const step = nextX - x + (nextY - y);
      return step === 0 ? nextX : x + ((nextX - x) * (1 - x - y)) / step;
    }
    [x, y] = [nextX, nextY];
  }
  return null;
};
