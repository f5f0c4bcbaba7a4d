/** Sorting of millions of places by one number each: least significant digit first, so equal ones keep their order. */

const DIGIT_BITS = 11;
const DIGITS = 3;
const BUCKETS = 2 ** DIGIT_BITS;

/** So many places are gone through in one step, in a few milliseconds. */
const PLACES_AT_ONCE = 500_000;

/** The sign and the exponent of a number that is none. */
const GREATEST_NUMBER_BITS = 0x7f800000;
const NOT_A_NUMBER = 0xffffffff;
/** Keys of numbers are lower: infinity has the highest. */
export const FIRST_KEY_OF_NONE = 0xff800001;

/** Numbers as 32-bit keys of the same order; NaN comes last, whatever its bits. */
export const sortableKeys = (values: Float32Array, count: number): Uint32Array => {
  const keys = new Uint32Array(count);
  const bits = new Uint32Array(values.buffer, values.byteOffset, count);
  for (let place = 0; place < count; place += 1) {
    const value = bits[place] ?? 0;
    if ((value & 0x7fffffff) > GREATEST_NUMBER_BITS) keys[place] = NOT_A_NUMBER;
    // A negative number's bits order it the other way round.
    else keys[place] = (value & 0x80000000) !== 0 ? ~value : value | 0x80000000;
  }
  return keys;
};

const countDigits = (
  keys: Uint32Array,
  shift: number,
  starts: Uint32Array,
  from: number,
  end: number,
): void => {
  for (let place = from; place < end; place += 1) {
    const bucket = ((keys[place] ?? 0) >>> shift) & (BUCKETS - 1);
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1;
  }
};

const spread = (
  keys: Uint32Array,
  shift: number,
  starts: Uint32Array,
  { places, next }: { readonly places: Uint32Array; readonly next: Uint32Array },
  from: number,
  end: number,
): void => {
  for (let at = from; at < end; at += 1) {
    const place = places[at] ?? 0;
    const bucket = ((keys[place] ?? 0) >>> shift) & (BUCKETS - 1);
    const to = starts[bucket] ?? 0;
    next[to] = place;
    starts[bucket] = to + 1;
  }
};

/** Places from 0 in ascending order of their keys, made in steps of a few milliseconds. */
export function* sortInSteps(keys: Uint32Array): Generator<void, Uint32Array, void> {
  const count = keys.length;
  let places = new Uint32Array(count);
  let next = new Uint32Array(count);
  for (let place = 0; place < count; place += 1) places[place] = place;
  yield;
  for (let digit = 0; digit < DIGITS; digit += 1) {
    const shift = digit * DIGIT_BITS;
    const starts = new Uint32Array(BUCKETS + 1);
    countDigits(keys, shift, starts, 0, count);
    yield;
    if ((starts[1] ?? 0) === count) continue;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1)
      starts[bucket + 1] = (starts[bucket + 1] ?? 0) + (starts[bucket] ?? 0);
    for (let from = 0; from < count; from += PLACES_AT_ONCE) {
      spread(keys, shift, starts, { places, next }, from, Math.min(count, from + PLACES_AT_ONCE));
      yield;
    }
    [places, next] = [next, places];
  }
  return places;
}
