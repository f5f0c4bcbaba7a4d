import { expect, test } from 'vitest';
import { misreadMutants } from '../support/mutants.ts';

test('a hundred thousand damaged and hostile graphs are refused, each within two seconds, and nothing else happens', () => {
  expect(misreadMutants(100_000, 7)).toEqual([]);
}, 600_000);
