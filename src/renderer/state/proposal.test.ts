import { expect, it } from 'vitest';
import { isSmall } from './proposal.ts';

it('an edit that names fewer faces than somebody wants to be asked for is done at once', () => {
  const mark = (faces: number[]) => ({ kind: 'mark', state: 'rejected', selection: { faces } }) as const;
  expect(isSmall(mark([1]), 2)).toBe(true);
  expect(isSmall(mark([1, 2]), 2)).toBe(false);
  expect(isSmall(mark([1, 2]), 3)).toBe(true);
});

it('what a filter takes, and identities that become one, are always shown first', () => {
  const selection = { filter: {}, except: [] };
  expect(isSmall({ kind: 'move', to: null, selection }, 1_000_000)).toBe(false);
  expect(isSmall({ kind: 'merge', identities: [1], into: 2 }, 1_000_000)).toBe(false);
});
