import type { Counts, Photo, PhotoFilter, PhotoSort, StudioClient } from '../../contract/studio.ts';
import { follow } from '../link/calls.ts';
import { PagedList } from './paged-list.svelte.ts';

/** The longest list of photos that the studio gives at once. */
const MOST_PHOTOS = 1000;

export type Query = { readonly source: string; readonly filter: PhotoFilter; readonly sort: PhotoSort };

const isSamePhoto = (one: Photo, other: Photo): boolean =>
  one.version === other.version && one.status === other.status && one.reason.message === other.reason.message;

/** The photos of a source that a query takes. */
export class Photos extends PagedList<Query, Photo> {
  /** The source that the pages are of. */
  source = $state.raw<string | null>(null);
  counts = $state.raw<Counts | null>(null);
  readonly #client: StudioClient;
  #watching: { readonly source: string; readonly stop: AbortController } | null = null;

  constructor(client: StudioClient) {
    const read = async (query: Query, offset: number, limit: number, signal: AbortSignal) => {
      const { photos, ...told } = await client.photos.list({ ...query, offset, limit }, { signal });
      return { ...told, items: photos };
    };
    super({
      read,
      ids: async (...asked) => (await read(...asked)).items.map(({ id }) => id),
      mostIds: MOST_PHOTOS,
      isSame: isSamePhoto,
    });
    this.#client = client;
  }

  /** Shows another query. */
  override open(query: Query | null): void {
    const isOfSomethingElse = query?.source !== this.#watching?.source;
    if (isOfSomethingElse) this.#watch(query?.source ?? null);
    super.open(query, isOfSomethingElse);
  }

  /** Tries again after a refusal. */
  override retry(): void {
    this.#watch(null);
    super.retry();
  }

  #watch(source: string | null): void {
    this.#watching?.stop.abort();
    this.#watching = null;
    this.source = source;
    this.counts = null;
    this.changedTo(0);
    if (source === null) return;
    const stop = new AbortController();
    this.#watching = { source, stop };
    follow(
      (signal) => {
        // Revisions of a studio that was started anew begin again.
        this.changedTo(0);
        return this.#client.photos.watch({ source }, { signal });
      },
      {
        signal: stop.signal,
        take: ({ revision, counts }) => {
          this.counts = counts;
          this.changedTo(revision);
        },
        refused: (sentence) => {
          this.failure = sentence;
        },
      },
    );
  }
}
