import { expect, it } from 'vitest';
import { smooth } from './smooth.ts';

it('leaves values as they are by 0, begins with the first, and weighs the past by the amount', () => {
  expect(smooth([4, 2, 8], 0)).toEqual([4, 2, 8]);
  // (0.5 · 4 · 0.5 + 0.5 · 2) / 0.75 and (0.25 · 4 + 0.5 · 2 + 8) / 1.75, halves taken out.
  expect(smooth([4, 2, 8], 0.5)).toEqual([4, (4 * 0.5 + 2) / 1.5, (4 * 0.25 + 2 * 0.5 + 8) / 1.75]);
});

it('passes over what is no number', () => {
  expect(smooth([4, NaN, 4], 0.9)).toEqual([4, NaN, 4]);
});
