import type { Box, Landmarks } from '../../contract/faces.ts';
import type { Point, Size } from '../photo/zoom.ts';

/** Where a face is, as an editor changes it: all in pixels of the photo, the box turned about its middle, clockwise. */
export type FaceShape = {
  readonly box: Box;
  readonly landmarks: Landmarks;
  readonly rotationDegrees: number;
};

/** Where a box is taken hold of: along each axis its start, its end, or neither. */
export type Handle = { readonly x: -1 | 0 | 1; readonly y: -1 | 0 | 1 };

/** Corners and sides, clockwise from the upper left one. */
export const HANDLES: readonly Handle[] = [
  { x: -1, y: -1 },
  { x: 0, y: -1 },
  { x: 1, y: -1 },
  { x: 1, y: 0 },
  { x: 1, y: 1 },
  { x: 0, y: 1 },
  { x: -1, y: 1 },
  { x: -1, y: 0 },
];

/** The studio refuses smaller boxes. */
export const LEAST_BOX_PX = 4;

const HALF_TURN = 180;
const radians = (degrees: number): number => (degrees * Math.PI) / HALF_TURN;

/** Turns a point about another one, clockwise. */
export const turned = (point: Point, about: Point, degrees: number): Point => {
  const [cos, sin] = [Math.cos(radians(degrees)), Math.sin(radians(degrees))];
  const [x, y] = [point.x - about.x, point.y - about.y];
  return { x: about.x + x * cos - y * sin, y: about.y + x * sin + y * cos };
};

export const middleOf = ([left, top, right, bottom]: Box): Point => ({
  x: (left + right) / 2,
  y: (top + bottom) / 2,
});

const mapLandmarks = (landmarks: Landmarks, move: (point: Point) => Point): Landmarks => {
  const moved = ([x, y]: readonly [number, number]): [number, number] => {
    const to = move({ x, y });
    return [to.x, to.y];
  };
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
  return [moved(leftEye), moved(rightEye), moved(nose), moved(leftMouth), moved(rightMouth)];
};

/** An angle from -180 up to 180. */
const normalised = (degrees: number): number => {
  const within = ((((degrees + HALF_TURN) % 360) + 360) % 360) - HALF_TURN;
  return within === -0 ? 0 : within;
};

/** The four corners of the box as it stands in the photo, clockwise from the upper left one. */
export const cornersOf = ({ box, rotationDegrees }: FaceShape): readonly Point[] => {
  const [left, top, right, bottom] = box;
  const about = middleOf(box);
  return [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ].map((corner) => turned(corner, about, rotationDegrees));
};

/** Where a handle stands in the photo. */
export const handlePoint = ({ box, rotationDegrees }: FaceShape, { x, y }: Handle): Point => {
  const [left, top, right, bottom] = box;
  const middle = middleOf(box);
  const at = {
    x: middle.x + (x * (right - left)) / 2,
    y: middle.y + (y * (bottom - top)) / 2,
  };
  return turned(at, middle, rotationDegrees);
};

/** Moves a face as a whole. */
export const moveShape = (shape: FaceShape, by: Point): FaceShape => {
  const [left, top, right, bottom] = shape.box;
  return {
    ...shape,
    box: [left + by.x, top + by.y, right + by.x, bottom + by.y],
    landmarks: mapLandmarks(shape.landmarks, ({ x, y }) => ({ x: x + by.x, y: y + by.y })),
  };
};

/** Gives the box another place and size in its own frame; the landmarks keep their place within it unless they are to stay. */
const reshape = (shape: FaceShape, frame: Box, movesLandmarks: boolean): FaceShape => {
  const { box, rotationDegrees } = shape;
  const about = middleOf(box);
  // In its own frame the box lies level about its old middle; its new middle is turned out of that frame.
  const middle = turned(middleOf(frame), about, rotationDegrees);
  const [halfWidth, halfHeight] = [(frame[2] - frame[0]) / 2, (frame[3] - frame[1]) / 2];
  const next: Box = [
    middle.x - halfWidth,
    middle.y - halfHeight,
    middle.x + halfWidth,
    middle.y + halfHeight,
  ];
  if (!movesLandmarks) return { ...shape, box: next };
  const [scaleX, scaleY] = [
    (frame[2] - frame[0]) / (box[2] - box[0]),
    (frame[3] - frame[1]) / (box[3] - box[1]),
  ];
  const move = (point: Point): Point => {
    const level = turned(point, about, -rotationDegrees);
    const within = {
      x: frame[0] + (level.x - box[0]) * scaleX,
      y: frame[1] + (level.y - box[1]) * scaleY,
    };
    return turned(within, about, rotationDegrees);
  };
  return { ...shape, box: next, landmarks: mapLandmarks(shape.landmarks, move) };
};

/** An edge dragged to a place, at least the least size away from the one across. */
const edges = (start: number, end: number, side: -1 | 0 | 1, to: number): readonly [number, number] => {
  if (side < 0) return [Math.min(to, end - LEAST_BOX_PX), end];
  return side > 0 ? [start, Math.max(to, start + LEAST_BOX_PX)] : [start, end];
};

export type ResizeOptions = {
  /** Keep the ratio of the sides; of a corner only. */
  readonly keepsRatio: boolean;
  /** False leaves the landmarks where they are. */
  readonly movesLandmarks: boolean;
};

/** Drags a handle to a place in the photo; what lies across it stays where it is. */
export const resizeShape = (
  shape: FaceShape,
  handle: Handle,
  to: Point,
  { keepsRatio, movesLandmarks }: ResizeOptions,
): FaceShape => {
  const { box, rotationDegrees } = shape;
  const level = turned(to, middleOf(box), -rotationDegrees);
  const [left, right] = edges(box[0], box[2], handle.x, level.x);
  const [top, bottom] = edges(box[1], box[3], handle.y, level.y);
  if (!keepsRatio || handle.x === 0 || handle.y === 0)
    return reshape(shape, [left, top, right, bottom], movesLandmarks);
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const least = Math.max(LEAST_BOX_PX / width, LEAST_BOX_PX / height);
  const scale = Math.max(least, (right - left) / width, (bottom - top) / height);
  const frame: Box = [
    handle.x < 0 ? box[2] - width * scale : box[0],
    handle.y < 0 ? box[3] - height * scale : box[1],
    handle.x < 0 ? box[2] : box[0] + width * scale,
    handle.y < 0 ? box[3] : box[1] + height * scale,
  ];
  return reshape(shape, frame, movesLandmarks);
};

/** Makes a box wider and higher about its middle, in pixels of the photo. */
export const growShape = (shape: FaceShape, by: Point): FaceShape => {
  const [left, top, right, bottom] = shape.box;
  const width = Math.max(LEAST_BOX_PX, right - left + by.x);
  const height = Math.max(LEAST_BOX_PX, bottom - top + by.y);
  const { x, y } = middleOf(shape.box);
  return reshape(shape, [x - width / 2, y - height / 2, x + width / 2, y + height / 2], true);
};

/** Turns a face about the middle of its box, its landmarks with it. */
export const rotateShape = (shape: FaceShape, degrees: number): FaceShape => {
  const about = middleOf(shape.box);
  return {
    box: shape.box,
    rotationDegrees: normalised(shape.rotationDegrees + degrees),
    landmarks: mapLandmarks(shape.landmarks, (point) => turned(point, about, degrees)),
  };
};

/** By how much a drag from one place to another turns the box, clockwise. */
export const turnBetween = (shape: FaceShape, from: Point, to: Point): number => {
  const about = middleOf(shape.box);
  const angle = (point: Point): number => Math.atan2(point.y - about.y, point.x - about.x);
  return normalised(((angle(to) - angle(from)) * HALF_TURN) / Math.PI);
};

/** Puts one landmark somewhere else. */
export const moveLandmark = (shape: FaceShape, place: number, to: Point): FaceShape => {
  const put = (point: readonly [number, number], index: number): [number, number] =>
    index === place ? [to.x, to.y] : [...point];
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = shape.landmarks;
  return {
    ...shape,
    landmarks: [put(leftEye, 0), put(rightEye, 1), put(nose, 2), put(leftMouth, 3), put(rightMouth, 4)],
  };
};

/** Where the landmarks lie in MTCNN's boxes, as shares of their sides: the mean of LFW's development photos, made symmetrical. */
const MEAN_LANDMARKS: Landmarks = [
  [0.275, 0.385],
  [0.725, 0.385],
  [0.5, 0.585],
  [0.302, 0.757],
  [0.698, 0.757],
];

/** A face drawn from one corner to the other, with landmarks where they mostly are. Null while it is too small. */
export const drawnShape = (from: Point, to: Point): FaceShape | null => {
  const box: Box = [
    Math.min(from.x, to.x),
    Math.min(from.y, to.y),
    Math.max(from.x, to.x),
    Math.max(from.y, to.y),
  ];
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  if (width < LEAST_BOX_PX || height < LEAST_BOX_PX) return null;
  const landmarks = mapLandmarks(MEAN_LANDMARKS, ({ x, y }) => ({
    x: box[0] + x * width,
    y: box[1] + y * height,
  }));
  return { box, landmarks, rotationDegrees: 0 };
};

/** Keeps the middle of a face in the photo, so that it can always be taken hold of. */
export const keepInPhoto = (shape: FaceShape, { width, height }: Size): FaceShape => {
  const { x, y } = middleOf(shape.box);
  const by = {
    x: Math.min(width, Math.max(0, x)) - x,
    y: Math.min(height, Math.max(0, y)) - y,
  };
  return by.x === 0 && by.y === 0 ? shape : moveShape(shape, by);
};

/** Whether a point of the photo lies in the box. */
export const isWithin = ({ box, rotationDegrees }: FaceShape, point: Point): boolean => {
  const level = turned(point, middleOf(box), -rotationDegrees);
  return level.x >= box[0] && level.x <= box[2] && level.y >= box[1] && level.y <= box[3];
};

/** Whether two shapes are the same to a hundredth of a pixel and of a degree. */
export const isSameShape = (one: FaceShape, other: FaceShape): boolean => {
  const numbers = ({ box, landmarks, rotationDegrees }: FaceShape): readonly number[] => [
    ...box,
    ...landmarks.flat(),
    rotationDegrees,
  ];
  const others = numbers(other);
  return numbers(one).every((value, place) => Math.abs(value - (others[place] ?? Number.NaN)) < 0.01);
};
