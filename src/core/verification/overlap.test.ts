import { expect, test } from 'vitest';
import { findOverlaps, nameKey, type PeopleOfSet } from './overlap.ts';
import { wrongPairs } from './wrong-pairs.ts';

const setOf = (people: Readonly<Record<string, readonly number[]>>): PeopleOfSet => {
  const values: number[] = [];
  const persons = Object.entries(people).map(([identity, places]) => ({
    identity,
    rows: places.map((place) => values.push(place) - 1),
  }));
  return { people: persons, vectors: { values: Float32Array.from(values), dimensions: 1 } };
};

test('names are one in whatever order, case and spelling of their letters', () => {
  for (const name of ['Wang_Nan', 'nan wang', 'WANG, Nán']) expect(nameKey(name)).toBe('nan wang');
  expect(nameKey('Nan_Wong')).not.toBe('nan wang');
});

test('people in both sets are found by name and by embedding, those of both first', () => {
  const train = setOf({ Nan_Wang: [0, 0.2], Bob: [5], Unknown_7: [9] });
  const test_ = setOf({ Wang_Nan: [0.1], bob: [20], Cy: [9.1, 9.3], Dee: [50] });
  const overlaps = findOverlaps(train, test_, 0.5);
  expect(overlaps.map(({ test: tested, train: trained, isByName }) => [tested, trained, isByName])).toEqual([
    ['Wang_Nan', 'Nan_Wang', true],
    ['Cy', 'Unknown_7', false],
    ['bob', 'Bob', true],
  ]);
  expect(overlaps[1]?.distance).toBeCloseTo(0.2, 5);
});

test('somebody without an embedding is still found by name', () => {
  expect(findOverlaps(setOf({ Ann: [] }), setOf({ Ann: [1] }), 0.5)).toEqual([
    { test: 'Ann', train: 'Ann', isByName: true, distance: null },
  ]);
});

test('wrong pairs come with the most wrong first, each by its own threshold', () => {
  const wrong = wrongPairs(
    Float64Array.of(0.1, 0.9, 0.2, Number.NaN, 0.8),
    Uint8Array.of(1, 1, 0, 1, 1),
    (pair) => (pair === 4 ? 0.75 : 0.5),
  );
  expect(wrong.map(({ pair, kind, excess }) => [pair, kind, excess.toFixed(2)])).toEqual([
    [1, 'false-reject', '0.40'],
    [2, 'false-accept', '0.30'],
    [4, 'false-reject', '0.05'],
  ]);
});
