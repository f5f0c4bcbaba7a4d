import type { FaceDistance, MergeSuggestion } from '../../contract/workspace-clusters.ts';
import type { Workspace } from '../workspace/open.ts';
import { tilesOf } from '../workspace/tiles.ts';
import type { Desk, Laid } from './desk.ts';
import { groupOf, membersOf } from './groups-shown.ts';

/** Faces that are shown of each group, and pairs of closest faces. */
const TILES = 12;
const PAIRS = 6;
/** Faces of a group that are compared with those of another: of large ones the most typical. */
const MOST_COMPARED = 400;

/** What speaks for two clusters being one person. @param distance the mean of the shortest between both, where it is known */
export const evidenceOf = async (
  workspace: Workspace,
  desk: Desk,
  laid: Laid,
  clusters: readonly [number, number],
  distance?: number,
): Promise<MergeSuggestion> => {
  const [ones, others] = clusters.map((cluster) => membersOf(laid, cluster).slice(0, MOST_COMPARED));
  const closest = await desk.ask('closest', {
    ones: ones ?? new Int32Array(0),
    others: others ?? new Int32Array(0),
    most: PAIRS,
  });
  const pairs = closest.flatMap(({ faces: [a, b], distance: between }): FaceDistance[] => {
    const ids = [laid.ids[a] ?? 0, laid.ids[b] ?? 0];
    const [one, other] = tilesOf(workspace.catalogue, workspace.faces(), ids);
    return one === undefined || other === undefined ? [] : [{ faces: [one, other], distance: between }];
  });
  const nearest = pairs.slice(0, 3);
  const [one, other] = clusters;
  return {
    groups: [groupOf(workspace, laid, one, TILES), groupOf(workspace, laid, other, TILES)],
    distance: distance ?? nearest.reduce((sum, pair) => sum + pair.distance, 0) / Math.max(1, nearest.length),
    pairs,
  };
};
