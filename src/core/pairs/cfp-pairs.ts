import { linesOf, PairListError, pathOf, type Pair, type PairList } from './pair-list.ts';

/** The texts of CFP's protocol for frontal-frontal or frontal-profile pairs (Sengupta et al. 2016). */
export type CfpProtocol = {
  /** `Pair_list_F.txt`: which file each number of the first column of a pair is. */
  readonly firstFiles: string;
  /** The same for the second column: `Pair_list_P.txt` for frontal-profile. */
  readonly secondFiles: string;
  /** `Split/FP/01/same.txt`, `diff.txt` and their siblings, in order. */
  readonly folds: readonly { readonly same: string; readonly different: string }[];
};

/** A problem of one of the files of a protocol: the file is named beside the line. */
const inFile = <Result>(file: string, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (error instanceof PairListError)
      throw new PairListError(error.line, `of ${file}, ${error.message.replace(/^line \d+: /, '')}`);
    throw error;
  }
};

const readFiles = (name: string, text: string): ReadonlyMap<string, string> =>
  inFile(name, () => {
    const files = new Map<string, string>();
    for (const { text: words, line } of linesOf(text)) {
      const [number = '', ...path] = words.split(/\s+/);
      if (!/^\d+$/.test(number) || path.length === 0) {
        throw new PairListError(line, 'a line is a number and the file that it stands for.');
      }
      files.set(number, pathOf(path.join(' ')));
    }
    return files;
  });

/**
 * CFP's own protocol, where pairs are numbers of files.
 * @throws PairListError naming file and line
 */
export const parseCfpPairs = ({ firstFiles, secondFiles, folds }: CfpProtocol): PairList => {
  const [firsts, seconds] = [
    readFiles('the first list of files', firstFiles),
    readFiles('the second list of files', secondFiles),
  ];
  const pairs = folds.flatMap(({ same, different }, fold) =>
    [
      { text: same, isSame: true, name: 'same.txt' },
      { text: different, isSame: false, name: 'diff.txt' },
    ].flatMap(({ text, isSame, name }) =>
      inFile(`${name} of split ${String(fold + 1)}`, () =>
        linesOf(text).map(({ text: numbers, line }): Pair => {
          const [one = '', two = ''] = numbers.split(',').map((word) => word.trim());
          const [first, second] = [firsts.get(one), seconds.get(two)];
          if (first === undefined || second === undefined) {
            throw new PairListError(line, `"${numbers}" names a picture that no list of files has.`);
          }
          return { first, second, isSame, fold, line };
        }),
      ),
    ),
  );
  return { format: 'cfp', pairs, folds: folds.length > 1 ? folds.length : null, remark: null };
};
