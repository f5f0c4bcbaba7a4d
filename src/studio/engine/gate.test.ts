import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createGate } from './gate.ts';

test('who asks to be alone is alone, however many ask', async () => {
  const gate = createGate();
  let inside = 0;
  const together: number[] = [];
  const alone: number[] = [];
  const stay = (seen: number[]) => async () => {
    inside += 1;
    seen.push(inside);
    await delay(1);
    inside -= 1;
  };
  await Promise.all([
    ...Array.from({ length: 5 }, () => gate.shared(stay(together))),
    ...Array.from({ length: 5 }, () => gate.exclusive(stay(alone))),
    ...Array.from({ length: 5 }, () => gate.shared(stay(together))),
  ]);
  expect(alone).toEqual([1, 1, 1, 1, 1]);
  expect(Math.max(...together)).toBe(5);
});

test('work that fails lets the next one in', async () => {
  const gate = createGate();
  await expect(gate.exclusive(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await expect(gate.shared(() => Promise.resolve(1))).resolves.toBe(1);
});
