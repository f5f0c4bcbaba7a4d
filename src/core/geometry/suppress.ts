import { argsortAsNumpy } from './argsort.ts';
import type { Box } from './box.ts';

export type Scored = { readonly box: Box; readonly score: number };

/** `union`: intersection over union; `smaller`: intersection over the smaller box, so that a box inside another goes. */
export type Overlap = 'union' | 'smaller';

/** Above this many boxes, neighbours are looked up in a grid: a picture of noise has tens of thousands at one scale. */
const MOST_FOR_ALL_PAIRS = 256;

// Sides are last minus first plus one pixel, as everywhere in detect_face.py.
const side = (first: number, last: number): number => last - first + 1;
// By index: a pattern would run the array's iterator, and this is the hottest loop of the engine's own thread.
const areaOf = (box: Box): number => side(box[0], box[2]) * side(box[1], box[3]);

/** How much two boxes of inclusive pixel coordinates overlap, 0 to 1. */
export const overlapOf = (a: Box, b: Box, overlap: Overlap): number => {
  const width = Math.max(0, side(Math.max(a[0], b[0]), Math.min(a[2], b[2])));
  const height = Math.max(0, side(Math.max(a[1], b[1]), Math.min(a[3], b[3])));
  const shared = width * height;
  const areaA = areaOf(a);
  const areaB = areaOf(b);
  return shared / (overlap === 'smaller' ? Math.min(areaA, areaB) : areaA + areaB - shared);
};

type Kept = { covers(box: Box): boolean; add(box: Box): void };

const keptAsList = (threshold: number, overlap: Overlap): Kept => {
  const boxes: Box[] = [];
  return {
    covers: (box) => boxes.some((kept) => overlapOf(kept, box, overlap) > threshold),
    add: (box) => boxes.push(box),
  };
};

/** More columns and rows of a grid than any picture has, so that both fit into one number. */
const GRID_SPAN = 2 ** 24;

/**
 * Squares that share more than half of their union have sides within a factor of 1.42 of each other and centres within half
 * of the longer side; so only a few cells of a grid of about their own size can hold a rival.
 */
const keptInGrid = (threshold: number): Kept => {
  const grids = new Map<number, Map<number, Box[]>>();
  const sizeClass = (box: Box): number =>
    Math.round(Math.log2(Math.max(1, side(box[0], box[2]), side(box[1], box[3]))));
  const cellOf = (box: Box, cell: number): readonly [number, number] => [
    Math.floor((box[0] + box[2]) / 2 / cell),
    Math.floor((box[1] + box[3]) / 2 / cell),
  ];
  return {
    covers(box) {
      const own = sizeClass(box);
      for (let size = own - 1; size <= own + 1; size += 1) {
        const grid = grids.get(size);
        if (grid === undefined) continue;
        const cell = 2 ** size;
        const [column, row] = cellOf(box, cell);
        // Half of the longer side, which rounding to a class may have shortened by the root of 2; in cells.
        const reach = Math.ceil((2 ** (Math.max(own, size) + 0.5) / 2 + 1) / cell);
        for (let y = row - reach; y <= row + reach; y += 1) {
          for (let x = column - reach; x <= column + reach; x += 1) {
            const rivals = grid.get(y * GRID_SPAN + x);
            if (rivals?.some((kept) => overlapOf(kept, box, 'union') > threshold) === true) return true;
          }
        }
      }
      return false;
    },
    add(box) {
      const size = sizeClass(box);
      const grid = grids.get(size) ?? new Map<number, Box[]>();
      grids.set(size, grid);
      const [column, row] = cellOf(box, 2 ** size);
      const key = row * GRID_SPAN + column;
      const list = grid.get(key);
      if (list === undefined) grid.set(key, [box]);
      else list.push(box);
    },
  };
};

/**
 * Indices of the boxes that no better one overlaps by more than `threshold`, best first (non-maximum suppression,
 * detect_face.py, nms). Equal scores come in the order of `argsortAsNumpy`, read from the end.
 * Boxes hold inclusive pixel coordinates; with `union` they are squares, which is what lets thousands be done quickly.
 */
export const suppressOverlaps = (
  candidates: readonly Scored[],
  threshold: number,
  overlap: Overlap,
): number[] => {
  const order = argsortAsNumpy(candidates.map(({ score }) => score)).reverse();
  const kept =
    overlap === 'union' && threshold >= 0.5 && candidates.length > MOST_FOR_ALL_PAIRS
      ? keptInGrid(threshold)
      : keptAsList(threshold, overlap);
  return order.filter((index) => {
    const box = candidates[index]?.box;
    if (box === undefined || kept.covers(box)) return false;
    kept.add(box);
    return true;
  });
};
