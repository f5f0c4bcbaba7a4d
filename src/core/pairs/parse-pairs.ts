import { isCsvHeader, parseCsvPairs } from './csv-pairs.ts';
import { isLfwHeader, parseLfwPairs } from './lfw-pairs.ts';
import { linesOf, PairListError, wordsOf, type PairList } from './pair-list.ts';
import { parsePairLines, parseTwoLinePairs } from './plain-pairs.ts';

/**
 * Reads a list of pairs in whichever format its first line is: LFW's `pairs.txt`, CSV, a pair a line, or a picture a line.
 * @throws PairListError naming the line
 */
export const parsePairs = (text: string): PairList => {
  const lines = linesOf(text);
  const [header] = lines;
  if (header === undefined) throw new PairListError(1, 'there is no pair.');
  const words = wordsOf(header.text);
  const list = isLfwHeader(header.text)
    ? parseLfwPairs(lines)
    : isCsvHeader(header.text) || (/[,;]/.test(header.text) && words.length !== 3)
      ? parseCsvPairs(text)
      : words.length === 2
        ? parseTwoLinePairs(lines)
        : parsePairLines(lines);
  if (list.pairs.length === 0) throw new PairListError(header.line, 'no pair follows the first line.');
  return list;
};
