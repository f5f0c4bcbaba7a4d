/** A distance on an axis; `plain` stands back behind what is in question. */
export type DistanceMark = { readonly distance: number; readonly tone: 'accent' | 'plain' };

/** Where distances of a kind lie. */
export type DistanceSpread = {
  readonly kind: 'same' | 'different';
  readonly range: readonly [number, number];
  readonly words: string;
};
