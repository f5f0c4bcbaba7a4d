import { createHash } from 'node:crypto';
import type { EvaluationRules } from '../../contract/evaluation.ts';
import { findImages } from '../../core/pairs/find-images.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
import { EXACT_METHOD } from '../../core/verification/method.ts';
import { evaluatePairs, type VerificationReport } from '../../core/verification/protocol.ts';
import type { KeptFace } from '../embeddings/kept-faces.ts';
import { unusable } from '../failure.ts';
import type { WorkspacePictures } from '../validation/embed-workspace.ts';
import { judgedPairsOf, type JudgedPairs } from '../validation/judged-pairs.ts';
import { figuresOf } from '../validation/validate.ts';
import type { Workspace } from '../workspace/open.ts';
import { knownOfPairs, type KnownOfPair } from './known-labels.ts';
import type { StoredState } from './store.ts';

/** A list of pairs and the faces that stand for its pictures now. */
export type PairsOfFaces = {
  readonly judged: JudgedPairs;
  /** Beside the pairs. */
  readonly sides: readonly (readonly [KeptFace | null, KeptFace | null])[];
  readonly known: readonly KnownOfPair[];
};

/** Finds the faces of a list's pictures and what is known of them. @throws UNUSABLE when there are fewer pairs than folds */
export const pairsOfFaces = (
  workspace: Pick<Workspace, 'catalogue' | 'faces'>,
  list: PairList,
  pictures: WorkspacePictures,
  { folds }: Pick<EvaluationRules, 'folds'>,
): PairsOfFaces => {
  const found = findImages(list.pairs, pictures.files);
  const faceOf = (path: string): KeptFace | null => {
    const place = found.get(path);
    return typeof place === 'number' ? (pictures.faces[place] ?? null) : null;
  };
  const sides = list.pairs.map(({ first, second }) => [faceOf(first), faceOf(second)] as const);
  const known = knownOfPairs(
    workspace,
    sides.map(([first, second]) =>
      first === null || second === null || first.face === second.face ? null : [first.face, second.face],
    ),
  );
  return { judged: judgedPairsOf(list, pictures, { folds, method: 'exact' }), sides, known };
};

/** Whether something else is known of a pair than its list says. */
const isLabelError = ({ isSame }: KnownOfPair, listed: number | undefined): boolean =>
  isSame !== null && isSame !== (listed === 1);

/** The pairs of which another thing is known, by their place. */
export const labelErrorsOf = ({ judged, known }: Pick<PairsOfFaces, 'judged' | 'known'>): readonly number[] =>
  known.flatMap((each, pair) => (isLabelError(each, judged.isSame[pair]) ? [pair] : []));

/** The labels with those put right that are known otherwise. */
const correctedLabels = ({ judged, known }: PairsOfFaces): Uint8Array =>
  judged.isSame.map((listed, pair) => {
    const isSame = known[pair]?.isSame ?? null;
    return isSame === null ? listed : isSame ? 1 : 0;
  });

/** All that figures hang on besides the rules: which face as it lies stands for which picture, and what is known of the pairs. */
export const digestOf = ({ judged, sides, known }: PairsOfFaces): string => {
  const hash = createHash('sha256');
  sides.forEach(([first, second], pair) => {
    const [a, b] = [judged.first[pair] ?? -1, judged.second[pair] ?? -1];
    for (const [face, row] of [
      [first, a],
      [second, b],
    ] as const)
      hash.update(face === null || row < 0 ? '-' : face.key);
    const isSame = known[pair]?.isSame ?? null;
    hash.update(isSame === null ? '?' : isSame ? '1' : '0');
  });
  return hash.digest('hex');
};

/** What a state of the workspace gives. */
export type Judged = {
  readonly state: Omit<StoredState, 'number' | 'atMs' | 'sequence'>;
  readonly report: VerificationReport;
};

/** Judges pairs as they are now, as the list labels them and as they are known. @throws UNUSABLE when none can be scored */
export const judgePairs = (
  pairs: PairsOfFaces,
  { vectors }: Pick<WorkspacePictures, 'vectors'>,
  rules: EvaluationRules,
): Judged => {
  const { judged } = pairs;
  const { metric, subtractsMean, farTarget, missing } = rules;
  const missingCount = judged.missing.filter((reason) => reason !== null).length;
  const scored = judged.isSame.length - missingCount;
  if (scored === 0)
    throw unusable(
      `None of the ${String(judged.isSame.length)} pairs of ${rules.pairs} can be scored: its pictures are not those of this workspace (${judged.missing[0] ?? ''}).`,
    );
  const evaluate = (isSame: Uint8Array): VerificationReport =>
    evaluatePairs(
      vectors,
      { ...judged, isSame },
      { metric, subtractsMean, farTarget, missing, folds: judged.folds },
      EXACT_METHOD,
    );
  const report = evaluate(judged.isSame);
  const labelErrors = labelErrorsOf(pairs).length;
  return {
    state: {
      digest: digestOf(pairs),
      figures: figuresOf(report),
      corrected: labelErrors === 0 ? null : figuresOf(evaluate(correctedLabels(pairs))),
      thresholds: report.folds.map(({ threshold }) => threshold),
      scored,
      missing: missingCount,
      labelErrors,
    },
    report,
  };
};
