import { expect, it } from 'vitest';
import { isFound } from './search.ts';

it('finds a setting by the beginnings of its words, in any order and case', () => {
  const texts = ['Picture cache', 'Memory', 'How much disk small copies of photos may take.'];
  expect(isFound('', texts)).toBe(true);
  expect(isFound('mem cache', texts)).toBe(true);
  expect(isFound('DISK', texts)).toBe(true);
  expect(isFound('ache', texts)).toBe(false);
  expect(isFound('cache engine', texts)).toBe(false);
});
