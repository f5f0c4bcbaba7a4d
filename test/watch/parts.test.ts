import { expect, test } from 'vitest';
import type { FoundFile } from '../../src/studio/watch/change.ts';
import { createEventQueue } from '../../src/studio/watch/event-queue.ts';
import { fileSystemOf } from '../../src/studio/watch/file-system.ts';
import { createHintSet } from '../../src/studio/watch/hints.ts';
import { outermost } from '../../src/studio/watch/paths.ts';
import { createRestKeeper } from '../../src/studio/watch/rest.ts';
import { createSchedule, USUAL_TIMING } from '../../src/studio/watch/schedule.ts';

const scheduleAt = (startMs: number) => {
  const clock = { nowMs: startMs };
  const schedule = createSchedule(
    USUAL_TIMING,
    () => clock.nowMs,
    () => undefined,
  );
  return { clock, schedule };
};
const begun = (tookMs = 0) => {
  const { clock, schedule } = scheduleAt(1_000_000);
  expect(schedule.next()).toEqual({ kind: 'everything' });
  clock.nowMs += tookMs;
  schedule.endedEverything(clock.nowMs - tookMs, true);
  expect(schedule.next()).toEqual({ kind: 'root' });
  return { clock, schedule };
};

test('everything is looked at first and then every ten minutes, without watches every minute', () => {
  const { clock, schedule } = begun();
  clock.nowMs += USUAL_TIMING.scanEveryMs - 1;
  expect(schedule.next().kind).toBe('root');
  expect(schedule.next()).toEqual({ kind: 'wait', untilMs: clock.nowMs + 1 });
  clock.nowMs += 1;
  expect(schedule.next().kind).toBe('everything');
  schedule.endedEverything(clock.nowMs, false);
  clock.nowMs += USUAL_TIMING.scanUnwatchedEveryMs;
  expect(schedule.next().kind).toBe('everything');
});

test('hints wait until it is quiet, but not for ever, and a long look is followed by a longer rest', () => {
  const { clock, schedule } = begun();
  const startMs = clock.nowMs;
  while (schedule.next().kind !== 'part') {
    schedule.hint('a');
    clock.nowMs += USUAL_TIMING.debounceMs / 2;
  }
  expect(clock.nowMs - startMs).toBe(USUAL_TIMING.mostDebounceMs);
  clock.nowMs += 5000;
  schedule.endedPart(clock.nowMs - 5000);
  schedule.hint('b');
  clock.nowMs += 9999;
  expect(schedule.next().kind).toBe('root');
  expect(schedule.next().kind).toBe('wait');
  clock.nowMs += 1;
  expect(schedule.next()).toEqual({ kind: 'part', scope: ['b'] });
});

test('a young file is looked at again after its rest, together with what is hinted at', () => {
  const { clock, schedule } = begun();
  schedule.lookAgain('young.jpg');
  clock.nowMs += USUAL_TIMING.restMs - 1;
  expect(schedule.next().kind).toBe('wait');
  clock.nowMs += 1;
  schedule.hint('other.jpg');
  expect(schedule.next()).toEqual({ kind: 'part', scope: ['young.jpg'] });
  clock.nowMs += USUAL_TIMING.debounceMs;
  expect(schedule.next()).toEqual({ kind: 'part', scope: ['other.jpg'] });
});

test('many hints become their folder, and then everywhere', () => {
  const hints = createHintSet();
  for (let i = 0; i < 5; i += 1) hints.add(`a/${String(i)}`);
  hints.add('a/1');
  expect(hints.take()).toEqual(['a/0', 'a/1', 'a/2', 'a/3', 'a/4']);
  for (let i = 0; i < 2000; i += 1) hints.add(`a/${String(i)}`);
  expect(hints.take()).toEqual(['a']);
  for (let i = 0; i < 2000; i += 1) hints.add(String(i));
  expect(hints.take()).toBeNull();
  for (let i = 0; i < 20_000; i += 1) hints.add(`${String(i)}/1`);
  expect(hints.take()).toBeNull();
  expect(hints.isEmpty()).toBe(true);
});

test('many events in one turn of the event loop are a burst, and in many turns are not', () => {
  const turns: (() => void)[] = [];
  const queue = createEventQueue(400, (callback) => turns.push(callback));
  let bursts = 0;
  queue.subscribe(() => (bursts += 1));
  for (let turn = 0; turn < 10; turn += 1) {
    for (let event = 0; event < 99; event += 1) queue.count();
    turns.shift()?.();
  }
  expect(bursts).toBe(0);
  for (let event = 0; event < 1000; event += 1) queue.count();
  expect(bursts).toBe(1);
});

test('an old file is at rest at once, a young one when it looks as it did before', () => {
  let nowMs = 1_700_000_000_000;
  const keeper = createRestKeeper(1000, () => nowMs);
  const file = (ageMs: number, sizeBytes = 1): FoundFile => {
    const ns = BigInt(nowMs - ageMs) * 1_000_000n;
    return { sizeBytes, modifiedNs: 0n, statusChangedNs: ns, inode: 1n, device: 1n };
  };
  expect(keeper.isAtRest('old.jpg', file(60_000))).toBe(true);
  const young = file(0);
  expect(keeper.isAtRest('young.jpg', young)).toBe(false);
  nowMs += 999;
  expect(keeper.isAtRest('young.jpg', young)).toBe(false);
  expect(keeper.isAtRest('young.jpg', file(0, 2))).toBe(false);
  nowMs += 500;
  expect(keeper.isAtRest('young.jpg', young)).toBe(false);
  nowMs += 1000;
  expect(keeper.isAtRest('young.jpg', young)).toBe(true);
  const future = file(-3_600_000);
  expect(keeper.isAtRest('future.jpg', future)).toBe(false);
  keeper.forgetBefore(nowMs + 1);
  expect(keeper.size).toBe(0);
  expect(keeper.isAtRest('future.jpg', future)).toBe(false);
  nowMs += 1000;
  expect(keeper.isAtRest('future.jpg', future)).toBe(true);
});

test('of paths, those in another one of them are left out', () => {
  expect(outermost(['a/b', 'a', 'ab', 'c/d/e', 'c/d'])).toEqual(['a', 'ab', 'c/d']);
  expect(outermost(['a', ''])).toEqual(['']);
});

test('network drives are told from disks, and file systems without inodes from those with', () => {
  expect(fileSystemOf(0xef53, 'linux')).toEqual({ isRemote: false, hasStableInodes: true });
  expect(fileSystemOf(0xfe534d42, 'linux')).toEqual({ isRemote: true, hasStableInodes: false });
  expect(fileSystemOf(0x4d44, 'linux')).toEqual({ isRemote: false, hasStableInodes: false });
});
