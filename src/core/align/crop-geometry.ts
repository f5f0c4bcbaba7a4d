import type { Box, Point } from '../geometry/box.ts';
import type { CropGeometry } from '../images/crop-plan.ts';

export type CropRules = {
  readonly style: 'box' | 'relative' | 'landmarks';
  readonly imageSizePx: number;
  readonly marginPx: number;
  /** Clip the box at the photo's edge, as the seed does, so that what is left is stretched (D12). */
  readonly clips: boolean;
};

type FaceGeometry = {
  readonly box: Box;
  readonly landmarks: readonly Point[];
  /** By how much a person turned the box about its middle, clockwise; 0 without it. For `landmarks` they alone tell. */
  readonly rotationDegrees?: number | undefined;
};
type Size = { readonly widthPx: number; readonly heightPx: number };

/**
 * Where the five landmarks of a face lie in an upright crop of 150 px: the mean of MTCNN's landmarks in crops for which the
 * default embedder is most accurate; see docs/pipeline.md § 3.
 */
const TEMPLATE: readonly Point[] = [
  [46.5, 48.1],
  [103.2, 47.8],
  [75.0, 80.3],
  [51.8, 113.4],
  [98.7, 113.2],
];
const TEMPLATE_SIDE_PX = 150;

/** A similarity: (x, y) goes to (a x - b y + tx, b x + a y + ty). */
export type Similarity = readonly [a: number, b: number, tx: number, ty: number];

/** The similarity without reflection that takes `from` to `to` with the least squared error (Umeyama 1991). */
export const similarityBetween = (from: readonly Point[], to: readonly Point[]): Similarity => {
  const mean = (points: readonly Point[], axis: 0 | 1): number =>
    points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [fromX, fromY, toX, toY] = [mean(from, 0), mean(from, 1), mean(to, 0), mean(to, 1)];
  let along = 0;
  let across = 0;
  let spread = 0;
  from.forEach(([x, y], index) => {
    const target = to[index] ?? [toX, toY];
    const [dx, dy, ex, ey] = [x - fromX, y - fromY, target[0] - toX, target[1] - toY];
    along += dx * ex + dy * ey;
    across += dx * ey - dy * ex;
    spread += dx * dx + dy * dy;
  });
  const a = along / spread;
  const b = across / spread;
  return [a, b, toX - a * fromX + b * fromY, toY - b * fromX - a * fromY];
};

/** The seed's margin: half of it on each side, in pixels of the photo (align_dataset_mtcnn.py). */
const boxWithSourceMargin = ([x1, y1, x2, y2]: Box, marginPx: number): Box => {
  const half = marginPx / 2;
  return [x1 - half, y1 - half, x2 + half, y2 + half];
};

/** A margin that takes the same share of every crop: `marginPx` of the crop's `imageSizePx`, half on each side. */
const boxWithCropMargin = ([x1, y1, x2, y2]: Box, marginPx: number, imageSizePx: number): Box => {
  const share = marginPx / (imageSizePx - marginPx) / 2;
  const [x, y] = [(x2 - x1) * share, (y2 - y1) * share];
  return [x1 - x, y1 - y, x2 + x, y2 + y];
};

const clipped = ([x1, y1, x2, y2]: Box, { widthPx, heightPx }: Size): Box => [
  Math.trunc(Math.max(x1, 0)),
  Math.trunc(Math.max(y1, 0)),
  Math.trunc(Math.min(x2, widthPx)),
  Math.trunc(Math.min(y2, heightPx)),
];

const rounded = ([x1, y1, x2, y2]: Box): Box => [
  Math.round(x1),
  Math.round(y1),
  Math.round(x2),
  Math.round(y2),
];

/** The box around a square of `sizePx` after a similarity. */
const boundsAfter = ([a, b, tx, ty]: Similarity, sizePx: number): Box => {
  const corners = [
    [0, 0],
    [sizePx, 0],
    [0, sizePx],
    [sizePx, sizePx],
  ] as const;
  const xs = corners.map(([x, y]) => a * x - b * y + tx);
  const ys = corners.map(([x, y]) => b * x + a * y + ty);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
};

/** What a crop of `sizePx` shows after it was turned about its middle, clockwise as seen in the photo. */
const turned = ([a, b, tx, ty]: Similarity, degrees: number, sizePx: number): Similarity => {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin, middle] = [Math.cos(angle), Math.sin(angle), sizePx / 2];
  const [along, across] = [a * cos - b * sin, a * sin + b * cos];
  const [x, y] = [a * middle - b * middle + tx, b * middle + a * middle + ty];
  return [along, across, x - along * middle + across * middle, y - across * middle - along * middle];
};

/** The square about the middle of a box, as wide as its longer side. */
const squareOf = ([x1, y1, x2, y2]: Box, sizePx: number): Similarity => {
  const scale = Math.max(x2 - x1, y2 - y1) / sizePx;
  const half = (scale * sizePx) / 2;
  return [scale, 0, (x1 + x2) / 2 - half, (y1 + y2) / 2 - half];
};

const isOutside = ([x1, y1, x2, y2]: Box, { widthPx, heightPx }: Size): boolean =>
  x2 <= x1 || y2 <= y1 || x2 <= 0 || y2 <= 0 || x1 >= widthPx || y1 >= heightPx;

/**
 * How to cut the crop of a face out of a photo, and the region of the photo that it shows, in pixels of the upright photo
 * (edges: a region from 0 to 2 holds the first two pixels). Null when nothing of the box lies in the photo.
 */
export const cropGeometry = (
  face: FaceGeometry,
  photo: Size,
  rules: CropRules,
): { readonly geometry: CropGeometry; readonly region: Box } | null => {
  if (rules.style === 'landmarks') {
    const inner = rules.imageSizePx - rules.marginPx;
    const template = TEMPLATE.map(([x, y]): Point => [
      (x * inner) / TEMPLATE_SIDE_PX + rules.marginPx / 2,
      (y * inner) / TEMPLATE_SIDE_PX + rules.marginPx / 2,
    ]);
    const matrix = similarityBetween(template, face.landmarks);
    return { geometry: { kind: 'similarity', matrix }, region: boundsAfter(matrix, rules.imageSizePx) };
  }
  const rotation = face.rotationDegrees ?? 0;
  const wanted =
    rules.style === 'box'
      ? boxWithSourceMargin(face.box, rules.marginPx)
      : boxWithCropMargin(face.box, rules.marginPx, rules.imageSizePx);
  const box = rules.clips ? clipped(wanted, photo) : rounded(wanted);
  if (isOutside(box, photo)) return null;
  if (rotation === 0) return { geometry: { kind: 'region', box, outside: 'black' }, region: box };
  const matrix = turned(squareOf(box, rules.imageSizePx), rotation, rules.imageSizePx);
  return { geometry: { kind: 'similarity', matrix }, region: boundsAfter(matrix, rules.imageSizePx) };
};
