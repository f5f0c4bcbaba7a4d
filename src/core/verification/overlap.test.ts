import { expect, test } from 'vitest';
import { membersOf, type Evidence } from '../cleaning/labelled-faces.ts';
import { createRandom } from '../cleaning/random.ts';
import type { NeighbourGraph, Vectors } from '../neighbours/graph.ts';
import { plainSearch } from '../neighbours/plain-search.ts';
import { findOverlaps, nameKey, type TwoSets } from './overlap.ts';
import { wrongPairs } from './wrong-pairs.ts';

const DIMENSIONS = 8;
const FACES = 5;

/** The exact graph of all others. */
const graphOf = ({ count, dimensions, values }: Vectors): NeighbourGraph => {
  const k = count - 1;
  const [indices, distances] = [new Int32Array(count * k), new Float32Array(count * k)];
  const none = new Float32Array(0);
  if (k > 0) plainSearch.search(values, count, dimensions, none, none, k, 0, count, indices, distances);
  return { count, k, indices, distances };
};

/**
 * Faces about a centre for each person, who is drawn by the number `is`: two of one number are one person.
 * @param people of the training set, then of the test set; `faces` left out is five
 */
const setsOf = (
  train: readonly { readonly name: string; readonly is: number; readonly faces?: number }[],
  tested: readonly { readonly name: string; readonly is: number; readonly faces?: number }[],
): TwoSets => {
  const random = createRandom(7);
  const spread = (by: number): number => (random() - 0.5) * by;
  const centres = Array.from({ length: 100 }, () => Array.from({ length: DIMENSIONS }, () => spread(20)));
  const people = [...train, ...tested];
  const rows = people.flatMap(({ is, faces = FACES }, identity) =>
    Array.from({ length: faces }, () => ({
      identity,
      values: (centres[is] ?? []).map((at) => at + spread(1)),
    })),
  );
  const vectors = {
    count: rows.length,
    dimensions: DIMENSIONS,
    values: Float32Array.from(rows.flatMap(({ values }) => values)),
  };
  const faces = {
    vectors,
    identityOf: Int32Array.from(rows, ({ identity }) => identity),
    identityCount: people.length,
  };
  const evidence: Evidence = { ...faces, graph: graphOf(vectors), members: membersOf(faces) };
  return { names: people.map(({ name }) => name), trainCount: train.length, evidence };
};

const strangers = (from: number, count: number) =>
  Array.from({ length: count }, (_, place) => ({
    name: `stranger ${String(from + place)}`,
    is: from + place,
  }));

const toldOf = (sets: TwoSets, threshold: number | null = null) =>
  findOverlaps(sets, threshold).map(({ test: tested, train, isByName, isByFace }) => [
    sets.names[tested],
    sets.names[train],
    isByName,
    isByFace,
  ]);

test('names are one in whatever order, case and spelling of their letters', () => {
  for (const name of ['Wang_Nan', 'nan wang', 'WANG, Nán']) expect(nameKey(name)).toBe('nan wang');
  expect(nameKey('Nan_Wong')).not.toBe('nan wang');
});

test('people in both sets are found by name and by face, those of both first', () => {
  const sets = setsOf(
    [{ name: 'Nan_Wang', is: 0 }, { name: 'Bob', is: 1 }, { name: 'n000007', is: 2 }, ...strangers(10, 12)],
    [{ name: 'Wang_Nan', is: 0 }, { name: 'bob', is: 3 }, { name: 'Cy', is: 2 }, ...strangers(40, 12)],
  );
  const told = toldOf(sets);
  expect(told[0]).toEqual(['Wang_Nan', 'Nan_Wang', true, true]);
  expect(told.slice(1)).toEqual([
    ['Cy', 'n000007', false, true],
    ['bob', 'Bob', true, false],
  ]);
  const [both, byFace] = findOverlaps(sets, null);
  for (const { faces } of [both, byFace].filter((each) => each !== undefined))
    for (const [train, tested] of faces) expect([train < 75, tested >= 75]).toEqual([true, true]);
  expect(byFace?.faces.length).toBeGreaterThan(0);
});

test('two people of one set are no overlap, however alike', () => {
  const sets = setsOf(
    [{ name: 'Ann', is: 0 }, { name: 'Anna', is: 0 }, ...strangers(10, 12)],
    [{ name: 'Cy', is: 2 }, { name: 'Cyrus', is: 2 }, ...strangers(40, 12)],
  );
  expect(toldOf(sets)).toEqual([]);
});

test('a threshold that somebody gives decides instead', () => {
  const sets = setsOf([{ name: 'Ann', is: 0 }], [{ name: 'Bea', is: 0 }]);
  // Ten faces of one label are too few to learn from.
  expect(toldOf(sets)).toEqual([]);
  expect(toldOf(sets, 5)).toEqual([['Bea', 'Ann', false, true]]);
  expect(toldOf(sets, 0.01)).toEqual([]);
});

test('somebody without a face is still found by name', () => {
  const sets = setsOf([{ name: 'Ann', is: 0, faces: 0 }], [{ name: 'Ann', is: 1, faces: 2 }]);
  expect(findOverlaps(sets, 5)).toEqual([
    { test: 1, train: 0, isByName: true, isByFace: false, distance: null, faces: [] },
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
