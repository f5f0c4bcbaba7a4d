/** Two pictures and whether they show one person. */
export type Pair = {
  /** Path relative to the folder of pictures, `/` between its parts; of an LFW list without its ending. */
  readonly first: string;
  readonly second: string;
  readonly isSame: boolean;
  /** In which fold the list puts it, from 0; null where the list has no folds. */
  readonly fold: number | null;
  /** Its line in the file, from 1. */
  readonly line: number;
};

export type PairList = {
  readonly format: 'lfw' | 'csv' | 'list' | 'two-line' | 'cfp';
  readonly pairs: readonly Pair[];
  /** How many folds the list itself has; null when it has none. */
  readonly folds: number | null;
  /** What is odd about the list but does not keep it from being used: one sentence; null when nothing is. */
  readonly remark: string | null;
};

/** A list of pairs that cannot be read: what is wrong in which line. */
export class PairListError extends Error {
  readonly line: number;
  constructor(line: number, what: string) {
    super(`line ${String(line)}: ${what}`);
    this.name = 'PairListError';
    this.line = line;
  }
}

/** A line with its number, from 1. */
export type NumberedLine = { readonly text: string; readonly line: number };

/** The lines that say something, without the spaces around them; a byte order mark and Windows line ends are no part of them. */
export const linesOf = (text: string): readonly NumberedLine[] =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line, place) => ({ text: line.trim(), line: place + 1 }))
    .filter((line) => line.text !== '');

/** The parts of a line: between tabs where it has any, so that names may have spaces, else between spaces. */
export const wordsOf = (text: string): readonly string[] =>
  text.includes('\t')
    ? text
        .split('\t')
        .map((word) => word.trim())
        .filter((word) => word !== '')
    : text.split(/\s+/);

const LABELS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['same', true],
  ['yes', true],
  ['0', false],
  ['-1', false],
  ['false', false],
  ['different', false],
  ['no', false],
]);

/** Whether a word says that two pictures show one person; null for a word that does not say. */
export const labelOf = (word: string): boolean | null => LABELS.get(word.toLowerCase()) ?? null;

/** A path as this program compares them: `/` between its parts, nothing in front. */
export const pathOf = (word: string): string =>
  word
    .replaceAll('\\', '/')
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
