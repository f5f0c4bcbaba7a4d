/** Left, top, right, bottom. Each use says in which frame. */
export type Box = readonly [x1: number, y1: number, x2: number, y2: number];

export type Point = readonly [x: number, y: number];

/** The side of a box grown to a square, and that square around the same centre (detect_face.py, rerec). */
export const squareAround = ([x1, y1, x2, y2]: Box): Box => {
  const side = Math.max(x2 - x1, y2 - y1);
  const left = x1 + (x2 - x1) * 0.5 - side * 0.5;
  const top = y1 + (y2 - y1) * 0.5 - side * 0.5;
  return [left, top, left + side, top + side];
};

/** Each coordinate without its fraction, towards zero (numpy.fix). */
export const truncated = ([x1, y1, x2, y2]: Box): Box => [
  Math.trunc(x1),
  Math.trunc(y1),
  Math.trunc(x2),
  Math.trunc(y2),
];

/** Moves each edge by its offset, given in units of the box's `width` and `height`. */
export const moveEdges = (
  [x1, y1, x2, y2]: Box,
  [dx1, dy1, dx2, dy2]: Box,
  width: number,
  height: number,
): Box => [x1 + dx1 * width, y1 + dy1 * height, x2 + dx2 * width, y2 + dy2 * height];
