import type { ClusterConflict } from '../../contract/workspace-clusters.ts';
import type { FaceTile } from '../../contract/workspace-facets.ts';
import type { Workspace } from '../workspace/open.ts';
import { tilesOf } from '../workspace/tiles.ts';
import type { Laid } from './desk.ts';

/** Rules that contradict others, with the faces that they are of. */
export const conflictsOf = (
  workspace: Workspace,
  { conflicts, ids }: Laid,
  limit: number,
): { readonly total: number; readonly conflicts: ClusterConflict[] } => {
  const tiles = ([a, b]: readonly [number, number]): [FaceTile, FaceTile][] => {
    const [one, other] = tilesOf(workspace.catalogue, workspace.faces(), [ids[a] ?? 0, ids[b] ?? 0]);
    return one === undefined || other === undefined ? [] : [[one, other]];
  };
  return {
    total: conflicts.length,
    conflicts: conflicts
      .slice(0, limit)
      .flatMap(({ kind, faces, because, pairs }) =>
        tiles(faces).map((shown) => ({ kind, faces: shown, because, pairs: pairs.flatMap(tiles) })),
      ),
  };
};
