/** Numbers from 0 to below 1, the same for the same seed (mulberry32, Tommy Ettinger 2017). */
export const createRandom = (seed: number): (() => number) => {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Draws up to `most` of `faces` without order, each at most once. */
export const draw = (faces: Int32Array, most: number, random: () => number): Int32Array => {
  const drawn = faces.slice();
  const count = Math.min(most, drawn.length);
  for (let place = 0; place < count; place += 1) {
    const other = place + Math.floor(random() * (drawn.length - place));
    [drawn[place], drawn[other]] = [drawn[other] ?? 0, drawn[place] ?? 0];
  }
  return drawn.subarray(0, count);
};
