import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createFlightRecorder } from './flight.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A grid's flight, as its pictures see it. */
class Flight {
  isFlying = false;
  readonly #recorder = createFlightRecorder((isFlying) => (this.isFlying = isFlying));
  moved(topPx: number, nowMs: number): void {
    this.#recorder.moved(topPx, nowMs);
  }
}

const FRAME_MS = 16;

/** Scrolls on by `stepPx` in each of some frames; gives in how many of them the grid was flying. */
const scroll = (flight: Flight, frames: number, stepPx: number, from = { topPx: 0, atMs: 1000 }): number => {
  let flying = 0;
  for (let frame = 1; frame <= frames; frame += 1) {
    vi.advanceTimersByTime(FRAME_MS);
    flight.moved(from.topPx + frame * stepPx, from.atMs + frame * FRAME_MS);
    if (flight.isFlying) flying += 1;
  }
  return flying;
};

test('a wheel turned at leisure is no flight', () => {
  expect(scroll(new Flight(), 200, 30)).toBe(0);
});

test('who scrolls through thousands flies, upwards too, and lands a moment after the last step', () => {
  for (const stepPx of [120, -120]) {
    const flight = new Flight();
    expect(scroll(flight, 100, stepPx)).toBeGreaterThan(90);
    vi.advanceTimersByTime(100);
    expect(flight.isFlying).toBe(false);
  }
});

test('a single jump far away is no flight: its pictures are wanted', () => {
  const flight = new Flight();
  scroll(flight, 20, 1);
  vi.advanceTimersByTime(5000);
  expect(scroll(flight, 1, 900_000, { topPx: 20, atMs: 6320 })).toBe(0);
});

test('a flight that becomes slow is none any more, without a stop', () => {
  const flight = new Flight();
  scroll(flight, 50, 200);
  expect(flight.isFlying).toBe(true);
  scroll(flight, 20, 5, { topPx: 10_000, atMs: 1800 });
  expect(flight.isFlying).toBe(false);
});
