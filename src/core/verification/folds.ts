/** In which fold each pair is tested, 0 to `count` - 1. It is trained on in all others. */
export type Folds = { readonly of: Int32Array; readonly count: number };

/** How many of `places` each fold takes in turn: the first ones take one more where it does not come out even. */
const shareOut = (places: readonly number[], count: number, of: Int32Array): void => {
  const [least, more] = [Math.floor(places.length / count), places.length % count];
  let next = 0;
  for (let fold = 0; fold < count; fold += 1) {
    const end = next + least + (fold < more ? 1 : 0);
    for (; next < end; next += 1) of[places[next] ?? 0] = fold;
  }
};

/** Consecutive pairs together, as scikit-learn's `KFold(shuffle=False)` of the seed. */
export const consecutiveFolds = (pairs: number, count: number): Folds => {
  const of = new Int32Array(pairs);
  shareOut(
    Array.from({ length: pairs }, (_, pair) => pair),
    count,
    of,
  );
  return { of, count };
};

/**
 * Folds for a list that has none of its own: consecutive pairs of the same person together and consecutive pairs of different people,
 * so that a list with all pairs of one kind first still has both kinds in each fold.
 */
export const balancedFolds = (isSame: Uint8Array, count: number): Folds => {
  const of = new Int32Array(isSame.length);
  for (const kind of [1, 0]) {
    const places = [...isSame.keys()].filter((pair) => isSame[pair] === kind);
    shareOut(places, count, of);
  }
  return { of, count };
};
