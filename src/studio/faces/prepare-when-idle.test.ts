import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSignal } from '../streams.ts';
import { createGradually } from './kept.ts';
import { prepareWhenIdle } from './prepare-when-idle.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Faces of which so many steps are to be prepared, each of which takes as long as a step may. */
const facesToPrepare = () => {
  const faces = {
    left: 3,
    changes: createSignal(),
    prepareStep(): boolean {
      if (faces.left === 0) return false;
      faces.left -= 1;
      vi.setSystemTime(Date.now() + 20);
      vi.advanceTimersByTime(20);
      return true;
    },
  };
  return faces;
};

test('answers are prepared while nobody asks, and again after a change', async () => {
  const faces = facesToPrepare();
  const ending = new AbortController();
  let askedMs = performance.now();
  prepareWhenIdle(faces, { lastAskedMs: () => askedMs }, ending.signal);
  await vi.advanceTimersByTimeAsync(250);
  askedMs = performance.now();
  await vi.advanceTimersByTimeAsync(250);
  expect(faces.left).toBe(3);
  await vi.advanceTimersByTimeAsync(1000);
  expect(faces.left).toBe(0);
  faces.left = 2;
  await vi.advanceTimersByTimeAsync(1000);
  expect(faces.left).toBe(2);
  faces.changes.notify();
  await vi.advanceTimersByTimeAsync(1000);
  expect(faces.left).toBe(0);
});

test('nothing is prepared for a workspace that was closed', async () => {
  const faces = facesToPrepare();
  const ending = new AbortController();
  prepareWhenIdle(faces, { lastAskedMs: () => 0 }, ending.signal);
  ending.abort();
  faces.changes.notify();
  await vi.advanceTimersByTimeAsync(5000);
  expect(faces.left).toBe(3);
});

test('what is made a step at a time is made to its end when it is asked for, and anew when it was forgotten', () => {
  let read = 1;
  const gradually = createGradually(function* () {
    const first = read;
    yield;
    yield;
    return { first };
  });
  expect(gradually.step()).toBe(true);
  expect(gradually.known()).toBeNull();
  expect(gradually.get()).toEqual({ first: 1 });
  expect(gradually.step()).toBe(false);
  gradually.forget();
  gradually.step();
  read = 2;
  gradually.forget();
  expect(gradually.known()).toBeNull();
  expect(gradually.get()).toEqual({ first: 2 });
});
