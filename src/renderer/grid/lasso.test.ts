import { describe, expect, it } from 'vitest';
import { layOut } from './geometry.ts';
import { caughtBetween, placesOf } from './lasso.ts';

// Four columns of 100 px and their gaps, ten tiles.
const geometry = layOut(10, 98, { widthPx: 402, heightPx: 300 });

describe('a lasso', () => {
  it('catches what it touches, from whichever corner it is drawn', () => {
    const one = { xPx: 110, yPx: 10 };
    const other = { xPx: 250, yPx: 150 };
    const forward = placesOf(geometry, caughtBetween(geometry, one, other));
    expect(forward).toEqual([1, 2, 5, 6]);
    expect(placesOf(geometry, caughtBetween(geometry, other, one))).toEqual(forward);
  });

  it('catches no tile that is not there', () => {
    const far = { xPx: 9000, yPx: 9000 };
    expect(placesOf(geometry, caughtBetween(geometry, { xPx: 210, yPx: 210 }, far))).toEqual([]);
    expect(placesOf(geometry, caughtBetween(geometry, { xPx: 10, yPx: 210 }, far))).toEqual([8, 9]);
    expect(placesOf(geometry, caughtBetween(geometry, { xPx: -50, yPx: -50 }, far))).toHaveLength(10);
  });
});
