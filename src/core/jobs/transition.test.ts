import { expect, test } from 'vitest';
import { isEnded, transition, type Move, type State } from './transition.ts';

const STATES: readonly State[] = [
  'queued',
  'running',
  'paused',
  'succeeded',
  'failed',
  'interrupted',
  'cancelled',
];
const MOVES: readonly Move[] = ['start', 'succeed', 'fail', 'interrupt', 'cancel', 'pause', 'resume'];

test('exactly these moves of a job are legal', () => {
  const legal = STATES.flatMap((state) =>
    MOVES.flatMap((move) => {
      const next = transition(state, move);
      return next === null ? [] : [`${state} ${move} ${next}`];
    }),
  );
  expect(legal).toEqual([
    'queued start running',
    'queued fail failed',
    'queued interrupt interrupted',
    'queued cancel cancelled',
    'queued pause paused',
    'running succeed succeeded',
    'running fail failed',
    'running interrupt interrupted',
    'running cancel cancelled',
    'running pause paused',
    'paused cancel cancelled',
    'paused resume queued',
    'failed resume queued',
    'interrupted resume queued',
    'cancelled resume queued',
  ]);
});

test('an ended job leaves its end only by being resumed, and a success is for good', () => {
  for (const state of STATES.filter(isEnded)) {
    for (const move of MOVES.filter((candidate) => candidate !== 'resume'))
      expect(transition(state, move)).toBeNull();
  }
  expect(transition('succeeded', 'resume')).toBeNull();
});
