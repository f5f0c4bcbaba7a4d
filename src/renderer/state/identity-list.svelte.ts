import { SvelteMap } from 'svelte/reactivity';
import type { StudioClient } from '../../contract/studio.ts';
import type { FaceFilter } from '../../contract/workspace-faces.ts';
import type { FaceTile, IdentityPage } from '../../contract/workspace-facets.ts';
import { ask } from '../link/calls.ts';
import { PagedList, type ListPart } from './paged-list.svelte.ts';

const MOST_IDENTITIES = 1000;

export type CountedIdentity = IdentityPage['identities'][number];
export type IdentityOrder = 'faces' | 'name';
export type IdentityQuery = {
  readonly filter: FaceFilter;
  readonly search: string;
  readonly by: IdentityOrder;
};

/** The identities that have faces under a filter, with the best face of each that was in view. */
export class IdentityList {
  readonly list: PagedList<IdentityQuery, CountedIdentity>;
  readonly covers = new SvelteMap<number, FaceTile | null>();
  readonly #client: StudioClient;
  readonly #workspace: string;

  constructor(client: StudioClient, workspace: string) {
    this.#client = client;
    this.#workspace = workspace;
    this.list = new PagedList<IdentityQuery, CountedIdentity>({
      read: (...asked) => this.#read(...asked),
      ids: async (...asked) => (await this.#read(...asked)).items.map(({ id }) => id),
      mostIds: MOST_IDENTITIES,
      isSame: (before, now) => before.name === now.name && before.faces === now.faces,
    });
  }

  async #read(
    { filter, search, by }: IdentityQuery,
    offset: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<ListPart<CountedIdentity>> {
    const { total, identities } = await this.#client.workspace.facetIdentities(
      { workspace: this.#workspace, filter, identities: { search, by, offset, limit } },
      { signal },
    );
    void this.#cover(
      identities.map(({ id }) => id).filter((id) => id !== 0),
      signal,
    );
    return { total, revision: 0, items: identities };
  }

  async #cover(identities: readonly number[], signal: AbortSignal): Promise<void> {
    const input = { workspace: this.#workspace, identities: [...identities] };
    try {
      const covers = await ask((inner) => this.#client.workspace.covers(input, { signal: inner }), signal);
      for (const { identity, tile } of covers) this.covers.set(identity, tile);
    } catch {
      // A list without its pictures is still a list; the list itself tells when the studio does not answer.
      if (!signal.aborted) for (const identity of identities) this.covers.set(identity, null);
    }
  }
}
