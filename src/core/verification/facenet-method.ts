import type { ProtocolMethod } from './method.ts';
import type { Curve } from './roc.ts';
import { countBelow, type SortedScores } from './scores.ts';

/** `lfw.evaluate`: thresholds 0 to 3.99 for accuracy and the curve, 0 to 3.999 for VAL. */
const ROC_GRID = Float64Array.from({ length: 400 }, (_, step) => step * 0.01);
const VAL_GRID = Float64Array.from({ length: 4000 }, (_, step) => step * 0.001);

const bestOnGrid = ({ same, different }: SortedScores): number | null => {
  if (same.length + different.length === 0) return null;
  let best = { right: -1, threshold: 0 };
  for (const threshold of ROC_GRID) {
    const right = countBelow(same, threshold) + different.length - countBelow(different, threshold);
    if (right > best.right) best = { right, threshold };
  }
  return best.threshold;
};

/**
 * The threshold at a FAR between two steps of the grid, by the closed rule that equals SciPy's linear spline where that one works
 * (E1: SciPy 1.9 and later refuse repeated rates). 0 where the grid does not reach the FAR.
 */
const farOnGrid = ({ different }: SortedScores, farTarget: number): number | null => {
  if (different.length === 0) return null;
  const rates = VAL_GRID.map((threshold) => countBelow(different, threshold) / different.length);
  if ((rates.at(-1) ?? 0) < farTarget) return 0;
  const last = rates.findLastIndex((rate) => rate <= farTarget);
  if (last < 0) return VAL_GRID[0] ?? 0;
  const [threshold, rate] = [VAL_GRID[last] ?? 0, rates[last] ?? 0];
  const [nextThreshold, nextRate] = [VAL_GRID[last + 1], rates[last + 1]];
  if (nextThreshold === undefined || nextRate === undefined) return threshold;
  return threshold + ((farTarget - rate) / (nextRate - rate)) * (nextThreshold - threshold);
};

/** Rates at each step of the grid, averaged over the folds; a fold without pairs of a kind counts as 0, as in `calculate_accuracy`. */
const averagedCurve = (folds: readonly SortedScores[]): Curve => {
  const average = (sides: readonly Float64Array[]): Float64Array =>
    ROC_GRID.map((threshold) => {
      let sum = 0;
      for (const side of sides) sum += side.length === 0 ? 0 : countBelow(side, threshold) / side.length;
      return sum / sides.length;
    });
  return {
    falseAcceptRate: average(folds.map(({ different }) => different)),
    acceptRate: average(folds.map(({ same }) => same)),
  };
};

/** `--exact facenet`: the rules of the seed's `facenet.py`, on its grids. */
export const FACENET_METHOD: ProtocolMethod = {
  bestThreshold: bestOnGrid,
  thresholdAtFar: farOnGrid,
  curve: averagedCurve,
};
