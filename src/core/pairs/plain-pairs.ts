import {
  labelOf,
  PairListError,
  pathOf,
  wordsOf,
  type NumberedLine,
  type Pair,
  type PairList,
} from './pair-list.ts';

const LABEL_PLACES = { last: [0, 1, 2], first: [1, 2, 0] } as const;

/** Whether the label stands before or after the two files, judged by all lines: a file may be called `1`. */
const labelPlace = (rows: readonly (readonly string[])[]): readonly [number, number, number] =>
  rows.every(([, , last = '']) => labelOf(last) !== null) ||
  !rows.every(([first = '']) => labelOf(first) !== null)
    ? LABEL_PLACES.last
    : LABEL_PLACES.first;

/**
 * A pair a line, `path path label` or `label path path`: the lists that go with AgeDB-30, CFP-FP, VGGFace2-FP and their like.
 * @throws PairListError
 */
export const parsePairLines = (lines: readonly NumberedLine[]): PairList => {
  const rows = lines.map(({ text, line }) => {
    const words = wordsOf(text);
    if (words.length === 3) return words;
    throw new PairListError(
      line,
      `a pair is two files and 1 or 0, but this has ${String(words.length)} parts.`,
    );
  });
  const [firstAt, secondAt, labelAt] = labelPlace(rows);
  const pairs = rows.map((words, place): Pair => {
    const line = lines[place]?.line ?? 0;
    const word = words[labelAt] ?? '';
    const isSame = labelOf(word);
    if (isSame === null) {
      throw new PairListError(line, `"${word}" should say whether it is one person: 1 or 0, true or false.`);
    }
    return {
      first: pathOf(words[firstAt] ?? ''),
      second: pathOf(words[secondAt] ?? ''),
      isSame,
      fold: null,
      line,
    };
  });
  return { format: 'list', pairs, folds: null, remark: null };
};

/**
 * A picture a line and two lines a pair, `file number`, 0 for two people and more for one: `pairs_CALFW.txt`, `pairs_CPLFW.txt`.
 * @throws PairListError
 */
export const parseTwoLinePairs = (lines: readonly NumberedLine[]): PairList => {
  const pairs: Pair[] = [];
  for (let place = 0; place < lines.length; place += 2) {
    const [one, two] = [lines[place], lines[place + 1]];
    if (one === undefined) break;
    if (two === undefined)
      throw new PairListError(one.line, 'the second picture of the last pair is missing.');
    const [first = '', label = ''] = wordsOf(one.text);
    const [second = '', other = ''] = wordsOf(two.text);
    for (const [word, line] of [
      [label, one.line],
      [other, two.line],
    ] as const) {
      if (!/^\d+$/.test(word)) {
        throw new PairListError(line, `"${word}" should be a number: 0 for two people, more for one.`);
      }
    }
    const isSame = Number(label) > 0;
    if (isSame !== Number(other) > 0) {
      throw new PairListError(
        two.line,
        'the two lines of this pair do not agree on whether it is one person.',
      );
    }
    pairs.push({ first: pathOf(first), second: pathOf(second), isSame, fold: null, line: one.line });
  }
  return { format: 'two-line', pairs, folds: null, remark: null };
};
