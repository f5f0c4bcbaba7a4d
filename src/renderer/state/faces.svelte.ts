import type { StudioClient } from '../../contract/studio.ts';
import type { FaceFilter, FaceSort } from '../../contract/workspace-faces.ts';
import type { FaceTile } from '../../contract/workspace-facets.ts';
import { PagedList } from './paged-list.svelte.ts';

/** As many as a selection names at most. */
const MOST_IDS = 1_000_000;

export type FaceQuery = { readonly filter: FaceFilter; readonly sort: FaceSort };

/** Whether a face that was read anew shows the same as before. */
export const isSameFace = (one: FaceTile, other: FaceTile): boolean =>
  one.version === other.version &&
  one.state === other.state &&
  one.identity?.id === other.identity?.id &&
  one.identity?.name === other.identity?.name &&
  one.isChosen === other.isChosen &&
  one.isEdited === other.isEdited &&
  one.isStale === other.isStale;

/** The faces of a workspace that a query takes. */
export class Faces extends PagedList<FaceQuery, FaceTile> {
  constructor(client: StudioClient, workspace: string) {
    super({
      async read(query, offset, limit, signal) {
        const input = { workspace, ...query, offset, limit };
        const { tiles, ...told } = await client.workspace.tiles(input, { signal });
        return { ...told, items: tiles };
      },
      async ids(query, offset, limit, signal) {
        const input = { workspace, ...query, from: offset, to: offset + limit - 1 };
        return (await client.workspace.facesBetween(input, { signal })).faces;
      },
      mostIds: MOST_IDS,
      isSame: isSameFace,
    });
  }
}
