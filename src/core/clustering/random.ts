/**
 * A seeded source of numbers in [0, 1): mulberry32 (Tommy Ettinger, public domain). The same seed gives the same numbers on every machine.
 * @param seed a whole number; its low 32 bits count
 */
export const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Puts numbers into a random order, in place (Fisher and Yates). */
export const shuffle = (numbers: Int32Array, random: () => number): void => {
  for (let place = numbers.length - 1; place > 0; place -= 1) {
    const other = Math.floor(random() * (place + 1));
    const held = numbers[place] ?? 0;
    numbers[place] = numbers[other] ?? 0;
    numbers[other] = held;
  }
};
