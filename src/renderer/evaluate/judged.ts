import type { EvaluatedPairs, EvaluationRules } from '../../contract/evaluation.ts';
import { sortScores, type SortedScores } from '../../core/verification/scores.ts';
import { wrongPairs, type WrongPair } from '../../core/verification/wrong-pairs.ts';

/** By which labels pairs are judged: those of the list, or with those put right that are known otherwise. */
export type Labels = 'listed' | 'known';

/** The pairs of an evaluation at one state, ready for a threshold that moves. */
export type Judged = {
  readonly pairs: EvaluatedPairs;
  /** NaN for a missing pair. */
  readonly distances: Float64Array;
  readonly isSame: Readonly<Record<Labels, Uint8Array>>;
  readonly scores: Readonly<Record<Labels, SortedScores>>;
};

/** Lays pairs out, with everything sorted once. */
export const judgedOf = (pairs: EvaluatedPairs, { missing }: Pick<EvaluationRules, 'missing'>): Judged => {
  const distances = Float64Array.from(pairs.distances, (distance) => distance ?? Number.NaN);
  const listed = Uint8Array.from(pairs.same);
  const known = listed.slice();
  for (const pair of pairs.labelErrors) known[pair] = listed[pair] === 1 ? 0 : 1;
  return {
    pairs,
    distances,
    isSame: { listed, known },
    scores: {
      listed: sortScores(distances, listed, missing),
      known: sortScores(distances, known, missing),
    },
  };
};

/** The pairs that one threshold judges wrongly, the most wrong first. */
export const wrongPairsAt = (
  { distances, isSame }: Judged,
  labels: Labels,
  threshold: number,
): readonly WrongPair[] => wrongPairs(distances, isSame[labels], () => threshold);

/** The threshold that a run proposes: the middle one of its folds. */
export const proposedThreshold = ({ thresholds }: EvaluatedPairs): number => {
  const sorted = thresholds.filter((threshold) => threshold !== null).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
};
