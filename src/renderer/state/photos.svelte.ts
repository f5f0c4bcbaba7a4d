import { SvelteMap } from 'svelte/reactivity';
import type { Counts, Photo, PhotoFilter, PhotoSort, StudioClient } from '../../contract/studio.ts';
import { PageFetches } from './page-fetches.ts';
import { ask, follow, sentenceOf } from '../link/calls.ts';

const PAGE_ROWS = 200;
const MOST_PAGES = 80;
const MOST_IN_FLIGHT = 3;
/** The studio makes a list anew at most this often while photos change. */
const REFRESH_MS = 500;

export type Query = { readonly source: string; readonly filter: PhotoFilter; readonly sort: PhotoSort };
type Page = { readonly revision: number; readonly photos: readonly Photo[] };

const isSamePhoto = (one: Photo, other: Photo): boolean =>
  one.id === other.id &&
  one.version === other.version &&
  one.status === other.status &&
  one.reason.message === other.reason.message;

/**
 * The photos of a query, as pages of which only those in view are fetched. While photos change, pages in view are fetched
 * anew and photos that stayed the same keep their object, so that nothing flickers.
 */
export class Photos {
  /** The source that the pages are of. */
  source = $state.raw<string | null>(null);
  /** null until it is known. */
  total = $state.raw<number | null>(null);
  counts = $state.raw<Counts | null>(null);
  failure = $state.raw<string | null>(null);
  /** Grows with each query that is opened. */
  queries = $state.raw(0);
  /** Grows with each refresh of pages. */
  refreshes = $state.raw(0);
  readonly #pages = new SvelteMap<number, Page>();
  readonly #client: StudioClient;
  #query: Query | null = null;
  #latest = 0;
  #wanted = { first: 0, end: 1 };
  readonly #fetches = new PageFetches(() => performance.now());
  #timer: ReturnType<typeof setTimeout> | null = null;
  #watching: { readonly source: string; readonly stop: AbortController } | null = null;
  /** Pages of the query before are shown until the first of the new one is there. */
  #isNew = true;

  constructor(client: StudioClient) {
    this.#client = client;
  }

  /** Shows another query. */
  open(query: Query | null): void {
    this.#query = query;
    this.queries += 1;
    this.#isNew = true;
    this.failure = null;
    this.#wanted = { first: 0, end: 1 };
    this.#fetches.clear();
    if (query?.source !== this.#watching?.source) {
      // A place in another source means another photo.
      this.#pages.clear();
      this.total = null;
      this.source = query?.source ?? null;
      this.#watch(this.source);
    }
    this.#pump();
  }

  /** The photo at a place of the list; null while it is not there. */
  at(index: number): Photo | null {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.photos[index % PAGE_ROWS] ?? null;
  }

  /** Place of a photo among the pages that are there; -1 when it is in none. */
  indexOf(id: number): number {
    for (const [number, page] of this.#pages) {
      const place = page.photos.findIndex((photo) => photo.id === id);
      if (place >= 0) return number * PAGE_ROWS + place;
    }
    return -1;
  }

  /** Tells which places are in view: their pages are fetched. */
  want(first: number, end: number): void {
    this.#wanted = { first: Math.floor(first / PAGE_ROWS), end: Math.ceil(end / PAGE_ROWS) };
    this.#fetches.keep((number) => this.#isWanted(number));
    this.#pump();
  }

  /** Ids of the places `first` to `last`, fetched where they are not there. @throws the studio's refusal */
  async ids(first: number, last: number, signal: AbortSignal): Promise<readonly number[]> {
    const query = this.#query;
    const ids: number[] = [];
    const limit = 1000;
    if (query === null) return ids;
    for (let offset = first; offset <= last; offset += limit) {
      const input = { ...query, offset, limit: Math.min(limit, last - offset + 1) };
      const { photos } = await ask((inner) => this.#client.photos.list(input, { signal: inner }), signal);
      for (const { id } of photos) ids.push(id);
    }
    return ids;
  }

  /** Tries again after a refusal. */
  retry(): void {
    const query = this.#query;
    this.#watch(null);
    this.open(query);
  }

  #isWanted(number: number): boolean {
    return number >= this.#wanted.first && number < Math.max(this.#wanted.end, this.#wanted.first + 1);
  }

  #watch(source: string | null): void {
    this.#watching?.stop.abort();
    this.#watching = null;
    this.counts = null;
    this.#latest = 0;
    if (source === null) return;
    const stop = new AbortController();
    this.#watching = { source, stop };
    follow(
      (signal) => {
        // Revisions of a studio that was started anew begin again.
        this.#latest = 0;
        return this.#client.photos.watch({ source }, { signal });
      },
      {
        signal: stop.signal,
        take: ({ revision, counts }) => {
          this.#latest = revision;
          this.counts = counts;
          this.#pump();
        },
        refused: (sentence) => {
          this.failure = sentence;
        },
      },
    );
  }

  /** How long until a page may be fetched: null for never, because it is there and new, or is on its way. */
  #waitMs(number: number): number | null {
    if (this.#fetches.has(number)) return null;
    const page = this.#pages.get(number);
    if (page === undefined || this.#isNew) {
      const isBeyond = !this.#isNew && number > 0 && this.total !== null && number * PAGE_ROWS >= this.total;
      return isBeyond ? null : 0;
    }
    if (page.revision === this.#latest || this.#latest === 0) return null;
    return Math.max(0, REFRESH_MS - this.#fetches.ageMs(number));
  }

  /** Fetches what is in view and missing or old; old pages not before they can be new. */
  #pump(): void {
    const query = this.#query;
    if (query === null) return;
    let soonestMs = Infinity;
    const last = Math.max(this.#wanted.end, this.#wanted.first + 1);
    for (let number = this.#wanted.first; number < last; number += 1) {
      const waitMs = this.#waitMs(number);
      if (waitMs === null) continue;
      if (waitMs > 0) soonestMs = Math.min(soonestMs, waitMs);
      else if (this.#fetches.count < MOST_IN_FLIGHT) void this.#fetch(number, query);
    }
    if (soonestMs === Infinity) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, soonestMs);
  }

  async #fetch(number: number, query: Query): Promise<void> {
    const stop = this.#fetches.begin(number);
    const input = { ...query, offset: number * PAGE_ROWS, limit: PAGE_ROWS };
    try {
      const { total, revision, photos } = await ask(
        (signal) => this.#client.photos.list(input, { signal }),
        stop.signal,
      );
      if (this.#query !== query || stop.signal.aborted) return;
      this.#put(number, { revision, photos }, total);
    } catch (error) {
      if (this.#query === query && !stop.signal.aborted) this.failure = sentenceOf(error);
      return;
    } finally {
      this.#fetches.end(number, stop);
    }
    this.#pump();
  }

  #put(number: number, page: Page, total: number): void {
    if (this.#isNew) {
      this.#pages.clear();
      this.#isNew = false;
    }
    const old = this.#pages.get(number);
    const photos = page.photos.map((photo, index) => {
      const before = old?.photos[index];
      return before !== undefined && isSamePhoto(before, photo) ? before : photo;
    });
    this.#pages.set(number, { ...page, photos });
    this.total = total;
    this.refreshes += 1;
    for (const key of this.#pages.keys()) {
      const isFar = this.#pages.size > MOST_PAGES && !this.#isWanted(key);
      // The first page stays even when it is empty: it tells how many photos there are.
      if ((key > 0 && key * PAGE_ROWS >= total) || isFar) this.#pages.delete(key);
    }
  }
}
