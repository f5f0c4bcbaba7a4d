/** What was measured of a face; null where it was not. */
export type QualityFacts = {
  /** Probability that it is a face, 0 to 1. */
  readonly score: number | null;
  /** Shorter side of the box in the photo. */
  readonly sizePx: number | null;
  /** Variance of the Laplacian; see core/quality. */
  readonly sharpness: number | null;
  /** Mean brightness, 0 to 1. */
  readonly exposure: number | null;
  /** The greater of how far the head is turned to a side and up or down. */
  readonly turnedDegrees: number | null;
  /** Share of the box that lies outside the photo, 0 to 1. */
  readonly truncation: number | null;
};

export type QualityKind = 'low-score' | 'small' | 'blurred' | 'dark' | 'bright' | 'turned' | 'truncated';

export type QualityItem = {
  readonly face: number;
  readonly kind: QualityKind;
  /** How many deviations worse than the middle face of all, in that which is worst. */
  readonly score: number;
  readonly value: number;
  readonly middle: number;
};

/** Median of absolute deviations to the standard deviation of a normal distribution. */
const TO_DEVIATION = 1.4826;
/** From so many deviations on a face is in the queue (Iglewicz and Hoaglin 1993). */
const LEAST_DEVIATIONS = 3.5;

type Measure = {
  readonly kind: QualityKind;
  /** Higher is worse; on a scale on which faces are spread evenly to both sides. */
  readonly worse: (facts: QualityFacts) => number | null;
  readonly shown: (worse: number) => number;
};

const logOf = (value: number | null): number | null =>
  value === null ? null : -Math.log(Math.max(value, 1e-6));

/** Sizes and sharpness differ by factors, probabilities by odds. */
const MEASURES: readonly Measure[] = [
  {
    kind: 'low-score',
    worse: ({ score }) => (score === null ? null : Math.log(Math.max(1 - score, 1e-6))),
    shown: (worse) => 1 - Math.exp(worse),
  },
  { kind: 'small', worse: ({ sizePx }) => logOf(sizePx), shown: (worse) => Math.exp(-worse) },
  { kind: 'blurred', worse: ({ sharpness }) => logOf(sharpness), shown: (worse) => Math.exp(-worse) },
  {
    kind: 'dark',
    worse: ({ exposure }) => (exposure === null ? null : -exposure),
    shown: (worse) => -worse,
  },
  { kind: 'bright', worse: ({ exposure }) => exposure, shown: (worse) => worse },
  { kind: 'turned', worse: ({ turnedDegrees }) => turnedDegrees, shown: (worse) => worse },
  { kind: 'truncated', worse: ({ truncation }) => truncation, shown: (worse) => worse },
];

const middleOf = (sorted: Float64Array): number => sorted[Math.floor(sorted.length / 2)] ?? 0;

/** A spread below this share of the range is none: nearly all are equal, as truncation is. */
const LEAST_SPREAD = 0.02;

const spreadOf = (values: Float64Array): { readonly middle: number; readonly deviation: number } => {
  const sorted = values.slice().sort();
  const middle = middleOf(sorted);
  const deviation = TO_DEVIATION * middleOf(sorted.map((value) => Math.abs(value - middle)).sort());
  const range = (sorted.at(-1) ?? 0) - (sorted[0] ?? 0);
  return { middle, deviation: Math.max(deviation, LEAST_SPREAD * range) };
};

/**
 * Faces that are much worse than most of the others in some measure, worst first, each once with that in which it is worst. What is bad is told
 * by the faces themselves: a folder of small faces has no small one.
 */
export const rankQuality = (faces: readonly QualityFacts[]): readonly QualityItem[] => {
  const worst = new Map<number, QualityItem>();
  for (const { kind, worse, shown } of MEASURES) {
    const places: number[] = [];
    const values: number[] = [];
    faces.forEach((facts, face) => {
      const value = worse(facts);
      if (value === null) return;
      places.push(face);
      values.push(value);
    });
    const { middle, deviation } = spreadOf(Float64Array.from(values));
    if (deviation === 0) continue;
    values.forEach((value, place) => {
      const face = places[place] ?? 0;
      const score = (value - middle) / deviation;
      if (score >= LEAST_DEVIATIONS && score > (worst.get(face)?.score ?? 0))
        worst.set(face, { face, kind, score, value: shown(value), middle: shown(middle) });
    });
  }
  return [...worst.values()].sort((a, b) => b.score - a.score || a.face - b.face);
};
