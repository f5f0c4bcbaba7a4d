import { expect, it } from 'vitest';
import { binsOfRange, rangeOfBins } from './histogram-range.ts';

const EDGES = [0, 10, 20, 30, 40];

it('bins make a range that touches just these bins again', () => {
  for (let first = 0; first < 4; first += 1)
    for (let last = first; last < 4; last += 1) {
      const range = rangeOfBins(EDGES, first, last);
      if (first === 0 && last === 3) expect(range).toBeUndefined();
      else expect(binsOfRange(EDGES, range ?? {})).toEqual({ first, last });
    }
});

it('the outermost bins reach as far as there are values', () => {
  expect(rangeOfBins(EDGES, 2, 3)).toEqual({ least: 20, most: undefined });
  expect(rangeOfBins(EDGES, 0, 1)).toEqual({ least: undefined, most: 20 });
  expect(binsOfRange(EDGES, { least: 50 })).toBeNull();
});
