import { expect, test } from 'vitest';
import { byDay, dayOf, matchesStep } from './steps.ts';

const STEP = {
  sequence: 1,
  atMs: Date.UTC(2026, 10, 25, 12),
  who: 'Ann',
  kind: 'move',
  label: 'Moved 3 faces to Bob.',
  isUndone: false,
};

test('a step is found by words of what it did and of who made it, in any order', () => {
  for (const search of ['', 'moved', 'ANN faces', 'bob move']) expect(matchesStep(STEP, search)).toBe(true);
  for (const search of ['cy', 'ann rejected']) expect(matchesStep(STEP, search)).toBe(false);
});

test('its day is told in words', () => {
  expect(dayOf(STEP.atMs)).toBe('Wednesday 25 November 2026');
});

test('steps stand under their days, in their order', () => {
  const at = (day: number, sequence: number) => ({ ...STEP, sequence, atMs: Date.UTC(2026, 10, day, 12) });
  expect(
    byDay([at(25, 3), at(25, 2), at(24, 1)]).map(({ steps }) => steps.map(({ sequence }) => sequence)),
  ).toEqual([[3, 2], [1]]);
});
