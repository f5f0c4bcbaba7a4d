import { SvelteSet } from 'svelte/reactivity';

/**
 * Which photos are selected: some by id, or all that the filter lets through but some. The active photo is the one that
 * keys move from and that the inspector shows.
 */
export class Selection {
  activeIndex = $state(0);
  activeId = $state.raw<number | null>(null);
  /** True when the whole filter is selected, except for `#ids`. */
  #isAll = $state(false);
  readonly #ids = new SvelteSet<number>();
  /** Where a range began. */
  anchorIndex = 0;

  /** True when the photo is selected. */
  has(id: number): boolean {
    return this.#ids.has(id) !== this.#isAll;
  }

  /** How many are selected of a filter that lets `total` photos through. */
  count(total: number): number {
    return this.#isAll ? Math.max(0, total - this.#ids.size) : this.#ids.size;
  }

  /** Makes a photo the active one and the only one that is selected. */
  choose(index: number, id: number | null): void {
    this.activate(index, id);
    this.anchorIndex = index;
    this.#isAll = false;
    this.#ids.clear();
    if (id !== null) this.#ids.add(id);
  }

  /** Makes a photo the active one and leaves the selection. */
  activate(index: number, id: number | null): void {
    this.activeIndex = index;
    this.activeId = id;
  }

  /** Adds a photo to the selection or takes it out. */
  toggle(index: number, id: number): void {
    this.activate(index, id);
    this.anchorIndex = index;
    if (!this.#ids.delete(id)) this.#ids.add(id);
  }

  /** Selects these and no others. */
  replace(ids: readonly number[]): void {
    this.#isAll = false;
    this.#ids.clear();
    for (const id of ids) this.#ids.add(id);
  }

  /** Selects all that the filter lets through, in view or not. */
  selectAll(): void {
    this.#isAll = true;
    this.#ids.clear();
  }

  /** Another list: nothing of it is selected. */
  reset(): void {
    this.choose(0, null);
  }
}
