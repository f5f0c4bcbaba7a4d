import { expect, test } from 'vitest';
import { MOST_PAIRS, pairsAcross, proposedWish, slidersOf } from './wish.ts';

const PROPOSED = { eps: 0.5, cosine: 0.8 };

test('a distance can be moved to either side of what the model proposes', () => {
  const [distance, samples] = slidersOf(proposedWish('dbscan', PROPOSED), PROPOSED);
  expect(distance).toMatchObject({ value: 0.5, most: 1 });
  expect(distance?.with(0.3)).toEqual({ algorithm: 'dbscan', eps: 0.3, minSamples: 1 });
  expect(samples?.with(4)).toEqual({ algorithm: 'dbscan', eps: 0.5, minSamples: 4 });
});

test('a slider reaches whatever a run was made with', () => {
  const [distance] = slidersOf({ algorithm: 'dbscan', eps: 3, minSamples: 1 }, PROPOSED);
  expect(distance?.most).toBe(3);
});

test('parting a group says of every two of its parts that they are two people, and of no part that it is one', () => {
  expect(pairsAcross([[1, 2], [3], [4]])).toEqual([
    [1, 3],
    [2, 3],
    [1, 4],
    [2, 4],
    [3, 4],
  ]);
});

test('more pairs than one step takes are not said at all', () => {
  const half = Array.from({ length: Math.ceil(Math.sqrt(MOST_PAIRS)) }, (_, face) => face + 1);
  expect(pairsAcross([half, half])).toBeNull();
});
