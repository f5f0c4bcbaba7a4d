import type { Pair } from './pair-list.ts';

type WrittenPair = Omit<Pair, 'line'>;

const quoted = (text: string): string =>
  /[",;\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** Pairs as CSV that `parsePairs` reads: fold from 1, both files, 1 for one person. */
export const writeCsvPairs = (pairs: readonly WrittenPair[]): string =>
  [
    'fold,file_a,file_b,same',
    ...pairs.map(({ first, second, isSame, fold }) =>
      [String((fold ?? 0) + 1), quoted(first), quoted(second), isSame ? '1' : '0'].join(','),
    ),
    '',
  ].join('\n');

/** A picture that LFW's lists can name. */
const LFW_IMAGE = /^(?:.*\/)?([^/\t\r\n]+)\/\1_(\d{4,})(?:\.[a-z0-9]{1,5})?$/i;

/** The person and the number by which LFW's lists name a picture; null for one that they cannot name. */
export const lfwNameOf = (path: string): { readonly person: string; readonly number: string } | null => {
  const [, person, digits] = LFW_IMAGE.exec(path) ?? [];
  if (person === undefined || digits === undefined) return null;
  // `Ann_00012` would be read as `Ann_0012`.
  const number = String(Number(digits));
  return number.padStart(4, '0') === digits ? { person, number } : null;
};

/** A line of LFW's lists; null for a pair that they cannot name: of one person in two folders, or not of `Person/Person_0001`. */
const lfwLineOf = ({ first, second, isSame }: WrittenPair): string | null => {
  const [one, other] = [lfwNameOf(first), lfwNameOf(second)];
  if (one === null || other === null || (isSame && one.person !== other.person)) return null;
  return isSame
    ? [one.person, one.number, other.number].join('\t')
    : [one.person, one.number, other.person, other.number].join('\t');
};

/** The first pair that LFW's lists cannot name; null when they can name all. */
export const notNamedByLfw = <Written extends WrittenPair>(pairs: readonly Written[]): Written | null =>
  pairs.find((pair) => lfwLineOf(pair) === null) ?? null;

/**
 * Pairs as LFW's `pairs.txt` that `parsePairs` reads. They must come as `generatePairs` makes them: fold after fold, each with those of one
 * person first, as many as of two. @throws for a pair that these lists cannot name (`notNamedByLfw`)
 */
export const writeLfwPairs = (pairs: readonly WrittenPair[], folds: number): string =>
  [
    `${String(folds)}\t${String(pairs.length / folds / 2)}`,
    ...pairs.map((pair) => {
      const line = lfwLineOf(pair);
      if (line === null) throw new Error(`LFW's lists cannot name the pair ${pair.first}, ${pair.second}.`);
      return line;
    }),
    '',
  ].join('\n');
