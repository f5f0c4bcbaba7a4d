import type { FaceGroup, GroupOrder, GroupsShown } from '../../contract/workspace-clusters.ts';
import { isSameFace } from '../state/faces.svelte.ts';
import { PagedList } from '../state/paged-list.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** Faces of a group that its tile shows. */
const TILES = 4;
const MOST_IDS = 500;

export type GroupQuery = { readonly order: GroupOrder; readonly shown: GroupsShown };

const isSameGroup = (before: FaceGroup, now: FaceGroup): boolean =>
  before.size === now.size &&
  before.certainty === now.certainty &&
  before.identity?.name === now.identity?.name &&
  before.identity?.faces === now.identity?.faces &&
  before.tiles.length === now.tiles.length &&
  before.tiles.every((tile, place) => {
    const other = now.tiles[place];
    return other?.id === tile.id && isSameFace(tile, other);
  });

/** The groups of a workspace's faces, in an order. */
export class Groups extends PagedList<GroupQuery, FaceGroup> {
  constructor({ client, folder }: Workspace) {
    const read = (query: GroupQuery, offset: number, limit: number, tiles: number, signal: AbortSignal) =>
      client.workspace.clusters.groups({ workspace: folder, ...query, offset, limit, tiles }, { signal });
    super({
      async read(query, offset, limit, signal) {
        const { groups, ...told } = await read(query, offset, limit, TILES, signal);
        return { ...told, items: groups };
      },
      ids: async (query, offset, limit, signal) =>
        (await read(query, offset, limit, 0, signal)).groups.map(({ id }) => id),
      mostIds: MOST_IDS,
      isSame: isSameGroup,
    });
  }
}
