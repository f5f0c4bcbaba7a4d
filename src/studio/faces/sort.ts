/** Sorting of millions of places by one number each: least significant digit first, so equal ones keep their order. */

const DIGIT_BITS = 11;
const DIGITS = 3;
const BUCKETS = 2 ** DIGIT_BITS;

/** Numbers as 32-bit keys of the same order; NaN comes last. */
export const sortableKeys = (values: Float32Array, count: number): Uint32Array => {
  const keys = new Uint32Array(count);
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  for (let place = 0; place < count; place += 1) {
    const value = bits[place] ?? 0;
    // A negative number's bits order it the other way round.
    keys[place] = (value & 0x80000000) !== 0 ? ~value : value | 0x80000000;
  }
  return keys;
};

/** Places from 0 in ascending order of their keys. */
export const sortedPlaces = (keys: Uint32Array): Uint32Array => {
  const count = keys.length;
  let places = new Uint32Array(count);
  let next = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) places[place] = place;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const shift = digit * DIGIT_BITS;
    const starts = new Uint32Array(BUCKETS + 1);
    for (let place = 0; place < count; place += 1) {
      const bucket = ((keys[place] ?? 0) >>> shift) & (BUCKETS - 1);
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
    }
    if ((starts[1] ?? 0) === count) continue;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1)
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
    for (let at = 0; at < count; at += 1) {
      const place = places[at] ?? 0;
      const bucket = ((keys[place] ?? 0) >>> shift) & (BUCKETS - 1);
      const to = starts[bucket] ?? 0;
      next[to] = place;
      starts[bucket] = to + 1;
    }
    [places, next] = [next, places];
  }
  return places;
};
