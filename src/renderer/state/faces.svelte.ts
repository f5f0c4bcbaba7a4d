import type { StudioClient } from '../../contract/studio.ts';
import type { FaceFilter, FaceSort, FaceSummary } from '../../contract/workspace-faces.ts';
import { PagedList } from './paged-list.svelte.ts';

/** As many as a selection names at most. */
const MOST_IDS = 1_000_000;

export type FaceQuery = { readonly filter: FaceFilter; readonly sort: FaceSort };

const isSameFace = (one: FaceSummary, other: FaceSummary): boolean =>
  one.crop === other.crop &&
  one.state === other.state &&
  one.identity?.id === other.identity?.id &&
  one.identity?.name === other.identity?.name &&
  one.isChosen === other.isChosen &&
  one.isEdited === other.isEdited &&
  one.isStale === other.isStale &&
  one.file === other.file &&
  one.box.every((edge, place) => edge === other.box[place]);

/** The faces of a workspace that a query takes. */
export class Faces extends PagedList<FaceQuery, FaceSummary> {
  constructor(client: StudioClient, workspace: string) {
    super({
      async read(query, offset, limit, signal) {
        const input = { workspace, ...query, offset, limit };
        const { faces, ...told } = await client.workspace.faces(input, { signal });
        return { ...told, items: faces };
      },
      ids: (query, offset, limit, signal) =>
        client.workspace.faceIds({ workspace, ...query, offset, limit }, { signal }),
      mostIds: MOST_IDS,
      isSame: isSameFace,
    });
  }
}
