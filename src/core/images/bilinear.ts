import { CHANNELS, type Photo } from './photo.ts';

/** Pillow keeps its weights as whole numbers of this many binary digits (`Resample.c`, PRECISION_BITS). */
const WEIGHT_BITS = 22;
const WEIGHT_ONE = 1 << WEIGHT_BITS;
const WEIGHT_HALF = 1 << (WEIGHT_BITS - 1);

/** Weights of the photo's columns in each output column; what lies outside the photo is black and has none. */
type Taps = {
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** `perOutput` weights for each output column. */
  readonly weights: Int32Array;
  readonly perOutput: number;
};

/** A triangle as wide as the output's pixel, at least one pixel of the photo to each side, within the region. */
const tapsOf = (start: number, end: number, count: number, limitPx: number): Taps => {
  const base = Math.floor(start);
  const lengthPx = Math.ceil(end) - base;
  const offset = start - base;
  const scale = (end - start) / count;
  const support = Math.max(scale, 1);
  const perOutput = Math.ceil(support) * 2 + 1;
  const first = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * perOutput);
  const shape = new Float64Array(perOutput);
  for (let i = 0; i < count; i += 1) {
    const centre = offset + (i + 0.5) * scale;
    const from = Math.max(0, Math.floor(centre - support + 0.5));
    const to = Math.min(lengthPx, Math.floor(centre + support + 0.5));
    let sum = 0;
    for (let x = from; x < to; x += 1) {
      const weight = Math.max(0, 1 - Math.abs((x - centre + 0.5) / support));
      shape[x - from] = weight;
      sum += weight;
    }
    const visibleFrom = Math.max(from, -base);
    const visibleTo = Math.min(to, limitPx - base);
    first[i] = base + visibleFrom;
    counts[i] = Math.max(0, visibleTo - visibleFrom);
    for (let x = visibleFrom; x < visibleTo; x += 1) {
      // Within bounds: written above. All weights are positive, so adding a half and cutting rounds.
      const weight = (shape[x - from] as number) / sum;
      weights[i * perOutput + x - visibleFrom] = Math.trunc(0.5 + weight * WEIGHT_ONE);
    }
  }
  return { first, count: counts, weights, perOutput };
};

/** Resamples one row of the photo: out [columns, 3]. */
const resampleRow = (
  pixels: Uint8Array,
  rowStart: number,
  columns: Taps,
  out: Uint8ClampedArray,
  outStart: number,
): void => {
  const { first, count, weights, perOutput } = columns;
  let at = outStart;
  for (let i = 0; i < first.length; i += 1) {
    let red = WEIGHT_HALF;
    let green = WEIGHT_HALF;
    let blue = WEIGHT_HALF;
    // Within bounds: taps lie inside the photo.
    let source = rowStart + (first[i] as number) * CHANNELS;
    const weightStart = i * perOutput;
    const end = weightStart + (count[i] as number);
    for (let k = weightStart; k < end; k += 1) {
      const weight = weights[k] as number;
      red += weight * (pixels[source] as number);
      green += weight * (pixels[source + 1] as number);
      blue += weight * (pixels[source + 2] as number);
      source += CHANNELS;
    }
    out[at] = red >> WEIGHT_BITS;
    out[at + 1] = green >> WEIGHT_BITS;
    out[at + 2] = blue >> WEIGHT_BITS;
    at += CHANNELS;
  }
};

/**
 * Resizes a region of a photo to a square, with the same bytes as Pillow's `crop(box).resize((sizePx, sizePx), BILINEAR)` where the
 * box has whole numbers; with fractions it is cut where they say. Black outside the photo.
 *
 * @returns [sizePx, sizePx, 3] RGB bytes, all black for an empty box.
 */
export const resampleBilinear = (
  photo: Photo,
  [left, top, right, bottom]: readonly [number, number, number, number],
  sizePx: number,
): Uint8Array => {
  const valuesPerRow = sizePx * CHANNELS;
  const out = new Uint8ClampedArray(sizePx * valuesPerRow);
  if (!(right > left && bottom > top)) return new Uint8Array(out.buffer);
  const columns = tapsOf(left, right, sizePx, photo.widthPx);
  const rows = tapsOf(top, bottom, sizePx, photo.heightPx);
  const firstRow = Math.max(0, Math.floor(top));
  const rowCount = Math.max(0, Math.min(photo.heightPx, Math.ceil(bottom)) - firstRow);
  const narrowed = new Uint8ClampedArray(rowCount * valuesPerRow);
  for (let y = 0; y < rowCount; y += 1) {
    resampleRow(photo.pixels, (firstRow + y) * photo.widthPx * CHANNELS, columns, narrowed, y * valuesPerRow);
  }
  const total = new Int32Array(valuesPerRow);
  for (let y = 0; y < sizePx; y += 1) {
    total.fill(WEIGHT_HALF);
    for (let k = 0; k < (rows.count[y] as number); k += 1) {
      const weight = rows.weights[y * rows.perOutput + k] as number;
      const from = ((rows.first[y] as number) + k - firstRow) * valuesPerRow;
      for (let i = 0; i < valuesPerRow; i += 1) {
        total[i] = (total[i] as number) + weight * (narrowed[from + i] as number);
      }
    }
    const to = y * valuesPerRow;
    for (let i = 0; i < valuesPerRow; i += 1) out[to + i] = (total[i] as number) >> WEIGHT_BITS;
  }
  return new Uint8Array(out.buffer);
};
