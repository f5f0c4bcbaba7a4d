import type { ValidationRequest } from '../../contract/validation.ts';
import { findImages } from '../../core/pairs/find-images.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
import { balancedFolds, consecutiveFolds, type Folds } from '../../core/verification/folds.ts';
import type { LabelledPairs } from '../../core/verification/protocol.ts';
import { unusable } from '../failure.ts';
import type { PictureVectors } from './picture-vectors.ts';

/** The pairs of a list as the protocol takes them. */
export type JudgedPairs = LabelledPairs & {
  readonly folds: Folds;
  /** Whether the folds are the list's own. */
  readonly hasOwnFolds: boolean;
  /** Beside the pairs: why one cannot be scored, as a sentence; null where it can. */
  readonly missing: readonly (string | null)[];
};

const WHY_NOT_FOUND = {
  'no-file': 'no such picture',
  'several-files': 'several pictures of that name',
} as const;

/** The row of each picture that a list names, or why it has none. */
const rowsOf = (
  { pairs }: PairList,
  { files, rows }: Pick<PictureVectors, 'files' | 'rows'>,
): ((path: string) => number | { readonly why: string }) => {
  const found = findImages(pairs, files);
  return (path) => {
    const place = found.get(path) ?? 'no-file';
    if (typeof place !== 'number') return { why: WHY_NOT_FOUND[place] };
    return rows[place] ?? { why: WHY_NOT_FOUND['no-file'] };
  };
};

/**
 * The list's own folds where it has as many as were asked for. Otherwise consecutive ones, by the seed's method regardless of what the pairs are.
 * @throws UNUSABLE when there are fewer pairs than folds
 */
const foldsOf = (
  { pairs, folds }: PairList,
  isSame: Uint8Array,
  { folds: count, method }: Pick<ValidationRequest, 'folds' | 'method'>,
): Pick<JudgedPairs, 'folds' | 'hasOwnFolds'> => {
  if (pairs.length < count) {
    throw unusable(
      `${String(pairs.length)} ${pairs.length === 1 ? 'pair' : 'pairs'} cannot be divided into ${String(count)} folds.`,
    );
  }
  if (method === 'facenet') return { folds: consecutiveFolds(pairs.length, count), hasOwnFolds: false };
  return folds === count
    ? { folds: { of: Int32Array.from(pairs, ({ fold }) => fold ?? 0), count }, hasOwnFolds: true }
    : { folds: balancedFolds(isSame, count), hasOwnFolds: false };
};

/** Finds the row of each picture of a list. @throws UNUSABLE when there are fewer pairs than folds */
export const judgedPairsOf = (
  list: PairList,
  pictures: Pick<PictureVectors, 'files' | 'rows'>,
  request: Pick<ValidationRequest, 'folds' | 'method'>,
): JudgedPairs => {
  const { pairs } = list;
  const isSame = Uint8Array.from(pairs, (pair) => (pair.isSame ? 1 : 0));
  const rowOf = rowsOf(list, pictures);
  const sideOf = (side: 'first' | 'second'): Int32Array =>
    Int32Array.from(pairs, (pair) => {
      const row = rowOf(pair[side]);
      return typeof row === 'number' ? row : -1;
    });
  const missing = pairs.map(({ first, second }) => {
    const why = [first, second].flatMap((path) => {
      const row = rowOf(path);
      return typeof row === 'number' ? [] : [`${path}: ${row.why}`];
    });
    return why.length === 0 ? null : why.join('; ');
  });
  return {
    first: sideOf('first'),
    second: sideOf('second'),
    isSame,
    missing,
    ...foldsOf(list, isSame, request),
  };
};
