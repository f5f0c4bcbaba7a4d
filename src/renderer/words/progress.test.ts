import { describe, expect, it } from 'vitest';
import { doneOf, paceOf, shareOf } from './progress.ts';

describe('progress in words', () => {
  it('counts against the total, and without one names what it counts', () => {
    expect(doneOf({ done: 12_403, total: 453_453 }, 'photo')).toBe('12,403 / 453,453');
    expect(doneOf({ done: 1, total: null }, 'face')).toBe('1 face');
    expect(doneOf({ done: 1204, total: null }, 'face')).toBe('1,204 faces');
  });

  it('tells rate and time left only where they are known', () => {
    expect(paceOf({ ratePerSecond: 310.4, secondsLeft: 4 }, 'face')).toEqual(['310 faces/s', '4 s left']);
    expect(paceOf({ ratePerSecond: 3.42, secondsLeft: null }, 'photo')).toEqual(['3.4 photos/s']);
    expect(paceOf({ ratePerSecond: null, secondsLeft: null }, 'photo')).toEqual([]);
  });

  it('has no share without a total, and never more than all', () => {
    expect(shareOf({ done: 5, total: null })).toBeNull();
    expect(shareOf({ done: 0, total: 0 })).toBeNull();
    expect(shareOf({ done: 5, total: 20 })).toBe(0.25);
    expect(shareOf({ done: 21, total: 20 })).toBe(1);
  });
});
