import { SvelteMap } from 'svelte/reactivity';
import type { GridList } from '../grid/list.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import { PageFetches } from './page-fetches.ts';

const PAGE_ROWS = 200;
const MOST_PAGES = 80;
const MOST_IN_FLIGHT = 3;
/** The studio makes a list anew at most this often while its items change. */
const REFRESH_MS = 500;

/** A part of a list, and the revision of the list that it was cut from. */
export type ListPart<Item> = {
  readonly total: number;
  readonly revision: number;
  readonly items: readonly Item[];
};

/** How a list is read. */
export type ListReader<Query, Item> = {
  read(query: Query, offset: number, limit: number, signal: AbortSignal): Promise<ListPart<Item>>;
  ids(query: Query, offset: number, limit: number, signal: AbortSignal): Promise<readonly number[]>;
  /** The longest part that `ids` gives at once. */
  readonly mostIds: number;
  /** Whether an item that was read anew shows the same as before. */
  isSame(before: Item, now: Item): boolean;
};

type Page<Item> = { readonly revision: number; readonly age: number; readonly items: readonly Item[] };

/**
 * The items of a query, as pages of which only those in view are fetched. While items change, pages in view are fetched
 * anew and items that stayed the same keep their object, so that nothing flickers.
 */
export class PagedList<Query, Item extends { readonly id: number }> implements GridList {
  /** null until it is known. */
  total = $state.raw<number | null>(null);
  failure = $state.raw<string | null>(null);
  /** Grows with each query that is opened. */
  queries = $state.raw(0);
  /** Grows with each refresh of pages. */
  refreshes = $state.raw(0);
  readonly #pages = new SvelteMap<number, Page<Item>>();
  readonly #reader: ListReader<Query, Item>;
  readonly #fetches = new PageFetches(() => performance.now());
  #query: Query | null = null;
  /** The revision that pages should have; 0 while nobody told one. */
  #latest = 0;
  /** Grows with each change that must be seen at once. */
  #age = 0;
  #wanted = { first: 0, end: 1 };
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Pages of the query before are shown until the first of the new one is there. */
  #isNew = true;

  constructor(reader: ListReader<Query, Item>) {
    this.#reader = reader;
  }

  /** Shows another query. Items of the one before are shown until then, unless they are of something else altogether. */
  open(query: Query | null, isOfSomethingElse = false): void {
    this.#query = query;
    this.queries += 1;
    this.#isNew = true;
    this.failure = null;
    this.#wanted = { first: 0, end: 1 };
    this.#fetches.clear();
    if (isOfSomethingElse) {
      // A place in another list means another item.
      this.#pages.clear();
      this.total = null;
    }
    this.#pump();
  }

  /** The item at a place of the list; null while it is not there. */
  at(index: number): Item | null {
    return this.#pages.get(Math.floor(index / PAGE_ROWS))?.items[index % PAGE_ROWS] ?? null;
  }

  /** Place of an item among the pages that are there; -1 when it is in none. */
  indexOf(id: number): number {
    for (const [number, page] of this.#pages) {
      const place = page.items.findIndex((item) => item.id === id);
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
    const { mostIds } = this.#reader;
    if (query === null) return ids;
    for (let offset = first; offset <= last; offset += mostIds) {
      const limit = Math.min(mostIds, last - offset + 1);
      const part = await ask((inner) => this.#reader.ids(query, offset, limit, inner), signal);
      for (const id of part) ids.push(id);
    }
    return ids;
  }

  /** The list has this revision now; pages in view follow, not more often than they can be made. 0 forgets what was told. */
  changedTo(revision: number): void {
    this.#latest = revision;
    this.#pump();
  }

  /** A person changed something: what is in view is fetched anew at once. */
  outdate(): void {
    this.#age += 1;
    this.#fetches.clear();
    this.#pump();
  }

  /** Tries again after a refusal. */
  retry(): void {
    this.open(this.#query, true);
  }

  /** Ends every call; the list asks for nothing more. */
  close(): void {
    this.#query = null;
    this.#fetches.clear();
  }

  #isWanted(number: number): boolean {
    return number >= this.#wanted.first && number < Math.max(this.#wanted.end, this.#wanted.first + 1);
  }

  /** How long until a page may be fetched: null for never, because it is there and new, or is on its way. */
  #waitMs(number: number): number | null {
    if (this.#fetches.has(number)) return null;
    const page = this.#pages.get(number);
    if (page === undefined || this.#isNew) {
      const isBeyond = !this.#isNew && number > 0 && this.total !== null && number * PAGE_ROWS >= this.total;
      return isBeyond ? null : 0;
    }
    if (page.age !== this.#age) return 0;
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
    const age = this.#age;
    try {
      const { total, revision, items } = await ask(
        (signal) => this.#reader.read(query, number * PAGE_ROWS, PAGE_ROWS, signal),
        stop.signal,
      );
      if (this.#query !== query || stop.signal.aborted) return;
      this.#put(number, { revision, age, items }, total);
    } catch (error) {
      if (this.#query === query && !stop.signal.aborted) this.failure = sentenceOf(error);
      return;
    } finally {
      this.#fetches.end(number, stop);
    }
    this.#pump();
  }

  #put(number: number, page: Page<Item>, total: number): void {
    if (this.#isNew) {
      this.#pages.clear();
      this.#isNew = false;
    }
    const old = this.#pages.get(number);
    const items = page.items.map((item, index) => {
      const before = old?.items[index];
      return before?.id === item.id && this.#reader.isSame(before, item) ? before : item;
    });
    this.#pages.set(number, { ...page, items });
    this.total = total;
    this.refreshes += 1;
    for (const key of this.#pages.keys()) {
      const isFar = this.#pages.size > MOST_PAGES && !this.#isWanted(key);
      // The first page stays even when it is empty: it tells how many items there are.
      if ((key > 0 && key * PAGE_ROWS >= total) || isFar) this.#pages.delete(key);
    }
  }
}
