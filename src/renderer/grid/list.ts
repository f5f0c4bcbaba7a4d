/** A list that a grid shows: only what is in view is there. */
export type GridList = {
  /** null until it is known. */
  readonly total: number | null;
  /** Grows with each other list that takes the place of this one. */
  readonly queries: number;
  /** The item at a place; null while it is not there. */
  at(index: number): { readonly id: number } | null;
  /** Tells which places are in view. */
  want(first: number, end: number): void;
  /** Ids of the places `first` to `last`. @throws why they cannot be had */
  ids(first: number, last: number, signal: AbortSignal): Promise<readonly number[]>;
};
