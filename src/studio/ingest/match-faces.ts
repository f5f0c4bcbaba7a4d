import type { Box } from '../../contract/faces.ts';

/** Two boxes that share this much of their joint area show the same face. */
const SAME_FACE_OVERLAP = 0.5;

const areaOf = ([x1, y1, x2, y2]: Box): number => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

const overlap = (a: Box, b: Box): number => {
  const shared = areaOf([
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ]);
  const joint = areaOf(a) + areaOf(b) - shared;
  return joint === 0 ? 0 : shared / joint;
};

/**
 * For each box that was found the id of the known face that it shows, or null for a new one. So what was decided of a face stays with
 * it when its photo is looked at again, with whatever settings. Pairs that overlap most are joined first; each face is given once.
 */
export const matchFaces = (
  found: readonly Box[],
  known: readonly { readonly id: number; readonly box: Box }[],
): readonly (number | null)[] => {
  const pairs = found
    .flatMap((box, place) => known.map((face) => ({ place, id: face.id, overlap: overlap(box, face.box) })))
    .filter((pair) => pair.overlap >= SAME_FACE_OVERLAP)
    .sort((a, b) => b.overlap - a.overlap || a.place - b.place || a.id - b.id);
  const matched = found.map((): number | null => null);
  const given = new Set<number>();
  for (const { place, id } of pairs) {
    if (matched[place] !== null || given.has(id)) continue;
    matched[place] = id;
    given.add(id);
  }
  return matched;
};
