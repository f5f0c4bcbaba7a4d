/**
 * The distances of pairs, sorted by kind, from which every figure for a threshold is two searches away. A pair that counts as wrong
 * whatever the threshold is infinitely far (same person) or infinitely near (different people).
 */
export type SortedScores = {
  /** Of pairs of one person, ascending. */
  readonly same: Float64Array;
  /** Of pairs of two people, ascending. */
  readonly different: Float64Array;
};

/** What to do with a pair without a distance. */
export type MissingPolicy = 'wrong' | 'skip';

/**
 * Sorts the distances of the pairs that `isTaken` takes (all, when it is left out).
 * @param distances NaN where a pair has none; `missing` says what becomes of it
 */
export const sortScores = (
  distances: Float64Array,
  isSame: Uint8Array,
  missing: MissingPolicy,
  isTaken: (pair: number) => boolean = () => true,
): SortedScores => {
  const places = [new Float64Array(distances.length), new Float64Array(distances.length)] as const;
  let [sames, differents] = [0, 0];
  for (let pair = 0; pair < distances.length; pair += 1) {
    let distance = distances[pair] ?? Number.NaN;
    if ((missing === 'skip' && Number.isNaN(distance)) || !isTaken(pair)) continue;
    const isOne = isSame[pair] === 1;
    if (Number.isNaN(distance)) distance = isOne ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    if (isOne) places[0][sames++] = distance;
    else places[1][differents++] = distance;
  }
  return { same: places[0].slice(0, sames).sort(), different: places[1].slice(0, differents).sort() };
};

/** How many of ascending values are below a limit. */
export const countBelow = (ascending: Float64Array, limit: number): number => {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** What a threshold does; a rate is null where there is no pair of its kind. */
export type ThresholdFigures = {
  readonly threshold: number;
  /** Pairs of one person taken for one. */
  readonly trueAccepts: number;
  /** Pairs of two people taken for one. */
  readonly falseAccepts: number;
  readonly falseRejects: number;
  readonly trueRejects: number;
  /** Share of pairs of one person that are accepted: VAL, the true positive rate. */
  readonly acceptRate: number | null;
  /** Share of pairs of two people that are accepted: FAR, the false positive rate. */
  readonly falseAcceptRate: number | null;
  /** Share of pairs of one person that are rejected: FRR. */
  readonly falseRejectRate: number | null;
  readonly accuracy: number | null;
};

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** The figures at a threshold: a pair is taken for one person when its distance is below it, as in `calculate_accuracy`. */
export const figuresAt = ({ same, different }: SortedScores, threshold: number): ThresholdFigures => {
  const trueAccepts = countBelow(same, threshold);
  const falseAccepts = countBelow(different, threshold);
  const falseRejects = same.length - trueAccepts;
  const trueRejects = different.length - falseAccepts;
  return {
    threshold,
    trueAccepts,
    falseAccepts,
    falseRejects,
    trueRejects,
    acceptRate: share(trueAccepts, same.length),
    falseAcceptRate: share(falseAccepts, different.length),
    falseRejectRate: share(falseRejects, same.length),
    accuracy: share(trueAccepts + trueRejects, same.length + different.length),
  };
};
