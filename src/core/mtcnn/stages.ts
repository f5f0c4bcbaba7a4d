import { moveEdges, squareAround, truncated, type Box, type Point } from '../geometry/box.ts';
import { suppressOverlaps } from '../geometry/suppress.ts';
import { CELL_SIZE_PX, CELL_STRIDE_PX, type Level } from './pyramid.ts';

// Everything here follows detect_face.py of davidsandberg/facenet (096ed77); docs/pipeline.md § 2 lists each number.
// Boxes are inclusive pixel coordinates counted from 1, as there, until `toPhotoFrame` at the end.

/** A place that may hold a face, with the offsets of its edges that the P-net proposes, in units of its size. */
export type Candidate = { readonly box: Box; readonly score: number; readonly offsets: Box };

export type DetectedFace = {
  readonly box: Box;
  readonly score: number;
  readonly landmarks: readonly Point[];
};

const SAME_LEVEL_OVERLAP = 0.5;
const ACROSS_LEVELS_OVERLAP = 0.7;
const REFINED_OVERLAP = 0.7;

/** Values that the P-net gives for a cell: the logit of a face, then the offsets of left, top, right and bottom edge. */
export const VALUES_PER_CELL = 5;

/** Where a level's cells lie in an array of cells: [rows, columns, 5] with `stride` cells from one row to the next. */
export type CellView = {
  readonly values: Float32Array;
  readonly first: number;
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
};

/**
 * The face probability for a logit, rounded at each step as a softmax of two classes in float32 rounds: many good faces tie
 * at exactly 1, and which of them suppresses the others hangs on that.
 */
export const probabilityOf = (logit: number): number => {
  const lesser = Math.fround(Math.exp(-Math.abs(logit)));
  const sum = Math.fround(1 + lesser);
  return Math.fround((logit >= 0 ? 1 : lesser) / sum);
};

/**
 * What the P-net found at one level, overlapping cells removed, best first.
 * With `mirrorsSingle`, a cell that is the only one at its level gets the offsets of its mirror image, as in the seed (D1).
 */
export const candidatesOfLevel = (
  cells: CellView,
  level: Level,
  threshold: number,
  mirrorsSingle: boolean,
): Candidate[] => {
  const { values, first, stride, rows, columns } = cells;
  // Compared as logits, so that only the cells that pass cost an exponential.
  const leastLogit = Math.log(threshold / (1 - threshold)) - 1e-5;
  const hits: { readonly row: number; readonly column: number; readonly score: number }[] = [];
  for (let row = 0; row < rows; row += 1) {
    let index = (first + row * stride) * VALUES_PER_CELL;
    for (let column = 0; column < columns; column += 1, index += VALUES_PER_CELL) {
      const logit = values[index] ?? Number.NEGATIVE_INFINITY;
      if (!(logit >= leastLogit)) continue;
      const score = probabilityOf(logit);
      if (score >= threshold) hits.push({ row, column, score });
    }
  }
  const isMirrored = mirrorsSingle && hits.length === 1;
  // Columns before rows, as numpy.where finds them in the seed's transposed map: it decides between equal scores.
  hits.sort((a, b) => a.column - b.column || a.row - b.row);
  const candidates = hits.map(({ row, column, score }): Candidate => {
    const offsetsColumn = isMirrored ? columns - 1 - column : column;
    const at = (first + row * stride + offsetsColumn) * VALUES_PER_CELL + 1;
    const offset = (index: number): number => values[at + index] ?? 0;
    const edge = (cell: number, side: number): number =>
      Math.trunc((CELL_STRIDE_PX * cell + side) / level.scale);
    return {
      score,
      box: [edge(column, 1), edge(row, 1), edge(column, CELL_SIZE_PX), edge(row, CELL_SIZE_PX)],
      offsets: [offset(0), offset(1), offset(2), offset(3)],
    };
  });
  return suppressOverlaps(candidates, SAME_LEVEL_OVERLAP, 'union').flatMap(
    (index) => candidates[index] ?? [],
  );
};

/** Squares for the R-net: the candidates of all levels, in the order of the levels, moved by their offsets. */
export const squaresForRefinement = (candidates: readonly Candidate[]): Box[] =>
  suppressOverlaps(candidates, ACROSS_LEVELS_OVERLAP, 'union').flatMap((index) => {
    const candidate = candidates[index];
    if (candidate === undefined) return [];
    const { box, offsets } = candidate;
    // Without the "+ 1" that the later stages have.
    return [truncated(squareAround(moveEdges(box, offsets, box[2] - box[0], box[3] - box[1])))];
  });

/** Values that the R-net gives for a square: the logit of a face and four offsets. */
export const VALUES_PER_REFINEMENT = 5;

const offsetsAt = (values: Float32Array, at: number): Box => [
  values[at] ?? 0,
  values[at + 1] ?? 0,
  values[at + 2] ?? 0,
  values[at + 3] ?? 0,
];

const moved = (box: Box, offsets: Box): Box =>
  moveEdges(box, offsets, box[2] - box[0] + 1, box[3] - box[1] + 1);

/** Squares for the O-net: those whose R-net score exceeds the threshold. `values` is [squares, 5]. */
export const squaresForOutput = (squares: readonly Box[], values: Float32Array, threshold: number): Box[] => {
  const passed = squares.flatMap((box, index) => {
    const at = index * VALUES_PER_REFINEMENT;
    const score = probabilityOf(values[at] ?? Number.NEGATIVE_INFINITY);
    return score > threshold ? [{ box, score, offsets: offsetsAt(values, at + 1) }] : [];
  });
  return suppressOverlaps(passed, REFINED_OVERLAP, 'union').flatMap((index) => {
    const candidate = passed[index];
    return candidate === undefined ? [] : [truncated(squareAround(moved(candidate.box, candidate.offsets)))];
  });
};

/** Values that the O-net gives for a square: the logit of a face, four offsets, five x and five y of landmarks. */
export const VALUES_PER_OUTPUT = 15;
const LANDMARKS = 5;

/** The faces whose O-net score exceeds the threshold, best first, boxes counted from 1. `values` is [squares, 15]. */
export const facesFromOutput = (
  squares: readonly Box[],
  values: Float32Array,
  threshold: number,
): DetectedFace[] => {
  const passed = squares.flatMap((square, index): DetectedFace[] => {
    const at = index * VALUES_PER_OUTPUT;
    const score = probabilityOf(values[at] ?? Number.NEGATIVE_INFINITY);
    if (!(score > threshold)) return [];
    const [x1, y1, x2, y2] = square;
    // Landmarks lie in the square as it was before it is moved, and already count from 0.
    const landmarks = Array.from({ length: LANDMARKS }, (_, landmark): Point => {
      const x = values[at + 5 + landmark] ?? 0;
      const y = values[at + 5 + LANDMARKS + landmark] ?? 0;
      return [(x2 - x1 + 1) * x + x1 - 1, (y2 - y1 + 1) * y + y1 - 1];
    });
    return [{ box: moved(square, offsetsAt(values, at + 1)), score, landmarks }];
  });
  return suppressOverlaps(passed, REFINED_OVERLAP, 'smaller').flatMap((index) => passed[index] ?? []);
};

/**
 * Faces with boxes in the photo's own frame, counted from 0. The seed hands out boxes that count from 1 and uses them as
 * if they counted from 0 (D13); `keepsShift` keeps that.
 */
export const toPhotoFrame = (faces: readonly DetectedFace[], keepsShift: boolean): DetectedFace[] =>
  keepsShift
    ? [...faces]
    : faces.map((face) => ({
        ...face,
        box: [face.box[0] - 1, face.box[1] - 1, face.box[2] - 1, face.box[3] - 1],
      }));
