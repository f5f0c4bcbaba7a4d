import { expect, test } from 'vitest';
import { addStages, limitingStage, NO_WORK, stagesBetween } from './limit.ts';

test('the stage with most of the work is named in words', () => {
  expect(limitingStage({ ...NO_WORK, decode: 3, pnet: 5, encode: 1 })).toBe('P-net');
  expect(limitingStage({ ...NO_WORK, decode: 9, pnet: 5 })).toBe('decoding');
});

test('nothing is named while no work was done or none stands out', () => {
  expect(limitingStage(NO_WORK)).toBeNull();
  expect(
    limitingStage({ read: 1, decode: 1, resample: 1, pnet: 1, rnet: 1, onet: 1, boxes: 1, encode: 1 }),
  ).toBeNull();
});

test('an engine that was restarted counts from nothing again', () => {
  const before = { ...NO_WORK, decode: 10, pnet: 20 };
  expect(stagesBetween(before, { ...NO_WORK, decode: 12, pnet: 25 })).toEqual({
    ...NO_WORK,
    decode: 2,
    pnet: 5,
  });
  expect(stagesBetween(before, { ...NO_WORK, decode: 1, pnet: 2 })).toEqual({
    ...NO_WORK,
    decode: 1,
    pnet: 2,
  });
  expect(addStages(before, { ...NO_WORK, pnet: 1 }).pnet).toBe(21);
});
