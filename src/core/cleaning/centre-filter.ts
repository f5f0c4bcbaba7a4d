import type { Vectors } from '../neighbours/graph.ts';
import type { LabelledFaces } from './labelled-faces.ts';

/** Bins of the seed's histogram. */
const SEED_BINS = 100;

/**
 * Distance of each face to the centre of its identity, the mean of the faces' vectors at unit length, which is not brought to unit length itself;
 * not a number for a face of nobody. `calculate_filtering_metrics.py` of the seed.
 */
export const centreDistances = ({ vectors, identityOf, identityCount }: LabelledFaces): Float64Array => {
  const { count, dimensions } = vectors;
  const unit = unitVectors(vectors);
  const centres = new Float64Array(identityCount * dimensions);
  const sizes = new Float64Array(identityCount);
  for (let face = 0; face < count; face += 1) {
    const identity = identityOf[face] ?? -1;
    if (identity < 0) continue;
    sizes[identity] = (sizes[identity] ?? 0) + 1;
    for (let d = 0; d < dimensions; d += 1) {
      const at = identity * dimensions + d;
      centres[at] = (centres[at] ?? 0) + (unit[face * dimensions + d] ?? 0);
    }
  }
  return Float64Array.from({ length: count }, (_, face) => {
    const identity = identityOf[face] ?? -1;
    if (identity < 0) return Number.NaN;
    let sum = 0;
    for (let d = 0; d < dimensions; d += 1) {
      const centre = (centres[identity * dimensions + d] ?? 0) / (sizes[identity] ?? 1);
      sum += ((unit[face * dimensions + d] ?? 0) - centre) ** 2;
    }
    return Math.sqrt(sum);
  });
};

const unitVectors = ({ count, dimensions, values }: Vectors): Float64Array => {
  const unit = Float64Array.from(values);
  for (let row = 0; row < count; row += 1) {
    let squares = 0;
    for (let d = 0; d < dimensions; d += 1) squares += (unit[row * dimensions + d] ?? 0) ** 2;
    const length = Math.sqrt(squares);
    for (let d = 0; length > 0 && d < dimensions; d += 1)
      unit[row * dimensions + d] = (unit[row * dimensions + d] ?? 0) / length;
  }
  return unit;
};

/** Counts of values in bins of equal width from the least to the greatest, the last with both of its edges (`numpy.histogram`). */
export const histogramOf = (
  values: Float64Array,
  bins: number,
): { readonly counts: Int32Array; readonly least: number; readonly width: number } => {
  const finite = values.filter((value) => Number.isFinite(value));
  let [least, most] = [Infinity, -Infinity];
  for (const value of finite) [least, most] = [Math.min(least, value), Math.max(most, value)];
  if (finite.length === 0) return { counts: new Int32Array(bins), least: 0, width: 0 };
  // As numpy does where all are equal.
  if (least === most) [least, most] = [least - 0.5, most + 0.5];
  const width = (most - least) / bins;
  const edge = (bin: number): number => (bin === bins ? most : least + bin * width);
  const counts = new Int32Array(bins);
  for (const value of finite) {
    let bin = Math.min(bins - 1, Math.floor((value - least) / width));
    // Division may have rounded across an edge.
    if (value < edge(bin)) bin -= 1;
    else if (bin < bins - 1 && value >= edge(bin + 1)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { counts, least, width };
};

/** The seed's `find_threshold`: where the cumulative share of a histogram of 100 bins, between their middles, reaches the percentile. */
const seedThreshold = (distances: Float64Array, percentile: number): number => {
  const { counts, least, width } = histogramOf(distances, SEED_BINS);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const middle = (bin: number): number => least + (bin + 0.5) * width;
  const wanted = percentile * 0.01;
  let sum = 0;
  // The seed's shares are float32.
  const shares = Array.from(counts, (count) => Math.fround(Math.fround((sum += count)) / total));
  const after = shares.findIndex((share) => share > wanted);
  if (after === 0) return middle(0);
  if (after < 0) return middle(SEED_BINS - 1);
  const [before = 0, next = 1] = [shares[after - 1], shares[after]];
  return middle(after - 1) + ((wanted - before) * width) / (next - before);
};

/** Above what distance faces are left out so that `percentile` per cent of them stay (nearest rank). */
const exactThreshold = (distances: Float64Array, percentile: number): number => {
  const sorted = distances.filter((value) => Number.isFinite(value)).sort();
  return percentile <= 0
    ? -Infinity
    : (sorted[Math.ceil((percentile / 100) * sorted.length) - 1] ?? Infinity);
};

export type CentreFilter = {
  /** Share of the faces that stay, in per cent, by their distance to the centre. */
  readonly percentile: number;
  /** Identities that are left with fewer faces go altogether. */
  readonly leastFaces: number;
  /**
   * As the seed does it: a threshold from a histogram, which leaves out some at 100 per cent too (F1, F2 of docs/pipeline.md), and identities
   * only looked at when they lost a face (F5).
   */
  readonly isAsSeed: boolean;
};

export type Filtered = {
  /** In the unit of unit vectors; what is as far (as the seed does it) or farther goes. */
  readonly thresholdDistance: number;
  /** 1 for each face that stays. */
  readonly stays: Uint8Array;
  readonly facesLeft: number;
  readonly identitiesLeft: number;
};

/** Leaves out faces that are far from the centre of their identity, and identities that are left too small. `filter_dataset` of the seed. */
export const filterByCentre = (
  { identityOf, identityCount }: LabelledFaces,
  distances: Float64Array,
  { percentile, leastFaces, isAsSeed }: CentreFilter,
): Filtered => {
  const threshold = isAsSeed ? seedThreshold(distances, percentile) : exactThreshold(distances, percentile);
  const stays = Uint8Array.from(distances, (distance) =>
    // What has no distance cannot be judged by it.
    (isAsSeed ? distance >= threshold : distance > threshold) ? 0 : 1,
  );
  const left = new Int32Array(identityCount);
  const lost = new Uint8Array(identityCount);
  identityOf.forEach((identity, face) => {
    if (identity < 0) return;
    if (stays[face] === 1) left[identity] = (left[identity] ?? 0) + 1;
    else lost[identity] = 1;
  });
  const goes = (identity: number): boolean =>
    (left[identity] ?? 0) < leastFaces && (!isAsSeed || lost[identity] === 1);
  identityOf.forEach((identity, face) => {
    if (identity >= 0 && goes(identity)) stays[face] = 0;
  });
  let identitiesLeft = 0;
  for (let identity = 0; identity < identityCount; identity += 1)
    if (!goes(identity) && (left[identity] ?? 0) > 0) identitiesLeft += 1;
  return {
    thresholdDistance: threshold,
    stays,
    facesLeft: stays.reduce((sum, stay) => sum + stay, 0),
    identitiesLeft,
  };
};
