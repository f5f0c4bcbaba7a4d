import type { GroupCut } from '../../contract/workspace-clusters.ts';
import { MOST_CUT } from '../../core/clustering/cut.ts';
import { unusable } from '../failure.ts';
import type { Workspace } from '../workspace/open.ts';
import { tilesOf } from '../workspace/tiles.ts';
import type { Desk, Laid } from './desk.ts';

/** Faces that are shown of each part. */
const TILES = 8;

/** The parts of a group at a distance. @param faces places @throws UNUSABLE for a group too large to be cut while somebody waits */
export const cutOf = async (
  workspace: Workspace,
  desk: Desk,
  { ids }: Laid,
  faces: Int32Array,
  distance: number,
): Promise<GroupCut> => {
  if (faces.length > MOST_CUT)
    throw unusable(
      `The group has ${String(faces.length)} faces, and at most ${String(MOST_CUT)} are cut: choose stricter parameters for all groups first.`,
    );
  const { parts, whole } = await desk.ask('cut', { faces: faces.slice(), distance });
  const named = parts.map((part) => Array.from(part, (place) => ids[place] ?? 0));
  return {
    parts: named,
    tiles: named.map((part) => tilesOf(workspace.catalogue, workspace.faces(), part.slice(0, TILES))),
    whole,
  };
};
