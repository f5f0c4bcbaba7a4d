import { edgesOf, type Edges } from './area.ts';
import { CHANNELS, type Photo } from './photo.ts';

/** One level that is being made: how far it has come, and the integral along the last line. */
type Level = {
  readonly columns: Edges;
  readonly rows: Edges;
  readonly scale: number;
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
  nextEdge: number;
  last: Float64Array;
  current: Float64Array;
};

/** Integrates one row of the photo onto the row above: row [widthPx + 1, 3]. */
const integrateRow = (
  { widthPx, pixels }: Photo,
  y: number,
  above: Float64Array,
  row: Float64Array,
): void => {
  let source = y * widthPx * CHANNELS;
  let red = 0;
  let green = 0;
  let blue = 0;
  // Within bounds: the loop follows the width.
  for (let at = CHANNELS; at <= widthPx * CHANNELS; at += CHANNELS) {
    red += pixels[source] as number;
    green += pixels[source + 1] as number;
    blue += pixels[source + 2] as number;
    row[at] = red + (above[at] as number);
    row[at + 1] = green + (above[at + 1] as number);
    row[at + 2] = blue + (above[at + 2] as number);
    source += CHANNELS;
  }
};

/** Writes the integral along a line between two rows of it, at each column edge. */
const lineBetween = (
  above: Float64Array,
  below: Float64Array,
  fraction: number,
  { index, fraction: fractions }: Edges,
  line: Float64Array,
): void => {
  let at = 0;
  for (let i = 0; i < index.length; i += 1) {
    // Within bounds: edges are clamped to the photo.
    const fx = fractions[i] as number;
    const left = (index[i] as number) * CHANNELS;
    for (let channel = left; channel < left + CHANNELS; channel += 1) {
      const upperLeft = above[channel] as number;
      const lowerLeft = below[channel] as number;
      const upper = upperLeft + ((above[channel + CHANNELS] as number) - upperLeft) * fx;
      const lower = lowerLeft + ((below[channel + CHANNELS] as number) - lowerLeft) * fx;
      line[at] = upper + (lower - upper) * fraction;
      at += 1;
    }
  }
};

const writeRow = ({ bytes, last, current, scale, columns }: Level, y: number): void => {
  const values = (columns.index.length - 1) * CHANNELS;
  let at = y * values;
  for (let i = 0; i < values; i += 1) {
    const right = (current[i + CHANNELS] as number) - (last[i + CHANNELS] as number);
    const left = (current[i] as number) - (last[i] as number);
    bytes[at] = (right - left) * scale;
    at += 1;
  }
};

/**
 * Shrinks a photo to several sizes in one pass over its rows, holding two rows of its integral: the same bytes as `shrinkByIntegral`
 * for photos too large for that. Not for halving, which rounds differently.
 */
export const shrinkInOnePass = (
  photo: Photo,
  sizes: readonly { readonly widthPx: number; readonly heightPx: number }[],
): readonly Uint8ClampedArray<ArrayBuffer>[] => {
  const levels = sizes.map(({ widthPx, heightPx }): Level => ({
    columns: edgesOf(0, photo.widthPx, widthPx, photo.widthPx),
    rows: edgesOf(0, photo.heightPx, heightPx, photo.heightPx),
    scale: (widthPx * heightPx) / (photo.widthPx * photo.heightPx),
    bytes: new Uint8ClampedArray(widthPx * heightPx * CHANNELS),
    // The line above the first row is zero, as the buffers are.
    nextEdge: 1,
    last: new Float64Array((widthPx + 1) * CHANNELS),
    current: new Float64Array((widthPx + 1) * CHANNELS),
  }));
  let above = new Float64Array((photo.widthPx + 1) * CHANNELS);
  let below = new Float64Array((photo.widthPx + 1) * CHANNELS);
  for (let y = 0; y < photo.heightPx; y += 1) {
    integrateRow(photo, y, above, below);
    for (const level of levels) {
      while (level.rows.index[level.nextEdge] === y) {
        const fraction = level.rows.fraction[level.nextEdge] as number; // Within bounds: checked on the line above.
        lineBetween(above, below, fraction, level.columns, level.current);
        writeRow(level, level.nextEdge - 1);
        [level.last, level.current] = [level.current, level.last];
        level.nextEdge += 1;
      }
    }
    [above, below] = [below, above];
  }
  return levels.map(({ bytes }) => bytes);
};
