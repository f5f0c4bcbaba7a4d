import type { DistanceSpread } from '../parts/distances.ts';
import { exactRoc, ratesOf } from '../../core/verification/roc.ts';
import { figuresAt, type SortedScores } from '../../core/verification/scores.ts';
import type { Domain, Line } from '../charts/scales.ts';

/** The FAR at which the logarithmic axis begins; what lies below is drawn there. */
export const LEAST_FAR = 1e-5;
const RATE_STEPS = 400;
const BINS = 60;

type Look = Pick<Line, 'name' | 'colour' | 'look'>;

/** The exact ROC as a line; null without pairs of both kinds. */
export const rocLine = (scores: SortedScores, look: Look): Line | null => {
  const curve = ratesOf(exactRoc(scores), scores);
  if (curve === null) return null;
  // Of all that is accepted without a false accept the axis shows the most.
  const from = curve.falseAcceptRate.findLastIndex((rate) => rate <= LEAST_FAR);
  return {
    ...look,
    x: curve.falseAcceptRate.slice(Math.max(0, from)).map((rate) => Math.max(rate, LEAST_FAR)),
    y: curve.acceptRate.slice(Math.max(0, from)),
  };
};

/** What chance gives. */
export const chanceLine = (): Line => {
  const x = Float64Array.from({ length: 101 }, (_, step) => LEAST_FAR ** (1 - step / 100));
  return { name: 'Chance', colour: 'plain', look: 'dotted', x, y: x };
};

/** From nothing to the largest distance, a little more. */
export const distanceDomain = ({ same, different }: SortedScores): Domain => {
  const largest = Math.max(
    ...[same, different].map((side) => side.findLast((distance) => Number.isFinite(distance)) ?? 0),
  );
  return [0, largest > 0 ? largest * 1.02 : 1];
};

/** Where the middle half of the pairs of each kind lies. */
export const spreadsOf = ({ same, different }: SortedScores): readonly DistanceSpread[] => {
  const spread = (
    kind: DistanceSpread['kind'],
    side: Float64Array,
    words: string,
  ): readonly DistanceSpread[] =>
    side.length === 0
      ? []
      : [
          {
            kind,
            range: [side[Math.floor(side.length / 4)] ?? 0, side[Math.floor((3 * side.length) / 4)] ?? 0],
            words,
          },
        ];
  return [
    ...spread('same', same, 'Middle half of pairs of one person'),
    ...spread('different', different, 'Middle half of pairs of two people'),
  ];
};

/** The share of wrongly rejected and of wrongly accepted pairs by the threshold. */
export const rateLines = (scores: SortedScores, colour: Line['colour']): readonly Line[] => {
  const [, most] = distanceDomain(scores);
  const x = Float64Array.from({ length: RATE_STEPS + 1 }, (_, step) => (most * step) / RATE_STEPS);
  const figures = Array.from(x, (threshold) => figuresAt(scores, threshold));
  return [
    {
      ...{ name: 'FRR', colour, look: 'thick', x },
      y: figures.map(({ falseRejectRate }) => falseRejectRate ?? Number.NaN),
    },
    {
      ...{ name: 'FAR', colour: 'plain', look: 'thick', x },
      y: figures.map(({ falseAcceptRate }) => falseAcceptRate ?? Number.NaN),
    },
  ];
};

/** How the distances of pairs of one person and of two are spread, in percent of the pairs of each kind. */
export const histogramLines = (scores: SortedScores, colour: Line['colour']): readonly Line[] => {
  const [, most] = distanceDomain(scores);
  const x = Float64Array.from({ length: BINS }, (_, bin) => ((bin + 0.5) * most) / BINS);
  const shares = (side: Float64Array): Float64Array => {
    const counts = new Float64Array(BINS);
    for (const distance of side) {
      const bin = Math.floor((distance / most) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] ?? 0) + 1;
    }
    return counts.map((count) => (side.length === 0 ? 0 : (100 * count) / side.length));
  };
  return [
    { name: 'One person', colour, look: 'area', x, y: shares(scores.same) },
    { name: 'Two people', colour: 'plain', look: 'area', x, y: shares(scores.different) },
  ];
};
