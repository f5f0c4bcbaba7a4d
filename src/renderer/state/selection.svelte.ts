import { SvelteSet } from 'svelte/reactivity';

/**
 * Which items of a list are selected: some by id, or all that the filter lets through but some. The active one is where
 * keys move from and what the inspector shows.
 */
export class Selection {
  activeIndex = $state(0);
  activeId = $state.raw<number | null>(null);
  /** True when the whole filter is selected, except for `#ids`. */
  #isAll = $state(false);
  readonly #ids = new SvelteSet<number>();
  /** Where a range began. */
  anchorIndex = 0;

  /** True when the item is selected. */
  has(id: number): boolean {
    return this.#ids.has(id) !== this.#isAll;
  }

  /** How many are selected of a filter that lets `total` items through. */
  count(total: number): number {
    return this.#isAll ? Math.max(0, total - this.#ids.size) : this.#ids.size;
  }

  /** Makes an item the active one and the only one that is selected. */
  choose(index: number, id: number | null): void {
    this.activate(index, id);
    this.anchorIndex = index;
    this.#isAll = false;
    this.#ids.clear();
    if (id !== null) this.#ids.add(id);
  }

  /** Makes an item the active one and leaves the selection. */
  activate(index: number, id: number | null): void {
    this.activeIndex = index;
    this.activeId = id;
  }

  /** Adds an item to the selection or takes it out. */
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

  /** What is selected: these, or all that the filter lets through but these. */
  chosen(): { readonly isAll: boolean; readonly ids: ReadonlySet<number> } {
    return { isAll: this.#isAll, ids: this.#ids };
  }

  /** Keeps the active item the active one when its list moved below it. False when the list has it no more, as far as it is there. */
  follow(list: { at(index: number): { readonly id: number } | null; indexOf(id: number): number }): boolean {
    const there = list.at(this.activeIndex);
    if (there !== null && there.id === this.activeId) return true;
    const moved = this.activeId === null ? -1 : list.indexOf(this.activeId);
    if (moved >= 0) this.activate(moved, this.activeId);
    else if (there !== null) this.activate(this.activeIndex, there.id);
    return moved >= 0;
  }

  /** Another list: nothing of it is selected. */
  reset(): void {
    this.choose(0, null);
  }
}
