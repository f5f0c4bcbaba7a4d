/**
 * The search for nearest neighbours, written twice with the same results: in `plain-search.ts` for every machine, and in
 * `native/neighbours.cc`. All arrays are given flat, so that both can take them as they are, and may be shared by threads.
 */
export type SearchLoops = {
  /**
   * Lays vectors [count, dimensions] into panels [count / 32 rounded up, dimensions, 32] and their squared lengths into `squares`, with
   * infinity for what fills up the last panel.
   */
  arrange(
    vectors: Float32Array,
    count: number,
    dimensions: number,
    panels: Float32Array,
    squares: Float32Array,
  ): void;
  /** Finds the `k` nearest of the rows `first` to below `last`, and writes them at these rows' places of [count, k]. `k` is below `count`. */
  search(
    vectors: Float32Array,
    count: number,
    dimensions: number,
    panels: Float32Array,
    squares: Float32Array,
    k: number,
    first: number,
    last: number,
    indices: Int32Array,
    distances: Float32Array,
  ): void;
  /**
   * Finds for each of `rows`, from place `first` to below `last`, a nearest vector of another group within its bound, and writes it at that place: -1 and
   * infinity where there is none. Vectors of group -1 are nobody's. With `cores` [count] the distance is the largest of it and both cores.
   */
  searchForeign(
    vectors: Float32Array,
    count: number,
    dimensions: number,
    panels: Float32Array,
    squares: Float32Array,
    groups: Int32Array,
    cores: Float64Array | null,
    rows: Int32Array,
    bounds: Float64Array,
    first: number,
    last: number,
    indices: Int32Array,
    distances: Float64Array,
  ): void;
};

/** Vectors that lie side by side in a panel. */
export const PANEL = 32;

/** `count` rounded up to whole panels. */
export const paddedCount = (count: number): number => Math.ceil(count / PANEL) * PANEL;
