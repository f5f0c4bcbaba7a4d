import { createDisjointSets } from './disjoint-sets.ts';

/** Two sets may not join because they have different colours. */
export const DIFFERENT_PEOPLE = -1;

/** Sets that grow together, but for those that were told apart. */
export type ConstrainedSets = {
  readonly find: (item: number) => number;
  /** Tells the sets of two items apart for ever, with a number that says why; false when they are one set already. */
  separate(a: number, b: number, reason: number): boolean;
  /** Why two sets may not join: the reason that was given, or `DIFFERENT_PEOPLE`; null when they may, or are one. */
  obstacle(a: number, b: number): number | null;
  /** Whether the sets of all items may become one. */
  mayBeOne(items: Iterable<number>): boolean;
  /** Joins two sets; false when they may not. */
  join(a: number, b: number): boolean;
};

/**
 * Sets of one item each.
 * @param colours for each kind of colour the colour of each item, 0 for none: sets of two different colours of a kind never join
 */
export const createConstrainedSets = (count: number, colours: readonly Int32Array[]): ConstrainedSets => {
  const sets = createDisjointSets(count);
  // By the item that stands for the set.
  const shades = colours.map((each) => each.slice());
  const enemies = new Map<number, Map<number, number>>();
  const { find } = sets;

  const obstacle = (a: number, b: number): number | null => {
    const [one, other] = [find(a), find(b)];
    if (one === other) return null;
    for (const shade of shades) {
      const [first, second] = [shade[one] ?? 0, shade[other] ?? 0];
      if (first !== 0 && second !== 0 && first !== second) return DIFFERENT_PEOPLE;
    }
    return enemies.get(one)?.get(other) ?? null;
  };
  const noteEnemy = (one: number, other: number, reason: number): void => {
    const known = enemies.get(one);
    if (known === undefined) enemies.set(one, new Map([[other, reason]]));
    else if (!known.has(other)) known.set(other, reason);
  };
  const forgetEnemies = (gone: number, kept: number): void => {
    const moved = enemies.get(gone);
    if (moved === undefined) return;
    enemies.delete(gone);
    for (const [enemy, reason] of moved) {
      enemies.get(enemy)?.delete(gone);
      noteEnemy(enemy, kept, reason);
      noteEnemy(kept, enemy, reason);
    }
  };

  const areColoursOne = (roots: ReadonlySet<number>): boolean =>
    shades.every((shade) => {
      let found = 0;
      for (const root of roots) {
        const colour = shade[root] ?? 0;
        if (colour !== 0 && found !== 0 && colour !== found) return false;
        if (colour !== 0) found = colour;
      }
      return true;
    });
  const areEnemies = (roots: ReadonlySet<number>): boolean => {
    for (const root of roots)
      for (const enemy of enemies.get(root)?.keys() ?? []) if (roots.has(enemy)) return true;
    return false;
  };

  return {
    find,
    obstacle,
    mayBeOne(items) {
      const roots = new Set<number>();
      for (const item of items) roots.add(find(item));
      return roots.size === 1 || (areColoursOne(roots) && !areEnemies(roots));
    },
    separate(a, b, reason) {
      const [one, other] = [find(a), find(b)];
      if (one === other) return false;
      noteEnemy(one, other, reason);
      noteEnemy(other, one, reason);
      return true;
    },
    join(a, b) {
      if (obstacle(a, b) !== null) return false;
      const [one, other] = [find(a), find(b)];
      if (one === other) return true;
      sets.union(one, other);
      const kept = find(one);
      const gone = kept === one ? other : one;
      for (const shade of shades)
        shade[kept] = (shade[kept] ?? 0) !== 0 ? (shade[kept] ?? 0) : (shade[gone] ?? 0);
      forgetEnemies(gone, kept);
      return true;
    },
  };
};
