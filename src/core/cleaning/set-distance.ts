import { distanceBetween, type Vectors } from '../neighbours/graph.ts';

/** A face and how far it is. */
export type Reference = { readonly face: number; readonly distance: number };

/** Most faces of an identity that speak for it. */
const MOST_REFERENCES = 3;

/**
 * How many of an identity's faces are asked: its nearest half, at most three. One person has many looks, so the far ones say little; and as long
 * as fewer than half of them are wrong, at least one that is right is asked.
 */
export const referencesAsked = (size: number): number => Math.min(MOST_REFERENCES, Math.ceil(size / 2));

/** The `most` nearest of `faces` to `face`, which is not among them itself, nearest first. */
export const nearestOf = (
  vectors: Vectors,
  face: number,
  faces: Iterable<number>,
  most: number,
): readonly Reference[] => {
  const nearest: Reference[] = [];
  for (const other of faces) {
    if (other === face) continue;
    const distance = distanceBetween(vectors, face, other);
    const last = nearest[most - 1];
    if (last !== undefined && distance >= last.distance) continue;
    let place = Math.min(nearest.length, most - 1);
    while (place > 0 && distance < (nearest[place - 1]?.distance ?? 0)) {
      const before = nearest[place - 1];
      if (before !== undefined) nearest[place] = before;
      place -= 1;
    }
    nearest[place] = { face: other, distance };
  }
  return nearest;
};

/** Mean distance of references. */
export const meanDistance = (references: readonly Reference[]): number =>
  references.reduce((sum, { distance }) => sum + distance, 0) / references.length;
