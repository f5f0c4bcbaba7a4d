import {
  labelOf,
  linesOf,
  PairListError,
  pathOf,
  type NumberedLine,
  type Pair,
  type PairList,
} from './pair-list.ts';

/** The cells of a line of CSV (RFC 4180, but for line ends inside quotes). */
const cellsOf = ({ text, line }: NumberedLine, separator: string): readonly string[] => {
  const cells: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*/.exec(rest);
    const end = quoted === null ? rest.indexOf(separator) : quoted[0].length;
    const cell = quoted?.[1]?.replaceAll('""', '"') ?? (end < 0 ? rest : rest.slice(0, end)).trim();
    cells.push(cell);
    if (end < 0 || end >= rest.length) return cells;
    if (!rest.startsWith(separator, end))
      throw new PairListError(line, 'there is text after a closing quotation mark.');
    rest = rest.slice(end + separator.length);
  }
};

const NAMES = {
  first: ['file_a', 'first', 'a', 'image1', 'image_1', 'file1', 'path1', 'left'],
  second: ['file_b', 'second', 'b', 'image2', 'image_2', 'file2', 'path2', 'right'],
  same: ['same', 'issame', 'is_same', 'label', 'match'],
  fold: ['fold', 'split', 'set'],
} as const;

type Columns = { readonly [Column in keyof typeof NAMES]: number };

const columnsOf = (header: readonly string[]): Columns => {
  const names = header.map((cell) => cell.toLowerCase());
  const find = (column: keyof typeof NAMES): number =>
    names.findIndex((name) => NAMES[column].some((known) => known === name));
  return { first: find('first'), second: find('second'), same: find('same'), fold: find('fold') };
};

/** Without a header: the two files, then whether they show one person. */
const PLAIN_COLUMNS: Columns = { first: 0, second: 1, same: 2, fold: -1 };

const hasAll = ({ first, second, same }: Columns): boolean => Math.min(first, second, same) >= 0;

const separatorOf = (text: string): string =>
  [',', ';', '\t'].find((separator) => text.includes(separator)) ?? ',';

/** Whether a first line is that of a CSV of pairs. */
export const isCsvHeader = (text: string): boolean =>
  hasAll(columnsOf(cellsOf({ text, line: 1 }, separatorOf(text))));

const pairOf = (
  cells: readonly string[],
  columns: Columns,
  line: number,
): Pair & { readonly foldName: string } => {
  const cell = (column: keyof Columns): string => cells[columns[column]] ?? '';
  const isSame = labelOf(cell('same'));
  if (isSame === null) {
    throw new PairListError(
      line,
      `"${cell('same')}" should say whether it is one person: 1 or 0, true or false.`,
    );
  }
  const [first, second] = [pathOf(cell('first')), pathOf(cell('second'))];
  if (first === '' || second === '') throw new PairListError(line, 'a picture of the pair is not named.');
  if (columns.fold >= 0 && cell('fold') === '') throw new PairListError(line, 'its fold is not named.');
  return { first, second, isSame, fold: null, line, foldName: cell('fold') };
};

/**
 * CSV with a header that names two files (`file_a`, `file_b`), whether they show one person (`same`) and, if it likes, a `fold`; or without a header
 * the first three of these. Folds may be numbers or names and are taken in the order in which they first come.
 * @throws PairListError
 */
export const parseCsvPairs = (text: string): PairList => {
  const lines = linesOf(text);
  const [header] = lines;
  const separator = separatorOf(header?.text ?? '');
  const named = header === undefined ? PLAIN_COLUMNS : columnsOf(cellsOf(header, separator));
  const hasHeader = hasAll(named);
  const columns = hasHeader ? named : PLAIN_COLUMNS;
  const pairs = lines
    .slice(hasHeader ? 1 : 0)
    .map((line) => pairOf(cellsOf(line, separator), columns, line.line));
  const folds = new Map<string, number>();
  for (const { foldName } of pairs) if (!folds.has(foldName)) folds.set(foldName, folds.size);
  const hasFolds = columns.fold >= 0 && folds.size > 1;
  return {
    format: 'csv',
    pairs: pairs.map(({ foldName, ...pair }) => ({
      ...pair,
      fold: hasFolds ? (folds.get(foldName) ?? null) : null,
    })),
    folds: hasFolds ? folds.size : null,
    remark: null,
  };
};
