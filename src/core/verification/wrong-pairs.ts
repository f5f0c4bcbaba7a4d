/** A pair that a threshold judges wrongly. */
export type WrongPair = {
  /** Its place in the list of pairs. */
  readonly pair: number;
  readonly kind: 'false-accept' | 'false-reject';
  readonly distance: number;
  /** How far the distance lies on the wrong side of the threshold, in its own unit. */
  readonly excess: number;
};

/** The pairs that are judged wrongly at a threshold, the most wrong first. Pairs without a distance are no part of it. */
export const wrongPairs = (
  distances: Float64Array,
  isSame: Uint8Array,
  thresholdOf: (pair: number) => number,
): readonly WrongPair[] => {
  const wrong: WrongPair[] = [];
  distances.forEach((distance, pair) => {
    const threshold = thresholdOf(pair);
    const isAccepted = distance < threshold;
    if (Number.isNaN(distance) || isAccepted === (isSame[pair] === 1)) return;
    wrong.push({
      pair,
      kind: isAccepted ? 'false-accept' : 'false-reject',
      distance,
      excess: Math.abs(distance - threshold),
    });
  });
  return wrong.sort((a, b) => b.excess - a.excess || a.pair - b.pair);
};
