/** Each value oftener than all but one of the rarer ones together: a tree deeper than codes may be long. */
export const deepest = ((): Uint8Array => {
  // Beside the end of the block, which occurs once.
  const times = [1, 1];
  for (let rarer = 2; times.length < 20; rarer += times.at(-2) ?? 0) times.push(rarer + 1);
  return Uint8Array.from(times.flatMap((count, value) => new Array<number>(count).fill(value)));
})();
