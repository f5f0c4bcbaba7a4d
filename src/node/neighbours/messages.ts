/** What the threads of a search share: all arrays lie in shared memory, so none is copied. */
export type SearchWork = {
  readonly count: number;
  readonly dimensions: number;
  readonly k: number;
  readonly rowsAtOnce: number;
  /** [count, dimensions] */
  readonly values: Float32Array;
  /** See `SearchLoops.arrange`. */
  readonly panels: Float32Array;
  readonly squares: Float32Array;
  /** [count, k] */
  readonly indices: Int32Array;
  readonly distances: Float32Array;
  /** The first row that nobody has taken, rows done, and 1 when the search is to stop. */
  readonly counters: Int32Array;
};

/** The same for a question for foreign neighbours. */
export type ForeignWork = Omit<SearchWork, 'k' | 'distances'> & {
  /** See `SearchLoops.searchForeign`. */
  readonly groups: Int32Array;
  readonly cores: Float64Array | null;
  readonly rows: Int32Array;
  readonly bounds: Float64Array;
  /** [rows] */
  readonly distances: Float64Array;
};

/** Places in `SearchWork.counters`. */
export const COUNTER = { taken: 0, done: 1, stop: 2 } as const;
