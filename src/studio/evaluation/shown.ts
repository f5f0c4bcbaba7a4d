import type { EvaluatedPair, EvaluatedPairs, Evaluation } from '../../contract/evaluation.ts';
import type { Database } from '../catalogue/database.ts';
import { readStepLabel } from '../edits/journal.ts';
import type { KeptFace } from '../embeddings/kept-faces.ts';
import { findImages } from '../../core/pairs/find-images.ts';
import type { PairList } from '../../core/pairs/pair-list.ts';
import type { JudgedPairs } from '../validation/judged-pairs.ts';
import { placeOf } from '../faces/columns.ts';
import { notFound } from '../failure.ts';
import { photosByFile } from '../validation/workspace-pictures.ts';
import type { Workspace } from '../workspace/open.ts';
import type { Desk } from './desk.ts';
import { digestOf, labelErrorsOf } from './judge.ts';
import { readDistances, readEvaluation, type StoredEvaluation } from './store.ts';

/** An evaluation as it is told: with what the history says was done before each state. */
export const toldEvaluation = (
  catalogue: Database,
  { states, ...evaluation }: StoredEvaluation,
): Evaluation => ({
  ...evaluation,
  states: states.map((stored) => {
    const { number, atMs, figures, corrected, scored, missing, labelErrors, sequence } = stored;
    const step = readStepLabel(catalogue, sequence);
    return { number, atMs, figures, corrected, scored, missing, labelErrors, step };
  }),
});

const MOST_MISSING = 500;

const missingPairs = ({ pairs }: PairList, { folds, missing }: JudgedPairs): EvaluatedPairs['missing'] =>
  pairs
    .flatMap(({ line }, pair) => {
      const reason = missing[pair] ?? null;
      return reason === null ? [] : [{ pair, fold: folds.of[pair] ?? 0, line, reason }];
    })
    .sort((a, b) => a.fold - b.fold || a.line - b.line)
    .slice(0, MOST_MISSING);

/** Every pair of an evaluation at a state, with what is known of it now. @throws NOT_FOUND or FAILED */
export const shownPairs = async (
  { paths }: Workspace,
  { evaluation: id, state: number }: { readonly evaluation: string; readonly state: number },
  { list, pairs }: Desk,
): Promise<EvaluatedPairs> => {
  const { states } = await readEvaluation(paths, id);
  const state = states.find((each) => each.number === number);
  if (state === undefined) throw notFound(`Evaluation ${id} has no state ${String(number)} any more.`);
  const distances = await readDistances(paths, id, number);
  const { judged, known } = pairs;
  return {
    distances: Array.from(distances, (distance) => (Number.isNaN(distance) ? null : distance)),
    same: [...judged.isSame],
    folds: [...judged.folds.of],
    thresholds: state.thresholds,
    labelErrors: [...labelErrorsOf(pairs)],
    hard: known.flatMap(({ isHard }, pair) => (isHard ? [pair] : [])),
    missing: missingPairs(list, judged),
    isCurrent: states.at(-1)?.digest === digestOf(pairs),
  };
};

/** The photos of pictures of a list, whether or not a face stands for them, by the paths of the list. */
const photosOfList = (workspace: Workspace, { pairs }: PairList): ((path: string) => number | null) => {
  const photos = [...photosByFile(workspace)].sort(([a], [b]) => (a < b ? -1 : 1));
  const found = findImages(
    pairs,
    photos.map(([file]) => file),
  );
  return (path) => {
    const place = found.get(path);
    return typeof place === 'number' ? (photos[place]?.[1] ?? null) : null;
  };
};

/** What some pairs show now. @throws NOT_FOUND for a place that no pair has */
export const describedPairs = (
  workspace: Workspace,
  wanted: readonly number[],
  { list, pairs }: Desk,
): readonly EvaluatedPair[] => {
  const columns = workspace.faces().columns();
  const areMissing = wanted.some((place) => (pairs.judged.missing[place] ?? null) !== null);
  const photoOf = areMissing ? photosOfList(workspace, list) : () => null;
  const sideOf = (path: string, face: KeptFace | null | undefined): EvaluatedPair['first'] => ({
    path,
    face: face?.face ?? null,
    photo:
      face === null || face === undefined
        ? photoOf(path)
        : (columns.photos[placeOf(columns, face.face)] ?? null),
  });
  return wanted.map((place) => {
    const pair = list.pairs[place];
    if (pair === undefined) throw notFound(`The list has no pair ${String(place)}.`);
    const [first, second] = pairs.sides[place] ?? [];
    return {
      pair: place,
      line: pair.line,
      first: sideOf(pair.first, first),
      second: sideOf(pair.second, second),
      missing: pairs.judged.missing[place] ?? null,
    };
  });
};
