import {
  cornersOf,
  handlePoint,
  HANDLES,
  isWithin,
  middleOf,
  type FaceShape,
  type Handle,
} from './face-shape.ts';
import type { Point } from '../photo/zoom.ts';

/** What of a selected face a pointer has hold of. */
export type Grip =
  | { readonly kind: 'move' }
  | { readonly kind: 'turn' }
  | { readonly kind: 'resize'; readonly handle: Handle }
  | { readonly kind: 'landmark'; readonly place: number };

/** How near, in px of the screen, counts as on it. */
const REACH_PX = 9;
const LANDMARK_REACH_PX = 8;
/** How far above the box the knob stands that turns it, in px of the screen. */
export const KNOB_PX = 26;
/** Below this size on the screen a box has no handles at its sides: they would leave nothing to move it by. */
const LEAST_SIDE_PX = 44;

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Handles that a box has at this scale (px of the screen for one of the photo). */
export const handlesAt = ({ box }: FaceShape, scale: number): readonly Handle[] => {
  const isSmall = Math.min(box[2] - box[0], box[3] - box[1]) * scale < LEAST_SIDE_PX;
  return isSmall ? HANDLES.filter(({ x, y }) => x !== 0 && y !== 0) : HANDLES;
};

/** Where the knob stands that turns the box. */
export const knobPoint = (shape: FaceShape, scale: number): Point => {
  const top = handlePoint(shape, { x: 0, y: -1 });
  const middle = middleOf(shape.box);
  const length = distance(top, middle) || 1;
  const out = 1 + KNOB_PX / scale / length;
  return { x: middle.x + (top.x - middle.x) * out, y: middle.y + (top.y - middle.y) * out };
};

/**
 * What lies below the pointer; null for nothing. What is smaller goes before what is larger, so that it can be reached at all.
 * @param at in pixels of the photo
 * @param hasLandmarks whether they can be seen
 */
export const gripAt = (shape: FaceShape, at: Point, scale: number, hasLandmarks: boolean): Grip | null => {
  const isNear = (point: Point, reachPx: number): boolean => distance(point, at) * scale <= reachPx;
  if (isNear(knobPoint(shape, scale), REACH_PX)) return { kind: 'turn' };
  if (hasLandmarks) {
    const distances = shape.landmarks.map(([x, y]) => distance({ x, y }, at) * scale);
    const nearest = Math.min(...distances);
    if (nearest <= LANDMARK_REACH_PX) return { kind: 'landmark', place: distances.indexOf(nearest) };
  }
  const handle = handlesAt(shape, scale).find((each) => isNear(handlePoint(shape, each), REACH_PX));
  if (handle !== undefined) return { kind: 'resize', handle };
  return isWithin(shape, at) ? { kind: 'move' } : null;
};

const CURSORS = ['ns-resize', 'nesw-resize', 'ew-resize', 'nwse-resize'] as const;
const EIGHTH = 45;

/** The pointer's look over a grip. */
export const cursorOf = (grip: Grip | null, rotationDegrees: number): string => {
  if (grip === null) return 'default';
  switch (grip.kind) {
    case 'move':
      return 'move';
    case 'turn':
      return 'grab';
    case 'landmark':
      return 'crosshair';
    case 'resize': {
      // Clockwise from straight up.
      const { x, y } = grip.handle;
      const degrees = (Math.atan2(x, -y) * 180) / Math.PI + rotationDegrees;
      const eighth = Math.round(degrees / EIGHTH);
      return CURSORS[((eighth % 4) + 4) % 4] ?? 'move';
    }
  }
};

/** A box as an SVG path. */
export const boxPath = (shape: FaceShape): string =>
  `M${cornersOf(shape)
    .map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`)
    .join('L')}Z`;
