import { CELL_STRIDE_PX, cellsAlong } from './pyramid.ts';

/**
 * Side of the square canvas on which pieces of many pyramids are laid side by side for one run of the P-net. Every run has
 * the same shape, whatever the sizes of the photos. At 512 px its activations still fit the caches: 1.0 ms for the pyramid
 * of a 250 px photo on two cores, 1.7 ms at 1,024 px, 1.4 ms in batches of 32 equal photos.
 */
export const CANVAS_SIDE_PX = 512;
export const CANVAS_CELLS = cellsAlong(CANVAS_SIDE_PX);

/** Pixels that a row of cells needs beyond 2 for each: the receptive field of 12 less the stride of 2. */
const OVERLAP_PX = 10;

/** A rectangle of a level, small enough for a canvas, and the cells that it yields. In pixels and cells of the level. */
export type Tile = {
  readonly xPx: number;
  readonly yPx: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly columns: number;
  readonly rows: number;
};

const splitAxis = (
  sizePx: number,
): { readonly startPx: number; readonly sizePx: number; readonly cells: number }[] => {
  const cells = cellsAlong(sizePx);
  const pieces = [];
  for (let first = 0; first < cells; first += CANVAS_CELLS) {
    const isLast = first + CANVAS_CELLS >= cells;
    const startPx = first * CELL_STRIDE_PX;
    pieces.push({
      startPx,
      sizePx: isLast ? sizePx - startPx : CANVAS_CELLS * CELL_STRIDE_PX + OVERLAP_PX,
      cells: isLast ? cells - first : CANVAS_CELLS,
    });
  }
  return pieces;
};

/** Cuts a level into tiles that overlap by just so much that each cell lies whole in one of them. */
export const tilesOfLevel = (widthPx: number, heightPx: number): Tile[] =>
  splitAxis(heightPx).flatMap((vertical) =>
    splitAxis(widthPx).map((horizontal) => ({
      xPx: horizontal.startPx,
      yPx: vertical.startPx,
      widthPx: horizontal.sizePx,
      heightPx: vertical.sizePx,
      columns: horizontal.cells,
      rows: vertical.cells,
    })),
  );

/** Cells lie 2 px apart, so tiles begin at even pixels; an odd tile leaves one pixel of gap. */
export const evenSize = (sizePx: number): number => sizePx + (sizePx % 2);

type Place = { readonly xPx: number; readonly yPx: number };
type Span = { readonly xPx: number; readonly yPx: number; readonly widthPx: number };

/** Finds places on one canvas: each as high up as the outline of what lies there already allows (skyline packing). */
export const createPacker = (): { place(widthPx: number, heightPx: number): Place | null } => {
  let skyline: Span[] = [{ xPx: 0, yPx: 0, widthPx: CANVAS_SIDE_PX }];

  /** The height at which a width would rest when its left edge stands at the start of the span with this index. */
  const restsAt = (index: number, widthPx: number): number | null => {
    let yPx = 0;
    let leftPx = widthPx;
    for (let i = index; leftPx > 0; i += 1) {
      const span = skyline[i];
      if (span === undefined) return null;
      yPx = Math.max(yPx, span.yPx);
      leftPx -= span.widthPx;
    }
    return yPx;
  };

  const raise = (placed: Span): void => {
    const endPx = placed.xPx + placed.widthPx;
    const next = skyline.flatMap((span): Span[] => {
      const spanEndPx = span.xPx + span.widthPx;
      if (spanEndPx <= placed.xPx || span.xPx >= endPx) return [span];
      if (spanEndPx > endPx) return [{ xPx: endPx, yPx: span.yPx, widthPx: spanEndPx - endPx }];
      return [];
    });
    skyline = [...next, placed].sort((a, b) => a.xPx - b.xPx);
  };

  return {
    place(widthPx, heightPx) {
      let best: Place | null = null;
      skyline.forEach((span, index) => {
        const yPx = restsAt(index, widthPx);
        if (yPx === null || yPx + heightPx > CANVAS_SIDE_PX) return;
        if (best === null || yPx < best.yPx) best = { xPx: span.xPx, yPx };
      });
      // TypeScript does not see that the callback above assigns it.
      const found = best as Place | null;
      if (found === null) return null;
      raise({ xPx: found.xPx, yPx: found.yPx + heightPx, widthPx });
      return found;
    },
  };
};
