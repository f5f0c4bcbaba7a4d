import { exactRoc, ratesOf, walkThresholds, type Curve } from './roc.ts';
import type { SortedScores } from './scores.ts';

/** How thresholds are found and the curve is drawn; the rest of the protocol is common to both ways. */
export type ProtocolMethod = {
  /** The threshold with the best accuracy on the training folds; null when they hold no pair. */
  bestThreshold(train: SortedScores): number | null;
  /** The threshold that accepts this share of different people in the training folds; null when these hold no such pair. */
  thresholdAtFar(train: SortedScores, farTarget: number): number | null;
  /** The curve over all folds; null without pairs of both kinds. */
  curve(folds: readonly SortedScores[], all: SortedScores): Curve | null;
};

/** A finite threshold that accepts everything that has a distance. */
const aboveAll = ({ same, different }: SortedScores): number => {
  const finite = [same, different].map((side) => side.findLast(Number.isFinite) ?? 0);
  const largest = Math.max(...finite);
  return largest + 2 * Number.EPSILON * Math.max(1, largest);
};

/** The first cut with the most right answers, as in the seed, in the middle between the distances beside it. */
const bestThreshold = (train: SortedScores): number | null => {
  if (train.same.length + train.different.length === 0) return null;
  let best = { right: -1, threshold: 0 };
  let previous = Number.NEGATIVE_INFINITY;
  walkThresholds(train, (distance, falseAccepts, trueAccepts) => {
    // No threshold rejects a pair that counts as wrong.
    if (distance === Number.NEGATIVE_INFINITY) return;
    const right = trueAccepts + train.different.length - falseAccepts;
    if (right > best.right) {
      const below = Number.isFinite(previous) ? (previous + distance) / 2 : distance;
      best = { right, threshold: Number.isFinite(distance) ? below : aboveAll(train) };
    }
    previous = distance;
  });
  return best.threshold;
};

/** What the program does by itself: every distance that occurs is tried, so that no grid limits a threshold or a rate (E4). */
export const EXACT_METHOD: ProtocolMethod = {
  bestThreshold,
  thresholdAtFar(train, farTarget) {
    const { different } = train;
    if (different.length === 0) return null;
    // So many may be accepted; below the distance of the next lies the largest threshold that keeps to it.
    const allowed = Math.floor(farTarget * different.length * (1 + Number.EPSILON));
    const threshold = different[allowed] ?? aboveAll(train);
    return Number.isFinite(threshold) ? threshold : 0;
  },
  curve: (_folds, all) => ratesOf(exactRoc(all), all),
};
