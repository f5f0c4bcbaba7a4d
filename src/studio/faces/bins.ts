import type { FaceMeasure } from '../../contract/workspace-faces.ts';
import { FLAG, type FaceColumns } from './columns.ts';
import { isAngle, measureColumn } from './filter.ts';

export const HISTOGRAM_BINS = 40;

/** Stands for a face that is not measured. */
export const UNMEASURED = 255;

/** A measure cut into bins: the bin of each place, and where the bins begin and end. */
export type Bins = {
  /** One more than bins, ascending; none where nothing is measured. */
  readonly edges: readonly number[];
  /** From 0, or `UNMEASURED`. */
  readonly codes: Uint8Array;
};

/** So many faces, spread over all, tell where most values lie. */
const SAMPLE_FACES = 10_000;
/** The share of faces on either side that the outermost bins take in, so that a few odd ones do not squeeze all others into one bin. */
const TAIL_SHARE = 0.002;

/** The least and greatest value of the faces in the library, and those between which most lie; null where none is measured. */
const spanOf = (
  columns: FaceColumns,
  measure: FaceMeasure,
): { readonly least: number; readonly most: number; readonly low: number; readonly high: number } | null => {
  const { count, flags } = columns;
  const column = measureColumn(columns, measure);
  const isUnsigned = isAngle(measure);
  const stride = Math.max(1, Math.floor(count / SAMPLE_FACES));
  const sample: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (let place = 0; place < count; place += 1) {
    if (((flags[place] ?? 0) & FLAG.shown) === 0) continue;
    const raw = column[place] ?? Number.NaN;
    const value = isUnsigned ? Math.abs(raw) : raw;
    if (Number.isNaN(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
    if (place % stride === 0) sample.push(value);
  }
  if (least > most) return null;
  const sorted = Float64Array.from(sample).sort();
  const tail = Math.floor(sorted.length * TAIL_SHARE);
  return {
    least,
    most,
    low: sorted[tail] ?? least,
    high: sorted[sorted.length - 1 - tail] ?? most,
  };
};

const edgesOf = (columns: FaceColumns, measure: FaceMeasure): readonly number[] => {
  const span = spanOf(columns, measure);
  if (span === null) return [];
  const { least, most, low, high } = span;
  return Array.from({ length: HISTOGRAM_BINS + 1 }, (_, edge) => {
    if (edge === 0) return least;
    if (edge === HISTOGRAM_BINS) return most;
    return low + ((high - low) * edge) / HISTOGRAM_BINS;
  });
};

const codesOf = (columns: FaceColumns, measure: FaceMeasure, edges: readonly number[]): Uint8Array => {
  const { count } = columns;
  const codes = new Uint8Array(count);
  const first = edges[1] ?? 0;
  const last = edges[HISTOGRAM_BINS - 1] ?? 0;
  const width = (last - first) / (HISTOGRAM_BINS - 2);
  const column = measureColumn(columns, measure);
  const isUnsigned = isAngle(measure);
  for (let place = 0; place < count; place += 1) {
    const raw = column[place] ?? Number.NaN;
    const value = isUnsigned ? Math.abs(raw) : raw;
    if (Number.isNaN(value)) codes[place] = UNMEASURED;
    else if (value < first) codes[place] = 0;
    else if (value >= last) codes[place] = HISTOGRAM_BINS - 1;
    else {
      // The division may miss an edge by its rounding: the edges themselves decide.
      let bin = 1 + Math.floor((value - first) / width);
      if (value < (edges[bin] ?? 0)) bin -= 1;
      else if (value >= (edges[bin + 1] ?? 0)) bin += 1;
      codes[place] = bin;
    }
  }
  return codes;
};

/**
 * Cuts a measure into bins, in two steps. A value on an edge belongs to the bin that begins there; those not in the library may be in any.
 */
export function* binsInSteps(columns: FaceColumns, measure: FaceMeasure): Generator<void, Bins, void> {
  const edges = edgesOf(columns, measure);
  yield;
  return { edges, codes: codesOf(columns, measure, edges) };
}
