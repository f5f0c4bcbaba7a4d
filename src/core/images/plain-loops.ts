import { WEIGHT_BITS, type PixelLoops } from './loops.ts';
import { CHANNELS } from './photo.ts';

// Every index is within its array by the contract of `PixelLoops`; all assertions of this file rest on that.

const WEIGHT_HALF = 1 << (WEIGHT_BITS - 1);

const integrate: PixelLoops['integrate'] = (pixels, widthPx, heightPx, sums) => {
  const stride = (widthPx + 1) * CHANNELS;
  let source = 0;
  for (let y = 1; y <= heightPx; y += 1) {
    let at = y * stride + CHANNELS;
    let above = at - stride;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let x = 0; x < widthPx; x += 1) {
      red += pixels[source] as number;
      green += pixels[source + 1] as number;
      blue += pixels[source + 2] as number;
      sums[at] = red + (sums[above] as number);
      sums[at + 1] = green + (sums[above + 1] as number);
      sums[at + 2] = blue + (sums[above + 2] as number);
      source += CHANNELS;
      at += CHANNELS;
      above += CHANNELS;
    }
  }
};

/**
 * The integral along the output's lines, at its column edges, is interpolated from the four corners around each point; the sum of a cell
 * is the difference of its lower and upper line, less the same of the cells to its left.
 */
const shrink: PixelLoops['shrink'] = (
  sums,
  stride,
  columnIndex,
  columnFraction,
  rowIndex,
  rowFraction,
  scale,
  shift,
  out,
  outStart,
) => {
  const line = new Float64Array(columnIndex.length * CHANNELS);
  let at = outStart;
  for (let y = 0; y < rowIndex.length; y += 1) {
    const base = (rowIndex[y] as number) * stride;
    const fy = rowFraction[y] as number;
    let redLeft = 0;
    let greenLeft = 0;
    let blueLeft = 0;
    for (let x = 0; x < columnIndex.length; x += 1) {
      const fx = columnFraction[x] as number;
      const top = base + (columnIndex[x] as number) * CHANNELS;
      const bottom = top + stride;
      const redTop = sums[top] as number;
      const greenTop = sums[top + 1] as number;
      const blueTop = sums[top + 2] as number;
      const redBottom = sums[bottom] as number;
      const greenBottom = sums[bottom + 1] as number;
      const blueBottom = sums[bottom + 2] as number;
      const redUpper = redTop + ((sums[top + 3] as number) - redTop) * fx;
      const greenUpper = greenTop + ((sums[top + 4] as number) - greenTop) * fx;
      const blueUpper = blueTop + ((sums[top + 5] as number) - blueTop) * fx;
      const red = redUpper + (redBottom + ((sums[bottom + 3] as number) - redBottom) * fx - redUpper) * fy;
      const green =
        greenUpper + (greenBottom + ((sums[bottom + 4] as number) - greenBottom) * fx - greenUpper) * fy;
      const blue =
        blueUpper + (blueBottom + ((sums[bottom + 5] as number) - blueBottom) * fx - blueUpper) * fy;
      const edge = x * CHANNELS;
      const redBand = red - (line[edge] as number);
      const greenBand = green - (line[edge + 1] as number);
      const blueBand = blue - (line[edge + 2] as number);
      line[edge] = red;
      line[edge + 1] = green;
      line[edge + 2] = blue;
      if (x > 0 && y > 0) {
        out[at] = (redBand - redLeft) * scale + shift;
        out[at + 1] = (greenBand - greenLeft) * scale + shift;
        out[at + 2] = (blueBand - blueLeft) * scale + shift;
        at += CHANNELS;
      }
      redLeft = redBand;
      greenLeft = greenBand;
      blueLeft = blueBand;
    }
  }
};

/** Weighted sums along a row of the photo: out [columns, 3]. */
const resampleRow = (
  pixels: Uint8Array,
  rowStart: number,
  first: Int32Array,
  count: Int32Array,
  weights: Int32Array,
  perOutput: number,
  out: Uint8ClampedArray,
  outStart: number,
): void => {
  let at = outStart;
  for (let i = 0; i < first.length; i += 1) {
    let red = WEIGHT_HALF;
    let green = WEIGHT_HALF;
    let blue = WEIGHT_HALF;
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

const resample: PixelLoops['resample'] = (
  pixels,
  widthPx,
  firstRow,
  rowCount,
  columnFirst,
  columnCount,
  columnWeights,
  columnsPerOutput,
  rowFirst,
  rowCounts,
  rowWeights,
  rowsPerOutput,
  out,
) => {
  const valuesPerRow = columnFirst.length * CHANNELS;
  const narrowed = new Uint8ClampedArray(rowCount * valuesPerRow);
  for (let y = 0; y < rowCount; y += 1) {
    const rowStart = (firstRow + y) * widthPx * CHANNELS;
    const to = y * valuesPerRow;
    resampleRow(pixels, rowStart, columnFirst, columnCount, columnWeights, columnsPerOutput, narrowed, to);
  }
  const total = new Int32Array(valuesPerRow);
  for (let y = 0; y < rowFirst.length; y += 1) {
    total.fill(WEIGHT_HALF);
    for (let k = 0; k < (rowCounts[y] as number); k += 1) {
      const weight = rowWeights[y * rowsPerOutput + k] as number;
      const from = ((rowFirst[y] as number) + k - firstRow) * valuesPerRow;
      for (let i = 0; i < valuesPerRow; i += 1) {
        total[i] = (total[i] as number) + weight * (narrowed[from + i] as number);
      }
    }
    const to = y * valuesPerRow;
    for (let i = 0; i < valuesPerRow; i += 1) out[to + i] = (total[i] as number) >> WEIGHT_BITS;
  }
};

/** The loops for machines without the compiled ones. */
export const plainLoops: PixelLoops = { integrate, shrink, resample };
