import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPrecedence } from './precedence.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets what is due happen, and what follows from it. */
const pass = async (timeMs: number): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  await vi.advanceTimersByTimeAsync(timeMs);
};

test('work that nobody waits for goes on at once while nobody asks for anything', async () => {
  const precedence = createPrecedence();
  const goOn = vi.fn();
  void precedence.standBack().then(goOn);
  await pass(0);
  expect(goOn).toHaveBeenCalledOnce();
});

test('it stands back while somebody goes on asking, and goes on a moment after', async () => {
  const precedence = createPrecedence();
  const goOn = vi.fn();
  precedence.asked();
  void precedence.standBack().then(goOn);
  await pass(40);
  precedence.asked();
  await pass(40);
  expect(goOn).not.toHaveBeenCalled();
  await pass(15);
  expect(goOn).toHaveBeenCalledOnce();
});

test('it is not kept from its end by somebody who never stops asking', async () => {
  const precedence = createPrecedence();
  const goOn = vi.fn();
  precedence.asked();
  void precedence.standBack().then(goOn);
  for (let asked = 0; asked < 12; asked += 1) {
    await pass(10);
    precedence.asked();
  }
  expect(goOn).toHaveBeenCalledOnce();
});
