import type { PairGeneration } from '../../contract/pairs.ts';
import type { DistanceMetric } from '../../contract/validation.ts';
import { formatCount } from './format.ts';

export const METRIC_NAMES: Readonly<Record<DistanceMetric, string>> = {
  'squared-euclidean': 'Squared Euclidean distance',
  angle: 'Angle, in half turns',
};

export const MISSING_NAMES = {
  wrong: 'counted as wrong answers',
  skip: 'left out',
} as const;

/** What a wrong pair is called. */
export const WRONG_NAMES = { 'false-accept': 'False accept', 'false-reject': 'False reject' } as const;

const DISTANCE_PLACES = 4;
const SMALL_RATE = 0.01;
const UNKNOWN = '–';

/** A distance or a threshold: `0.3712`. */
export const formatDistance = (distance: number | null): string =>
  distance === null || !Number.isFinite(distance) ? UNKNOWN : distance.toFixed(DISTANCE_PLACES);

const places = (count: number): Intl.NumberFormat =>
  new Intl.NumberFormat('en', { minimumFractionDigits: count, maximumFractionDigits: count });
const TWO_PLACES = places(2);
const THREE_PLACES = places(3);
const SIX_PLACES = places(6);

/** A rate as a percentage: `98.75 %`; of a small one more places: `0.033 %`. */
export const formatRateOf = (rate: number | null): string => {
  if (rate === null || !Number.isFinite(rate)) return UNKNOWN;
  return `${(rate > 0 && rate < SMALL_RATE ? THREE_PLACES : TWO_PLACES).format(rate * 100)} %`;
};

/** A rate on an axis of powers of ten: `1e-3`, `1`. */
export const formatPower = (rate: number): string =>
  rate >= SMALL_RATE ? String(Number(rate.toPrecision(3))) : rate.toExponential().replace(/\.?0*e/, 'e');

/** An area: `0.998123`. */
export const formatArea = (area: number | null): string =>
  area === null ? UNKNOWN : SIX_PLACES.format(area);

/** `98.75 % ± 0.46`. */
export const formatWithDeviation = (mean: number | null, deviation: number | null): string =>
  mean === null || deviation === null
    ? formatRateOf(mean)
    : `${formatRateOf(mean)} ± ${TWO_PLACES.format(deviation * 100)}`;

/** Both ends of an interval: `97.10 to 98.42 %`. */
export const formatInterval = (interval: readonly [number, number] | null): string =>
  interval === null
    ? UNKNOWN
    : `${formatRateOf(interval[0]).replace(' %', '')} to ${formatRateOf(interval[1])}`;

/** By how much a rate rose or fell, in points: `+0.02`, `±0`. */
export const formatGain = (before: number | null, after: number | null): string => {
  if (before === null || after === null) return UNKNOWN;
  const points = (after - before) * 100;
  if (Math.abs(points) < 0.005) return '±0';
  return `${points > 0 ? '+' : '−'}${TWO_PLACES.format(Math.abs(points))}`;
};

/** How somebody was found in both sets. */
export const overlapWords = ({
  byName,
  byFace,
}: {
  readonly byName: boolean;
  readonly byFace: boolean;
}): string => (byName && byFace ? 'name and face' : byName ? 'name alone' : 'face alone');

/** `12 of 6,000`. */
export const countIn = (count: number, all: number): string => `${formatCount(count)} of ${formatCount(all)}`;

/** The name of a list that is made, without its ending: what it is, and when it was made. */
export const nameOfList = (
  { folds, pairsOfEachKind, seed, hard }: Pick<PairGeneration, 'folds' | 'pairsOfEachKind' | 'seed' | 'hard'>,
  atMs: number,
): string =>
  [
    `pairs ${String(folds)}x${String(pairsOfEachKind)}`,
    ...(hard === null ? [] : [`hard ${String(hard.candidates)}`]),
    `seed ${String(seed)}`,
    new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '.'),
  ].join(' ');
