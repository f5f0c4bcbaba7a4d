/** A number from 0 to below `limit`, whole. */
export type PickBelow = (limit: number) => number;

/** The same whole numbers for the same seed, on every machine (mulberry32; Tommy Ettinger, public domain). */
export const seededPicks = (seed: number): PickBelow => {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
};

/** A copy in random order (Fisher and Yates). */
export const shuffled = <Item>(items: readonly Item[], pick: PickBelow): Item[] => {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = pick(last + 1);
    // Both places are inside the array.
    [result[last], result[other]] = [result[other] as Item, result[last] as Item];
  }
  return result;
};
