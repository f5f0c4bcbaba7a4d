import fc from 'fast-check';
import { expect, test } from 'vitest';
import { packIds, unpackIds } from './packed-ids.ts';

test('any set of ids comes back as it was packed', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat({ max: 2 ** 40 })), (ids) => {
      const sorted = ids.sort((a, b) => a - b);
      expect(unpackIds(packIds(sorted))).toEqual(sorted);
    }),
  );
});

test('a run of a million ids takes a byte for each', () => {
  const ids = Array.from({ length: 1_000_000 }, (_, index) => index + 5);
  expect(packIds(ids).length).toBe(1_000_000);
});

test('ids out of order and bytes that are cut off are refused', () => {
  expect(() => packIds([2, 1])).toThrow(RangeError);
  expect(() => packIds([2, 2])).toThrow(RangeError);
  expect(() => unpackIds(Uint8Array.of(0x80))).toThrow(RangeError);
});
