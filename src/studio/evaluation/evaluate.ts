import { basename, resolve } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import { MOST_EVALUATED_PAIRS, type EvaluationRules } from '../../contract/evaluation.ts';
import { lastSequence } from '../edits/journal.ts';
import { unusable, writeFailure } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { findAskedModel, type ByModel } from '../validation/asked-model.ts';
import { embedFacesOf } from '../validation/embed-workspace.ts';
import { readPairs } from '../validation/read-pairs.ts';
import { remarksOn } from '../validation/remarks.ts';
import { UNITS } from '../validation/validate.ts';
import type { Workspace } from '../workspace/open.ts';
import { judgePairs, pairsOfFaces } from './judge.ts';
import { addEvaluation, addState, readEvaluation, readList, type StoredEvaluation } from './store.ts';

/** The vectors by which an evaluation judges. */
export const vectorsOf = ({ model, isFlipped }: Pick<EvaluationRules, 'model' | 'isFlipped'>): ByModel => ({
  ...{ kind: 'model', model, isFlipped },
  standardisation: null,
});

/** Judges a list by the faces that a workspace keeps, and keeps what comes of it. @throws UNUSABLE, FAILED, or the signal's reason */
export const evaluateList = async (
  studio: Studio,
  workspace: Workspace,
  { rules: given, engine: choice }: { readonly rules: EvaluationRules; readonly engine: EngineChoice },
  hooks: WorkHooks,
): Promise<StoredEvaluation> => {
  const { folder } = workspace.paths;
  const list = await readPairs(resolve(given.pairs));
  if (list.pairs.length > MOST_EVALUATED_PAIRS)
    throw unusable(
      `${given.pairs} has ${list.pairs.length.toLocaleString('en-US')} pairs, and ${MOST_EVALUATED_PAIRS.toLocaleString('en-US')} are the most that a window shows: judge it by the command "validate".`,
    );
  const asked = vectorsOf(given);
  const { model } = await findAskedModel({ home: studio.home, workspace: folder }, asked);
  const { id, title } = model.manifest;
  // From now on it is this model, whatever the default becomes.
  const rules = { ...given, pairs: resolve(given.pairs), model: id };
  const pictures = await embedFacesOf(workspace, studio, choice, vectorsOf(rules), hooks);
  const pairs = pairsOfFaces(workspace, list, pictures, rules);
  const { state, report } = judgePairs(pairs, pictures, rules);
  const same = list.pairs.filter(({ isSame }) => isSame).length;
  hooks.signal.throwIfAborted();
  try {
    return await addEvaluation(
      workspace.paths,
      {
        name: basename(rules.pairs),
        rules,
        model: { id, title, dimensions: pictures.vectors.dimensions },
        unit: UNITS[rules.metric],
        pairs: list.pairs.length,
        same,
        different: list.pairs.length - same,
        hasOwnFolds: pairs.judged.hasOwnFolds,
        remarks: [
          ...remarksOn(report, { list, name: rules.pairs, folds: rules.folds, method: 'exact', pictures }),
        ],
        states: [{ ...state, number: 1, atMs: studio.now(), sequence: lastSequence(workspace.catalogue) }],
      },
      list,
      report.distances,
    );
  } catch (error) {
    throw writeFailure(error, folder);
  }
};

/**
 * Judges the list of an evaluation again by the faces as they are now, and adds a state where it hangs on anything that changed.
 * @throws NOT_FOUND, UNUSABLE, FAILED, or the signal's reason
 */
export const evaluateAgain = async (
  studio: Studio,
  workspace: Workspace,
  { evaluation: id, engine: choice }: { readonly evaluation: string; readonly engine: EngineChoice },
  hooks: WorkHooks,
): Promise<StoredEvaluation> => {
  const { paths } = workspace;
  const list = await readList(paths, id);
  const { rules } = await readEvaluation(paths, id);
  const pictures = await embedFacesOf(workspace, studio, choice, vectorsOf(rules), hooks);
  const { state, report } = judgePairs(pairsOfFaces(workspace, list, pictures, rules), pictures, rules);
  hooks.signal.throwIfAborted();
  const evaluation = await readEvaluation(paths, id);
  const last = evaluation.states.at(-1);
  if (last?.digest === state.digest) return evaluation;
  const added = {
    ...state,
    number: (last?.number ?? 0) + 1,
    atMs: studio.now(),
    sequence: lastSequence(workspace.catalogue),
  };
  try {
    return await addState(paths, evaluation, added, report.distances);
  } catch (error) {
    throw writeFailure(error, paths.folder);
  }
};
