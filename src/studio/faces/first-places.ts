import type { SortKeys } from './sort-keys.ts';

/** What comes first in an order that nobody has made yet: found in some passes over the keys, without sorting them all. */

/** The digits that a key is looked at by, the highest first. */
const DIGITS = [
  { shift: 21, bits: 11 },
  { shift: 10, bits: 11 },
  { shift: 0, bits: 10 },
] as const;
const ALL_BITS = 0xffffffff;

export type Direction = { readonly isDescending: boolean };

/** A key as what comes first is lowest. */
const turned = (key: number, isDescending: boolean): number => (isDescending ? ~key >>> 0 : key);

/** How often each digit stands at the taken places whose key begins with `head`. */
const countDigits = (
  { keys, none }: SortKeys,
  misses: Uint16Array,
  { isDescending }: Direction,
  { shift, bits, head }: { readonly shift: number; readonly bits: number; readonly head: number },
): Uint32Array => {
  const counts = new Uint32Array(2 ** bits);
  const mask = 2 ** bits - 1;
  const isAll = shift + bits === 32;
  const flip = isDescending ? ALL_BITS : 0;
  for (let place = 0; place < misses.length; place += 1) {
    const key = keys[place] ?? 0;
    if (misses[place] !== 0 || key >= none) continue;
    const value = key ^ flip;
    if (!isAll && value >>> (shift + bits) !== head) continue;
    const digit = (value >>> shift) & mask;
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  return counts;
};

/** The turned key at which so many are reached, and how many of that very key belong to them; null where all together are fewer. */
const findLast = (
  sortKeys: SortKeys,
  misses: Uint16Array,
  direction: Direction,
  most: number,
): { readonly last: number; readonly ofLast: number } | null => {
  let head = 0;
  let wanted = most;
  for (const { shift, bits } of DIGITS) {
    const counts = countDigits(sortKeys, misses, direction, { shift, bits, head });
    let digit = 0;
    for (; digit < counts.length && (counts[digit] ?? 0) < wanted; digit += 1) wanted -= counts[digit] ?? 0;
    if (digit === counts.length) return null;
    head = ((head << bits) | digit) >>> 0;
  }
  return { last: head, ofLast: wanted };
};

/** Adds the taken places without a value, until there are so many. */
const addValueless = (found: number[], { keys, none }: SortKeys, misses: Uint16Array, most: number): void => {
  for (let place = 0; place < misses.length && found.length < most; place += 1)
    if (misses[place] === 0 && (keys[place] ?? 0) >= none) found.push(place);
};

/**
 * The first places that are taken, in order: of equal keys the lower place first, or the higher where it descends; those without a value
 * last, the lower place first. A full order read in that direction gives the same.
 * @param misses 0 for each place that is taken
 */
export const firstPlaces = (
  sortKeys: SortKeys,
  misses: Uint16Array,
  direction: Direction,
  most: number,
): Uint32Array => {
  const { keys, none } = sortKeys;
  const { isDescending } = direction;
  const { last, ofLast } = findLast(sortKeys, misses, direction, most) ?? { last: ALL_BITS, ofLast: most };
  const found: number[] = [];
  let left = ofLast;
  const count = misses.length;
  for (let step = 0; step < count; step += 1) {
    const place = isDescending ? count - 1 - step : step;
    const key = keys[place] ?? 0;
    if (misses[place] !== 0 || key >= none) continue;
    const value = turned(key, isDescending);
    if (value > last || (value === last && left === 0)) continue;
    if (value === last) left -= 1;
    found.push(place);
  }
  // Sorting keeps equal ones as they stand.
  found.sort((a, b) => turned(keys[a] ?? 0, isDescending) - turned(keys[b] ?? 0, isDescending));
  addValueless(found, sortKeys, misses, most);
  return Uint32Array.from(found);
};

/** How many taken places stand before one in that order. */
export const countBefore = (
  { keys, none }: SortKeys,
  misses: Uint16Array,
  { isDescending }: Direction,
  place: number,
): number => {
  const own = keys[place] ?? 0;
  const hasValue = own < none;
  const value = turned(own, isDescending);
  let before = 0;
  for (let other = 0; other < misses.length; other += 1) {
    if (misses[other] !== 0) continue;
    const key = keys[other] ?? 0;
    if (key >= none) {
      if (!hasValue && other < place) before += 1;
      continue;
    }
    const others = turned(key, isDescending);
    const isFirst = isDescending ? other > place : other < place;
    if (!hasValue || others < value || (others === value && isFirst)) before += 1;
  }
  return before;
};
