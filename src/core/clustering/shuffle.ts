/** Puts numbers into a random order, in place (Fisher and Yates). */
export const shuffle = (numbers: Int32Array, random: () => number): void => {
  for (let place = numbers.length - 1; place > 0; place -= 1) {
    const other = Math.floor(random() * (place + 1));
    const held = numbers[place] ?? 0;
    numbers[place] = numbers[other] ?? 0;
    numbers[other] = held;
  }
};
