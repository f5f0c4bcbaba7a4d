import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Box } from './box.ts';
import { overlapOf, suppressOverlaps, type Scored } from './suppress.ts';

const square = fc
  .record({
    x: fc.integer({ min: 1, max: 400 }),
    y: fc.integer({ min: 1, max: 400 }),
    side: fc.integer({ min: 12, max: 90 }),
  })
  .map(({ x, y, side }): Box => [x, y, x + side, y + side]);
const scored = fc.record({ box: square, score: fc.double({ min: 0.6, max: 1, noNaN: true }) });

/** Greedy suppression as anybody would write it: the reference for the grid that thousands of boxes need. */
const allPairs = (candidates: readonly Scored[], threshold: number): Set<Scored> => {
  const kept = new Set<Scored>();
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if ([...kept].every((better) => overlapOf(better.box, candidate.box, 'union') <= threshold))
      kept.add(candidate);
  }
  return kept;
};

test('no two boxes that are left overlap by more than the threshold, and the best is always left', () => {
  fc.assert(
    fc.property(
      fc.array(scored, { minLength: 1, maxLength: 60 }),
      fc.constantFrom(0.5, 0.7),
      (candidates, threshold) => {
        const left = suppressOverlaps(candidates, threshold, 'union').flatMap(
          (index) => candidates[index] ?? [],
        );
        expect(left[0]?.score).toBe(Math.max(...candidates.map(({ score }) => score)));
        left.forEach((a, index) => {
          for (const b of left.slice(index + 1))
            expect(overlapOf(a.box, b.box, 'union')).toBeLessThanOrEqual(threshold);
        });
      },
    ),
  );
});

test('thousands of boxes leave the same ones as comparing each with each', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(scored, { minLength: 300, maxLength: 900, selector: ({ score }) => score }),
      fc.constantFrom(0.5, 0.7),
      (candidates, threshold) => {
        const left = new Set(
          suppressOverlaps(candidates, threshold, 'union').map((index) => candidates[index]),
        );
        expect(left).toEqual(allPairs(candidates, threshold));
      },
    ),
    { numRuns: 20 },
  );
});

test('a box inside another goes when the smaller one counts', () => {
  const outer = { box: [1, 1, 100, 100], score: 0.9 } as const;
  const inner = { box: [20, 20, 40, 40], score: 0.8 } as const;
  expect(suppressOverlaps([inner, outer], 0.7, 'smaller')).toEqual([1]);
  expect(suppressOverlaps([inner, outer], 0.7, 'union')).toEqual([1, 0]);
});
