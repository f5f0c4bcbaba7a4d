import type { PairList } from '../../core/pairs/pair-list.ts';
import type { WorkspacePictures } from '../validation/embed-workspace.ts';
import { readFacesOf } from '../validation/embed-workspace.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { vectorsOf } from './evaluate.ts';
import { pairsOfFaces, type PairsOfFaces } from './judge.ts';
import { readEvaluation, readList } from './store.ts';

/** An evaluation laid out: its list, the faces of its pictures as they are now, and their vectors. */
export type Desk = {
  readonly list: PairList;
  readonly pictures: WorkspacePictures;
  readonly pairs: PairsOfFaces;
};

type Laid = { readonly evaluation: string; readonly revision: number; readonly desk: Promise<Desk> };

const layOut = async (studio: Studio, workspace: Workspace, evaluation: string): Promise<Desk> => {
  const list = await readList(workspace.paths, evaluation);
  const { rules } = await readEvaluation(workspace.paths, evaluation);
  const pictures = await readFacesOf(workspace, studio, vectorsOf(rules));
  return { list, pictures, pairs: pairsOfFaces(workspace, list, pictures, rules) };
};

/** Keeps the evaluation that a workspace is asked about laid out, until another one is or something changed. */
export const createDesks = (studio: Studio) => {
  const laid = new WeakMap<Workspace, Laid>();
  return (workspace: Workspace, evaluation: string): Promise<Desk> => {
    const known = laid.get(workspace);
    const revision = workspace.revision();
    if (known?.evaluation === evaluation && known.revision === revision) return known.desk;
    const desk = layOut(studio, workspace, evaluation);
    laid.set(workspace, { evaluation, revision, desk });
    // A desk that could not be laid out is laid out again when it is asked for.
    desk.catch(() => {
      if (laid.get(workspace)?.desk === desk) laid.delete(workspace);
    });
    return desk;
  };
};
