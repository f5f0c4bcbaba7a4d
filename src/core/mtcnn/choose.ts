import type { Box } from '../geometry/box.ts';

type Size = { readonly widthPx: number; readonly heightPx: number };

const offsetFromCentre = ([x1, y1, x2, y2]: Box, { widthPx, heightPx }: Size): number =>
  Math.hypot((x1 + x2) / 2 - widthPx / 2, (y1 + y2) / 2 - heightPx / 2);

const areaOf = ([x1, y1, x2, y2]: Box): number => (x2 - x1) * (y2 - y1);

/** At this share of the photo's shorter side from its centre, a face counts as 1/e of its area. */
const CENTRE_RADIUS = 0.25;

const worth = (box: Box, size: Size): number => {
  const radius = CENTRE_RADIUS * Math.min(size.widthPx, size.heightPx);
  return areaOf(box) * Math.exp(-((offsetFromCentre(box, size) / radius) ** 2));
};

/** The seed's rule, in which a face far from the centre counts less than nothing, so that any speck in the middle beats it (D6). */
const worthToFacenet = (box: Box, size: Size): number => areaOf(box) - 2 * offsetFromCentre(box, size) ** 2;

/** Index of the face that a photo is most likely about, or null without faces: large, and near the centre. */
export const chooseFace = (boxes: readonly Box[], size: Size, asFacenet: boolean): number | null => {
  const rule = asFacenet ? worthToFacenet : worth;
  let best: number | null = null;
  let bestWorth = Number.NEGATIVE_INFINITY;
  boxes.forEach((box, index) => {
    const value = rule(box, size);
    if (value > bestWorth) [best, bestWorth] = [index, value];
  });
  return best;
};
