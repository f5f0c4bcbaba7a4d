import { describe, expect, it } from 'vitest';
import {
  isScaled,
  lastTop,
  layOut,
  moveIn,
  rowsInView,
  scrollOfTop,
  TALLEST_PX,
  topOfScroll,
  topToShow,
} from './geometry.ts';

const VIEW = { widthPx: 1000, heightPx: 700 };
const small = layOut(50, 160, VIEW);
const huge = layOut(2_000_000, 64, { widthPx: 400, heightPx: 700 });

describe('a grid of square tiles', () => {
  it('fills the width of its view, with tiles at least as large as asked for', () => {
    expect(small.columns).toBe(6);
    expect(small.stepPx - 2).toBeGreaterThanOrEqual(160);
    expect(small.columns * small.stepPx).toBeLessThanOrEqual(1000 - 2);
    expect(small.columns * small.stepPx).toBeGreaterThan(1000 - 3);
  });

  it('has one column where the view is narrower than a tile, and no height without photos', () => {
    expect(layOut(3, 480, { widthPx: 200, heightPx: 700 })).toMatchObject({ columns: 1, rows: 3 });
    expect(layOut(0, 160, VIEW)).toMatchObject({ rows: 0, contentPx: 0, spacerPx: 0 });
  });

  it('renders the rows in view and a few around them, never beyond the ends', () => {
    expect(rowsInView(small, 0, 2).first).toBe(0);
    expect(rowsInView(small, lastTop(small), 2).end).toBe(small.rows);
    const { first, end } = rowsInView(huge, 1_000_000, 2);
    expect(first * huge.stepPx).toBeLessThan(1_000_000);
    expect(end * huge.stepPx).toBeGreaterThan(1_000_700);
    expect(end - first).toBeLessThan(20);
  });

  it('of two million photos scrolls from the first to the last, within what Chromium can lay out', () => {
    expect(isScaled(huge)).toBe(true);
    expect(huge.spacerPx).toBe(TALLEST_PX);
    expect(topOfScroll(huge, 0)).toBe(0);
    const lastScroll = huge.spacerPx - huge.viewHeightPx;
    expect(topOfScroll(huge, lastScroll)).toBeCloseTo(lastTop(huge), 3);
    expect(rowsInView(huge, topOfScroll(huge, lastScroll), 0).end).toBe(huge.rows);
  });

  it('comes back to the position that a scroll position stands for', () => {
    for (const top of [0, 123_456, 7_000_000, lastTop(huge)])
      expect(topOfScroll(huge, scrollOfTop(huge, top))).toBeCloseTo(top, 3);
    expect(scrollOfTop(small, 321)).toBe(321);
  });
});

describe('showing a tile', () => {
  it('does not move what is in view already', () => {
    expect(topToShow(small, 0, 0)).toBe(0);
    expect(topToShow(small, 10, small.columns * 2)).toBe(10);
  });

  it('moves by no more than is needed, up or down', () => {
    expect(topToShow(small, 500, 0)).toBe(0);
    const top = topToShow(small, 0, 49);
    expect(top).toBeCloseTo(lastTop(small), 3);
  });
});

describe('keys', () => {
  it('move by one, by a row and by a page', () => {
    expect(moveIn(small, 7, 'left')).toBe(6);
    expect(moveIn(small, 7, 'right')).toBe(8);
    expect(moveIn(small, 7, 'up')).toBe(1);
    expect(moveIn(small, 7, 'down')).toBe(13);
    expect(moveIn(small, 0, 'pageDown')).toBe(24);
    expect(moveIn(small, 25, 'pageUp')).toBe(1);
  });

  it('stay within the list at its ends', () => {
    expect(moveIn(small, 0, 'left')).toBe(0);
    expect(moveIn(small, 3, 'up')).toBe(3);
    expect(moveIn(small, 49, 'right')).toBe(49);
    expect(moveIn(small, 49, 'down')).toBe(49);
    expect(moveIn(small, 20, 'end')).toBe(49);
    expect(moveIn(small, 20, 'home')).toBe(0);
  });

  it('lead down into a last row that is short', () => {
    expect(small.count % small.columns).toBe(2);
    expect(moveIn(small, 47, 'down')).toBe(49);
  });
});
