import { describe, expect, it } from 'vitest';
import { stepTo } from './step.ts';

/** Two rows of three, and below a line another list of two. */
const PLACES = [
  ...[0, 100, 200].map((leftPx) => ({ leftPx, topPx: 0 })),
  ...[0, 100, 200].map((leftPx) => ({ leftPx, topPx: 100 })),
  ...[0, 100].map((leftPx) => ({ leftPx, topPx: 240 })),
];

describe('stepping through found faces', () => {
  it.each([
    ['ArrowRight', 2, 3],
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 7, 7],
    ['ArrowDown', 1, 4],
    ['ArrowDown', 5, 7],
    ['ArrowUp', 7, 4],
    ['ArrowUp', 1, 1],
    ['ArrowDown', 6, 6],
    ['Home', 5, 0],
    ['End', 5, 7],
  ])('%s leads from %i to %i', (key, from, to) => {
    expect(stepTo(PLACES, from, key)).toBe(to);
  });

  it('knows no other key', () => {
    expect(stepTo(PLACES, 0, 'a')).toBeNull();
  });
});
