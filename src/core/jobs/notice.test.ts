import { expect, it } from 'vitest';
import { noticeOfEnd } from './notice.ts';

const job = { title: 'Align lfw', state: 'succeeded', failure: null };
const outcomes = [
  { count: 12_403, words: 'aligned' },
  { count: 41, words: 'without a face' },
  { count: 0, words: 'failed' },
];

it('tells what a long job did', () => {
  expect(noticeOfEnd(job, { seconds: 90, outcomes })).toEqual({
    title: 'Align lfw',
    body: 'Done: 12,403 aligned, 41 without a face.',
  });
  expect(noticeOfEnd(job, { seconds: 90, outcomes: [] })?.body).toBe('Done.');
});

it('says nothing of a short job, nor of one that somebody cancelled', () => {
  expect(noticeOfEnd(job, { seconds: 2, outcomes })).toBe(null);
  expect(noticeOfEnd({ ...job, state: 'cancelled' }, { seconds: 90, outcomes })).toBe(null);
});

it('tells of a failure, however soon it came', () => {
  const failure = 'The disk of /crops is full: free some space.';
  expect(noticeOfEnd({ ...job, state: 'failed', failure }, { seconds: 1, outcomes })?.body).toBe(failure);
});
