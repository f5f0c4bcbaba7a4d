import { PairListError, wordsOf, type NumberedLine, type Pair, type PairList } from './pair-list.ts';

const NUMBER = /^\d+$/;

/** `Name`, `7` is `Name/Name_0007`, as in `lfw.get_paths`. */
const imageOf = (name: string, number: string, line: number): string => {
  if (!NUMBER.test(number)) {
    throw new PairListError(line, `"${number}" should be the number of a picture of "${name}".`);
  }
  return `${name}/${name}_${number.padStart(4, '0')}`;
};

const pairOf = ({ text, line }: NumberedLine, fold: number | null): Pair => {
  const words = wordsOf(text);
  const [name = '', number = '', third = '', fourth = ''] = words;
  if (words.length === 3) {
    return {
      first: imageOf(name, number, line),
      second: imageOf(name, third, line),
      isSame: true,
      fold,
      line,
    };
  }
  if (words.length === 4) {
    return {
      first: imageOf(name, number, line),
      second: imageOf(third, fourth, line),
      isSame: false,
      fold,
      line,
    };
  }
  throw new PairListError(
    line,
    `a pair is "name number number" or "name number name number", but this has ${String(words.length)} parts.`,
  );
};

/** Whether a first line is that of an LFW list: one or two whole numbers. */
export const isLfwHeader = (text: string): boolean => {
  const words = wordsOf(text);
  return words.length <= 2 && words.every((word) => NUMBER.test(word));
};

/**
 * LFW's own format (http://vis-www.cs.umass.edu/lfw/README.txt, 3c): a line with the number of folds and of pairs of each kind in a fold (view
 * 2), or of pairs of each kind alone (view 1); then in each fold the pairs of one person before those of two. The seed does not read
 * that first line, so many lists carry one that is wrong: such a list is read as one without folds, with a remark.
 * @throws PairListError
 */
export const parseLfwPairs = ([header, ...lines]: readonly NumberedLine[]): PairList => {
  const numbers = wordsOf(header?.text ?? '').map(Number);
  const [first = 0, second] = numbers;
  const [folds, ofEachKind] = second === undefined ? [1, first] : [first, second];
  const plain = lines.map((line) => pairOf(line, null));
  const isAsItSays = plain.length === folds * ofEachKind * 2;
  const hasFolds = isAsItSays && folds > 1;
  return {
    format: 'lfw',
    pairs: hasFolds
      ? plain.map((pair, place) => ({ ...pair, fold: Math.floor(place / (2 * ofEachKind)) }))
      : plain,
    folds: hasFolds ? folds : null,
    remark: isAsItSays
      ? null
      : `its first line promises ${String(folds * ofEachKind * 2)} pairs, but ${String(plain.length)} follow, so that its folds are not known`,
  };
};
