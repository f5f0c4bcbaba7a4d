import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, startProgress, viewProgress } from './progress.ts';

test('whatever is reported, progress never goes back and never passes the total', () => {
  fc.assert(
    fc.property(
      fc.nat(500),
      fc.array(fc.record({ done: fc.nat(1000), stepMs: fc.integer({ min: -500, max: 5000 }) })),
      (total, reports) => {
        let state = startProgress(total, 0);
        let atMs = 0;
        let before = 0;
        for (const report of reports) {
          atMs += report.stepMs;
          state = advance(state, report.done, atMs);
          const view = viewProgress(state, atMs);
          expect(view.done).toBeGreaterThanOrEqual(before);
          expect(view.done).toBeLessThanOrEqual(total);
          expect(view.ratePerSecond ?? 0).toBeGreaterThanOrEqual(0);
          expect(view.secondsLeft ?? 0).toBeGreaterThanOrEqual(0);
          before = view.done;
        }
      },
    ),
  );
});

test('a steady pace is told as it is, and the time left follows from it', () => {
  let state = startProgress(1000, 0);
  for (let second = 1; second <= 30; second += 1) state = advance(state, second * 20, second * 1000);
  const view = viewProgress(state, 30_000);
  expect(view.ratePerSecond).toBeCloseTo(20, 5);
  expect(view.secondsLeft).toBeCloseTo(20, 5);
});

test('a change of pace is seen within the window', () => {
  let state = startProgress(100_000, 0);
  for (let second = 1; second <= 60; second += 1) state = advance(state, second * 100, second * 1000);
  for (let second = 61; second <= 75; second += 1)
    state = advance(state, 6000 + (second - 60), second * 1000);
  expect(viewProgress(state, 75_000).ratePerSecond).toBeCloseTo(1, 1);
});

test('few samples are kept however often progress is reported', () => {
  let state = startProgress(null, 0);
  for (let atMs = 0; atMs < 60_000; atMs += 5) state = advance(state, atMs, atMs);
  expect(state.samples.length).toBeLessThan(60);
});
