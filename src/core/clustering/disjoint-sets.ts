/** Sets that only grow together: union by size with path halving (Tarjan and van Leeuwen, 1984). */
export type DisjointSets = {
  /** The member that stands for the set of `item`. */
  readonly find: (item: number) => number;
  /** Joins two sets; false when they are one already. */
  union(a: number, b: number): boolean;
  sizeOf(item: number): number;
};

/** `count` sets of one. */
export const createDisjointSets = (count: number): DisjointSets => {
  const parents = Int32Array.from({ length: count }, (_, item) => item);
  const sizes = new Int32Array(count).fill(1);
  const find = (item: number): number => {
    let at = item;
    for (let parent = parents[at] ?? at; parent !== at; parent = parents[at] ?? at) {
      parents[at] = parents[parent] ?? parent;
      at = parents[at] ?? at;
    }
    return at;
  };
  return {
    find,
    union(a, b) {
      const [one, other] = [find(a), find(b)];
      if (one === other) return false;
      const isLarger = (sizes[one] ?? 0) >= (sizes[other] ?? 0);
      const [large, small] = isLarger ? [one, other] : [other, one];
      parents[small] = large;
      sizes[large] = (sizes[large] ?? 0) + (sizes[small] ?? 0);
      return true;
    },
    sizeOf: (item) => sizes[find(item)] ?? 0,
  };
};
