import type { Pair } from './pair-list.ts';

const quoted = (text: string): string =>
  /[",;\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** Pairs as CSV that `parsePairs` reads: fold from 1, both files, 1 for one person. */
export const writeCsvPairs = (pairs: readonly Omit<Pair, 'line'>[]): string =>
  [
    'fold,file_a,file_b,same',
    ...pairs.map(({ first, second, isSame, fold }) =>
      [String((fold ?? 0) + 1), quoted(first), quoted(second), isSame ? '1' : '0'].join(','),
    ),
    '',
  ].join('\n');
