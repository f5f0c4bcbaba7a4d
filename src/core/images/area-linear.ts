import type { Normalisation } from './area.ts';
import { CHANNELS, type Photo } from './photo.ts';
import type { Region } from './region.ts';

/** Two neighbours of each output column or row, as indices into the photo; a neighbour outside the photo has weight 0. */
type Taps = {
  readonly near: Int32Array;
  readonly far: Int32Array;
  readonly nearWeight: Float64Array;
  readonly farWeight: Float64Array;
};

/** OpenCV's coefficients for INTER_AREA where the output is larger in one direction (`resize.cpp`, `area_mode`). */
const tapsOf = (start: number, lengthPx: number, count: number, limitPx: number): Taps => {
  const taps: Taps = {
    near: new Int32Array(count),
    far: new Int32Array(count),
    nearWeight: new Float64Array(count),
    farWeight: new Float64Array(count),
  };
  const inverse = count / lengthPx;
  const scale = 1 / inverse;
  for (let i = 0; i < count; i += 1) {
    let index = Math.floor(i * scale);
    const raw = i + 1 - (index + 1) * inverse;
    let fraction = raw <= 0 ? 0 : raw - Math.floor(raw);
    if (index >= lengthPx - 1) {
      index = lengthPx - 1;
      fraction = 0;
    }
    const near = start + index;
    const far = near + 1;
    const isNearInside = near >= 0 && near < limitPx;
    const isFarInside = far >= 0 && far < limitPx;
    taps.near[i] = isNearInside ? near : 0;
    taps.far[i] = isFarInside ? far : 0;
    taps.nearWeight[i] = isNearInside ? 1 - fraction : 0;
    taps.farWeight[i] = isFarInside ? fraction : 0;
  }
  return taps;
};

const stretchRow = (photo: Photo, y: number, columns: Taps, row: Float64Array): void => {
  const { pixels, widthPx } = photo;
  const { near, far, nearWeight, farWeight } = columns;
  const base = y * widthPx * CHANNELS;
  let at = 0;
  for (let i = 0; i < near.length; i += 1) {
    // Within bounds: taps lie inside the photo.
    const left = base + (near[i] as number) * CHANNELS;
    const right = base + (far[i] as number) * CHANNELS;
    const leftWeight = nearWeight[i] as number;
    const rightWeight = farWeight[i] as number;
    row[at] = (pixels[left] as number) * leftWeight + (pixels[right] as number) * rightWeight;
    row[at + 1] = (pixels[left + 1] as number) * leftWeight + (pixels[right + 1] as number) * rightWeight;
    row[at + 2] = (pixels[left + 2] as number) * leftWeight + (pixels[right + 2] as number) * rightWeight;
    at += CHANNELS;
  }
};

/**
 * Resizes a region of a photo as `cv2.resize(..., INTER_AREA)` does when the output is larger than the region in one direction.
 * `out` is [outHeight, outWidth, 3] from `outStart` on.
 */
export const stretchLinear = (
  photo: Photo,
  region: Region,
  outWidthPx: number,
  outHeightPx: number,
  { factor, offset }: Normalisation,
  out: Float32Array,
  outStart: number,
): void => {
  const columns = tapsOf(region.leftPx, region.widthPx, outWidthPx, photo.widthPx);
  const rows = tapsOf(region.topPx, region.heightPx, outHeightPx, photo.heightPx);
  const valuesPerRow = outWidthPx * CHANNELS;
  let upper = new Float64Array(valuesPerRow);
  let lower = new Float64Array(valuesPerRow);
  let upperIndex = -1;
  let lowerIndex = -1;
  let at = outStart;
  for (let y = 0; y < outHeightPx; y += 1) {
    const near = rows.near[y] as number;
    const far = rows.far[y] as number;
    if (near !== upperIndex && near === lowerIndex) {
      const swap = upper;
      upper = lower;
      lower = swap;
      lowerIndex = upperIndex;
      upperIndex = near;
    }
    if (near !== upperIndex) stretchRow(photo, near, columns, upper);
    upperIndex = near;
    if (far !== lowerIndex) stretchRow(photo, far, columns, lower);
    lowerIndex = far;
    const nearWeight = (rows.nearWeight[y] as number) * factor;
    const farWeight = (rows.farWeight[y] as number) * factor;
    for (let i = 0; i < valuesPerRow; i += 1) {
      out[at] = (upper[i] as number) * nearWeight + (lower[i] as number) * farWeight + offset;
      at += 1;
    }
  }
};
