import { scaleLinear, scaleLog, type ScaleContinuousNumeric } from 'd3-scale';

export type Axis = {
  /** What is measured, with its unit in brackets where it has one. */
  readonly label: string;
  readonly kind: 'linear' | 'log';
  readonly format: (value: number) => string;
  /** What is shown at first; left out, all that the lines hold. */
  readonly domain?: Domain;
};
export type Values = readonly number[] | Float32Array | Float64Array;
export type Domain = readonly [number, number];
export type Scale = ScaleContinuousNumeric<number, number>;

export type Line = {
  readonly name: string;
  /** One of five colours that are told apart by the colour-blind too; the same thing has the same colour everywhere. `plain` is what others are told against. */
  readonly colour: 1 | 2 | 3 | 4 | 5 | 'plain';
  /** Ascending. */
  readonly x: Values;
  /** As many as `x`; where it is not finite the line has a gap. */
  readonly y: Values;
  readonly look: 'thick' | 'thin' | 'dotted' | 'area';
};

/** Where something lies that is drawn over the lines, in pixels of the plot. */
export type Plot = {
  readonly x: Scale;
  readonly y: Scale;
  readonly widthPx: number;
  readonly heightPx: number;
};

export type SavedChart = {
  readonly name: string;
  /** A PNG is made of the SVG that `text` holds. */
  readonly format: 'svg' | 'png' | 'csv';
  readonly text: string;
};

export const scaleOf = ({ kind }: Axis, domain: Domain, range: Domain): Scale =>
  (kind === 'log' ? scaleLog() : scaleLinear()).domain(domain).range(range);

const SAME_WITHIN = 1e-9;

/** Half as much and half as much again; of nothing half a unit to both sides. */
const around = (value: number): Domain =>
  value === 0 ? [-0.5, 0.5] : [value - Math.abs(value) / 2, value + Math.abs(value) / 2];

/** The values of all lines, or from 0 to 1 where there are none; on a logarithmic axis only what is above 0. */
export const domainOf = (axis: Axis, values: readonly Values[]): Domain => {
  if (axis.domain !== undefined) return axis.domain;
  let [least, most] = [Infinity, -Infinity];
  for (const each of values) {
    for (const value of each) {
      if (!Number.isFinite(value) || (axis.kind === 'log' && value <= 0)) continue;
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (least > most) return axis.kind === 'log' ? [0.1, 1] : [0, 1];
  // Values that differ by rounding alone are one: nothing between them could be told apart.
  if (most - least <= Math.abs(most) * SAME_WITHIN)
    return axis.kind === 'log' ? [least / 2, most * 2] : around(least);
  return [least, most];
};

/** The place in ascending `x` that is nearest to `value`; -1 where there is none. */
export const nearestPlace = (x: Values, value: number): number => {
  let [low, high] = [0, x.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((x[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && value - (x[low - 1] ?? 0) < (x[low] ?? 0) - value) return low - 1;
  return high < 0 ? -1 : low;
};

/** Zooms by `factor` about a value that keeps its place; below 1 shows less. */
export const zoomed = (axis: Axis, [from, to]: Domain, about: number, factor: number): Domain => {
  if (axis.kind === 'linear') return [about - (about - from) * factor, about + (to - about) * factor];
  const [low, middle, high] = [Math.log(from), Math.log(about), Math.log(to)];
  return [Math.exp(middle - (middle - low) * factor), Math.exp(middle + (high - middle) * factor)];
};

/**
 * The line as the path of an SVG. Of the points that fall into one pixel's column the first, lowest, highest and last are drawn: all that can
 * be seen of a million. On a logarithmic axis what is not above 0 is a gap.
 */
export const pathOf = (line: Pick<Line, 'x' | 'y'>, x: Scale, y: Scale): string => {
  const parts: string[] = [];
  let isDown = false;
  let column = Number.NaN;
  let run: { at: number; x: number; y: number }[] = [];
  const draw = (): void => {
    const byHeight = [...run].sort((a, b) => a.y - b.y);
    const kept = new Set([run[0], byHeight[0], byHeight.at(-1), run.at(-1)]);
    for (const point of run) {
      if (!kept.has(point)) continue;
      parts.push(`${isDown ? 'L' : 'M'}${point.x.toFixed(1)},${point.y.toFixed(1)}`);
      isDown = true;
    }
    run = [];
  };
  for (let at = 0; at < line.x.length; at += 1) {
    const [px, py] = [x(line.x[at] ?? Number.NaN), y(line.y[at] ?? Number.NaN)];
    if (!Number.isFinite(px) || !Number.isFinite(py)) {
      draw();
      isDown = false;
      continue;
    }
    if (Math.floor(px) !== column) {
      draw();
      column = Math.floor(px);
    }
    run.push({ at, x: px, y: py });
  }
  draw();
  return parts.join('');
};

/** Moves labels apart so that none is nearer to the next than `leastPx`, as little as can be; in the order given by `wanted`. */
export const spreadOut = (wanted: readonly number[], leastPx: number, mostPx: number): number[] => {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let free = -Infinity;
  for (const i of order) {
    placed[i] = Math.max(placed[i] ?? 0, free);
    free = (placed[i] ?? 0) + leastPx;
  }
  let limit = mostPx;
  for (const i of order.reverse()) {
    placed[i] = Math.min(placed[i] ?? 0, limit);
    limit = (placed[i] ?? 0) - leastPx;
  }
  return placed;
};
