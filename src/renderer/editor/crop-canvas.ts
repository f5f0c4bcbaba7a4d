import { cropGeometry, type CropRules } from '../../core/align/crop-geometry.ts';
import type { AlignSettings } from '../../contract/faces.ts';
import type { Size } from '../photo/zoom.ts';
import type { FaceShape } from './face-shape.ts';

/** How the crops of a workspace are cut. */
export const cropRules = ({ crop, detect }: AlignSettings): CropRules => ({
  ...crop,
  clips: detect.mode === 'facenet',
});

/** A canvas' transform: where a point of the photo lies in the crop. Null for a crop of nothing. */
export const photoToCrop = (
  shape: FaceShape,
  { width, height }: Size,
  rules: CropRules,
): readonly [a: number, b: number, c: number, d: number, e: number, f: number] | null => {
  const cut = cropGeometry(shape, { widthPx: width, heightPx: height }, rules);
  if (cut === null) return null;
  const { geometry } = cut;
  const side = rules.imageSizePx;
  if (geometry.kind === 'region') {
    const [left, top, right, bottom] = geometry.box;
    const [x, y] = [side / (right - left), side / (bottom - top)];
    return [x, 0, 0, y, -left * x, -top * y];
  }
  const [a, b, tx, ty] = geometry.matrix;
  const square = a * a + b * b;
  if (square === 0) return null;
  const [x, y] = [a / square, b / square];
  return [x, -y, y, x, -(x * tx + y * ty), y * tx - x * ty];
};

/** Draws the crop that would result, as the studio would cut it but for the last bit of its resampling. False when there is none. */
export const drawCrop = (
  canvas: HTMLCanvasElement,
  picture: { readonly image: HTMLImageElement; readonly size: Size },
  shape: FaceShape,
  rules: CropRules,
): boolean => {
  const context = canvas.getContext('2d');
  if (context === null) return false;
  context.resetTransform();
  context.fillStyle = 'black';
  context.fillRect(0, 0, canvas.width, canvas.height);
  const transform = photoToCrop(shape, picture.size, rules);
  if (transform === null) return false;
  const share = canvas.width / rules.imageSizePx;
  const [a, b, c, d, e, f] = transform;
  context.imageSmoothingQuality = 'high';
  context.setTransform(a * share, b * share, c * share, d * share, e * share, f * share);
  context.drawImage(picture.image, 0, 0, picture.size.width, picture.size.height);
  return true;
};
