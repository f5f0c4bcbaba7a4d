import type { Integral } from './integral.ts';
import type { PixelLoops } from './loops.ts';
import { CHANNELS, type Photo } from './photo.ts';
import type { Region } from './region.ts';

/** What a mean becomes: `mean * factor + offset`. */
export type Normalisation = { readonly factor: number; readonly offset: number };

/** Bytes stay bytes. Rounded half to even by the clamped array that they are written to, as OpenCV's `saturate_cast` does. */
export const AS_IS: Normalisation = { factor: 1, offset: 0 };

/** Adds this to a byte's mean so that rounding half to even becomes rounding half up; below the resolution of a quarter. */
const HALF_UP = 1 / 1024;

/** Edges of the output's columns or rows in the photo, as the pixel that each lies in and how far into it. */
export type Edges = { readonly index: Int32Array; readonly fraction: Float64Array };

/** Where `count` equal parts of a stretch begin and end, cut to the photo. */
export const edgesOf = (start: number, lengthPx: number, count: number, limitPx: number): Edges => {
  const index = new Int32Array(count + 1);
  const fraction = new Float64Array(count + 1);
  const scale = lengthPx / count;
  for (let i = 0; i <= count; i += 1) {
    const edge = Math.min(Math.max(start + (i === count ? lengthPx : i * scale), 0), limitPx);
    const whole = Math.min(Math.floor(edge), limitPx - 1);
    index[i] = whole;
    fraction[i] = edge - whole;
  }
  return { index, fraction };
};

/**
 * Shrinks a region of a photo by exact area means: `cv2.resize(..., INTER_AREA)` for an output no larger than the region.
 * `out` is [outHeight, outWidth, 3] from `outStart` on; a `Uint8ClampedArray` rounds half to even.
 */
export const shrinkByIntegral = (
  { sums, widthPx, heightPx }: Integral,
  region: Region,
  outWidthPx: number,
  outHeightPx: number,
  { factor, offset }: Normalisation,
  out: Float32Array | Uint8ClampedArray,
  outStart: number,
  loops: PixelLoops,
): void => {
  const columns = edgesOf(region.leftPx, region.widthPx, outWidthPx, widthPx);
  const rows = edgesOf(region.topPx, region.heightPx, outHeightPx, heightPx);
  const scale = (factor * outWidthPx * outHeightPx) / (region.widthPx * region.heightPx);
  const shift = offset + halfUpShift(region, outWidthPx, outHeightPx, out);
  const stride = (widthPx + 1) * CHANNELS;
  const { index, fraction } = columns;
  loops.shrink(sums, stride, index, fraction, rows.index, rows.fraction, scale, shift, out, outStart);
};

/** OpenCV's path for halving bytes rounds half up, all its others half to even. */
const halfUpShift = (
  region: Region,
  outWidthPx: number,
  outHeightPx: number,
  out: Float32Array | Uint8ClampedArray,
): number =>
  out instanceof Uint8ClampedArray && region.widthPx === 2 * outWidthPx && region.heightPx === 2 * outHeightPx
    ? HALF_UP
    : 0;

/** Weights of the photo's columns in each output column: `count[i]` weights from `weightStart[i]` on, for columns from `first[i]` on. */
type Cells = {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weightStart: Int32Array;
  readonly weights: Float64Array;
};

const cellsOf = (start: number, lengthPx: number, count: number, limitPx: number): Cells => {
  const first = new Int32Array(count);
  const counts = new Int32Array(count);
  const weightStart = new Int32Array(count);
  const scale = lengthPx / count;
  const weights = new Float64Array(count * (Math.ceil(scale) + 2));
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    const from = Math.min(Math.max(start + i * scale, 0), limitPx);
    const to = Math.min(Math.max(start + (i === count - 1 ? lengthPx : (i + 1) * scale), 0), limitPx);
    weightStart[i] = at;
    first[i] = Math.floor(from);
    for (let x = Math.floor(from); x < to; x += 1) {
      weights[at] = (Math.min(x + 1, to) - Math.max(x, from)) / scale;
      at += 1;
    }
    counts[i] = at - (weightStart[i] as number);
  }
  return { first, count: counts, weightStart, weights };
};

/** Writes the weighted sums of one row of the photo: row [columns, 3]. */
const shrinkRow = (photo: Photo, y: number, columns: Cells, row: Float64Array): void => {
  const { pixels, widthPx } = photo;
  const { first, count, weightStart, weights } = columns;
  const base = y * widthPx * CHANNELS;
  let at = 0;
  for (let i = 0; i < first.length; i += 1) {
    let red = 0;
    let green = 0;
    let blue = 0;
    // Within bounds: cells lie inside the photo.
    let source = base + (first[i] as number) * CHANNELS;
    const end = (weightStart[i] as number) + (count[i] as number);
    for (let k = weightStart[i] as number; k < end; k += 1) {
      const weight = weights[k] as number;
      red += weight * (pixels[source] as number);
      green += weight * (pixels[source + 1] as number);
      blue += weight * (pixels[source + 2] as number);
      source += CHANNELS;
    }
    row[at] = red;
    row[at + 1] = green;
    row[at + 2] = blue;
    at += CHANNELS;
  }
};

/** The same as `shrinkByIntegral`, straight from the photo: slower for many crops, but it needs no memory. */
export const shrinkDirectly = (
  photo: Photo,
  region: Region,
  outWidthPx: number,
  outHeightPx: number,
  { factor, offset }: Normalisation,
  out: Float32Array | Uint8ClampedArray,
  outStart: number,
): void => {
  const columns = cellsOf(region.leftPx, region.widthPx, outWidthPx, photo.widthPx);
  const rows = cellsOf(region.topPx, region.heightPx, outHeightPx, photo.heightPx);
  const valuesPerRow = outWidthPx * CHANNELS;
  const row = new Float64Array(valuesPerRow);
  const total = new Float64Array(valuesPerRow);
  const shift = offset + halfUpShift(region, outWidthPx, outHeightPx, out);
  let rowInScratch = -1;
  let at = outStart;
  for (let y = 0; y < outHeightPx; y += 1) {
    total.fill(0);
    for (let k = 0; k < (rows.count[y] as number); k += 1) {
      const sourceRow = (rows.first[y] as number) + k;
      if (sourceRow !== rowInScratch) shrinkRow(photo, sourceRow, columns, row);
      rowInScratch = sourceRow;
      const weight = rows.weights[(rows.weightStart[y] as number) + k] as number;
      for (let i = 0; i < valuesPerRow; i += 1) total[i] = (total[i] as number) + weight * (row[i] as number);
    }
    for (let i = 0; i < valuesPerRow; i += 1) {
      out[at] = (total[i] as number) * factor + shift;
      at += 1;
    }
  }
};
