import { expect, test } from 'vitest';
import { misreadMutants } from '../support/mutants.ts';

test('ten thousand damaged and hostile graphs are refused, each within two seconds, and nothing else happens', () => {
  expect(misreadMutants(10_000, 5)).toEqual([]);
});
