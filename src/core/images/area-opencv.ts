import { CHANNELS, type Photo } from './photo.ts';

/** Below this share of a pixel OpenCV leaves the pixel out (computeResizeAreaTab). */
const LEAST_SHARE = 1e-3;

/** Which source pixels make up each output pixel, and with what weight; in output order. */
type Parts = {
  readonly source: Int32Array;
  readonly target: Int32Array;
  readonly weight: Float32Array;
  readonly count: number;
};

const partsOf = (sourceSize: number, targetSize: number): Parts => {
  const scale = sourceSize / targetSize;
  const most = targetSize * (Math.ceil(scale) + 2);
  const [source, target, weight] = [new Int32Array(most), new Int32Array(most), new Float32Array(most)];
  let count = 0;
  const add = (from: number, to: number, share: number): void => {
    source[count] = from;
    target[count] = to;
    weight[count] = share;
    count += 1;
  };
  for (let place = 0; place < targetSize; place += 1) {
    const start = place * scale;
    const end = start + scale;
    const width = Math.min(scale, sourceSize - start);
    const lastWhole = Math.min(Math.floor(end), sourceSize - 1);
    const firstWhole = Math.min(Math.ceil(start), lastWhole);
    if (firstWhole - start > LEAST_SHARE) add(firstWhole - 1, place, (firstWhole - start) / width);
    for (let whole = firstWhole; whole < lastWhole; whole += 1) add(whole, place, 1 / width);
    if (end - lastWhole > LEAST_SHARE) add(lastWhole, place, Math.min(end - lastWhole, 1, width) / width);
  }
  return { source, target, weight, count };
};

/**
 * The whole photo shrunk to [outHeight, outWidth, 3] bytes as `cv2.resize(..., INTER_AREA)` does it to the last bit: sums in
 * float32, in OpenCV's order. Exact means round one value in some thousands the other way, which now and then moves a face
 * by a pixel, so `--exact facenet` pays for this. Not for whole-number factors, which OpenCV shrinks another way.
 */
export const shrinkAsOpenCv = (
  photo: Photo,
  outWidthPx: number,
  outHeightPx: number,
): Uint8ClampedArray<ArrayBuffer> => {
  const columns = partsOf(photo.widthPx, outWidthPx);
  const rows = partsOf(photo.heightPx, outHeightPx);
  const valuesPerRow = outWidthPx * CHANNELS;
  const row = new Float32Array(valuesPerRow);
  const sum = new Float32Array(valuesPerRow);
  // Rounds half to even, as cvRound does.
  const out = new Uint8ClampedArray(outHeightPx * valuesPerRow);
  let finished = 0;
  for (let part = 0; part < rows.count; part += 1) {
    const y = rows.target[part] ?? 0;
    if (y !== finished) {
      out.set(sum, finished * valuesPerRow);
      sum.fill(0);
      finished = y;
    }
    sumRow(photo, rows.source[part] ?? 0, columns, row);
    const weight = rows.weight[part] ?? 0;
    for (let i = 0; i < valuesPerRow; i += 1) {
      sum[i] = Math.fround((sum[i] as number) + Math.fround(weight * (row[i] as number))); // within bounds: i < valuesPerRow
    }
  }
  out.set(sum, finished * valuesPerRow);
  return out;
};

/** Writes the weighted sums of one row of the photo. */
const sumRow = (
  { pixels, widthPx }: Photo,
  y: number,
  { source, target, weight, count }: Parts,
  row: Float32Array,
): void => {
  row.fill(0);
  const base = y * widthPx * CHANNELS;
  for (let part = 0; part < count; part += 1) {
    const share = weight[part] ?? 0;
    const from = base + (source[part] ?? 0) * CHANNELS;
    const to = (target[part] ?? 0) * CHANNELS;
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      const value = Math.fround(share * (pixels[from + channel] ?? 0));
      row[to + channel] = Math.fround((row[to + channel] ?? 0) + value);
    }
  }
};
