import type { Geometry } from './geometry.ts';

/** A corner of a lasso, in px of the content. */
export type Corner = { readonly xPx: number; readonly yPx: number };

/** Rows and columns of the tiles that a lasso touches; the ends are past the last. */
export type Caught = {
  readonly firstRow: number;
  readonly endRow: number;
  readonly firstColumn: number;
  readonly endColumn: number;
};

const among = (low: number, high: number, stepPx: number, count: number): readonly [number, number] => {
  const first = Math.max(0, Math.min(count - 1, Math.floor(low / stepPx)));
  const last = Math.max(0, Math.min(count - 1, Math.floor(high / stepPx)));
  return [first, last + 1];
};

/** The tiles between two corners. */
export const caughtBetween = (geometry: Geometry, one: Corner, other: Corner): Caught => {
  const { stepPx, rows, columns } = geometry;
  const [firstRow, endRow] = among(
    Math.min(one.yPx, other.yPx),
    Math.max(one.yPx, other.yPx),
    stepPx,
    Math.max(1, rows),
  );
  const [firstColumn, endColumn] = among(
    Math.min(one.xPx, other.xPx),
    Math.max(one.xPx, other.xPx),
    stepPx,
    columns,
  );
  return { firstRow, endRow, firstColumn, endColumn };
};

/** Their places in the list, in its order. */
export const placesOf = ({ count, columns }: Geometry, caught: Caught): readonly number[] => {
  const places: number[] = [];
  for (let row = caught.firstRow; row < caught.endRow; row += 1)
    for (let column = caught.firstColumn; column < caught.endColumn; column += 1) {
      const place = row * columns + column;
      if (place < count) places.push(place);
    }
  return places;
};
