import { WEIGHT_BITS, type PixelLoops } from './loops.ts';
import { CHANNELS, type Photo } from './photo.ts';

const WEIGHT_ONE = 1 << WEIGHT_BITS;

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
  loops: PixelLoops,
): Uint8Array => {
  const out = new Uint8ClampedArray(sizePx * sizePx * CHANNELS);
  if (!(right > left && bottom > top)) return new Uint8Array(out.buffer);
  const columns = tapsOf(left, right, sizePx, photo.widthPx);
  const rows = tapsOf(top, bottom, sizePx, photo.heightPx);
  const firstRow = Math.min(photo.heightPx, Math.max(0, Math.floor(top)));
  const rowCount = Math.max(0, Math.min(photo.heightPx, Math.ceil(bottom)) - firstRow);
  loops.resample(
    photo.pixels,
    photo.widthPx,
    firstRow,
    rowCount,
    columns.first,
    columns.count,
    columns.weights,
    columns.perOutput,
    rows.first,
    rows.count,
    rows.weights,
    rows.perOutput,
    out,
  );
  return new Uint8Array(out.buffer);
};
