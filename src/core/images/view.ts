import type { Point } from '../geometry/box.ts';
import type { Photo } from './photo.ts';
import { sampleSimilarity } from './warp.ts';

type Size = { readonly widthPx: number; readonly heightPx: number };

/** How a photo is looked at: turned clockwise about its middle, and enlarged `scale` times. */
export type View = { readonly rotationDegrees: number; readonly scale: number };

/** A view of a photo: how large it is, and where its points lie in the photo. */
export type ViewGeometry = Size & {
  /** a, b, tx, ty: the view's point (x, y) shows the photo's point (a x - b y + tx, b x + a y + ty). */
  readonly matrix: readonly [number, number, number, number];
};

/** Quarter turns have sines that are whole but for the last bits; a view may not grow a pixel for them. */
const EXACT = 1e9;
const exactly = (value: number): number => Math.round(value * EXACT) / EXACT;

/** The view of a photo that shows all of it; its corners are black where the photo does not reach. */
export const viewGeometry = (photo: Size, { rotationDegrees, scale }: View): ViewGeometry => {
  const angle = (rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [exactly(Math.cos(angle)), exactly(Math.sin(angle))];
  const [width, height] = [photo.widthPx * scale, photo.heightPx * scale];
  const widthPx = Math.ceil(exactly(width * Math.abs(cos) + height * Math.abs(sin)));
  const heightPx = Math.ceil(exactly(width * Math.abs(sin) + height * Math.abs(cos)));
  const [a, b] = [cos / scale, -sin / scale];
  const [x, y] = [widthPx / 2, heightPx / 2];
  return {
    widthPx,
    heightPx,
    matrix: [a, b, photo.widthPx / 2 - a * x + b * y, photo.heightPx / 2 - b * x - a * y],
  };
};

/** Where a point of the view lies in the photo. */
export const toPhoto = ({ matrix: [a, b, tx, ty] }: ViewGeometry, [x, y]: Point): Point => [
  a * x - b * y + tx,
  b * x + a * y + ty,
];

/** The largest scale, at most the one asked for, at which a view of the photo has no more than `mostPixels`; never below 1. */
export const boundedScale = (photo: Size, view: View, mostPixels: number): number => {
  const { widthPx, heightPx } = viewGeometry(photo, { ...view, scale: 1 });
  return Math.max(1, Math.min(view.scale, Math.sqrt(mostPixels / (widthPx * heightPx))));
};

/** The pixels of a view. */
export const viewPhoto = (photo: Photo, view: View): Photo => {
  const { matrix, widthPx, heightPx } = viewGeometry(photo, view);
  return { widthPx, heightPx, pixels: sampleSimilarity(photo, matrix, { widthPx, heightPx }, 1) };
};
