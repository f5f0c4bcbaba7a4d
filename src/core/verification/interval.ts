import { countBelow, type SortedScores } from './scores.ts';

/** Both ends of a confidence interval of a rate. */
export type Interval = { readonly low: number; readonly high: number };

/** The confidence of every interval that is shown. */
export const CONFIDENCE = 0.95;

/** Coefficients of Lanczos' approximation for g = 7, n = 9 (Godfrey 2001): ln gamma to 1e-15. */
const LANCZOS_G = 7;
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

const logGamma = (value: number): number => {
  const x = value - 1;
  let series = LANCZOS[0] ?? 0;
  for (let term = 1; term < LANCZOS.length; term += 1) series += (LANCZOS[term] ?? 0) / (x + term);
  const t = x + LANCZOS_G + 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (x + 0.5) * Math.log(t) - t + Math.log(series);
};

const MOST_TERMS = 10_000;
/** Keeps Lentz's method from dividing by nothing. */
const SMALLEST = 1e-300;

/** The continued fraction of the incomplete beta function by Lentz's method (Press et al., Numerical Recipes § 6.4). */
const betaFraction = (x: number, a: number, b: number): number => {
  const away = (value: number): number => (Math.abs(value) < SMALLEST ? SMALLEST : value);
  let numerator = 1;
  let denominator = 1 / away(1 - ((a + b) * x) / (a + 1));
  let fraction = denominator;
  for (let m = 1; m <= MOST_TERMS; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const coefficient of [even, odd]) {
      denominator = 1 / away(1 + coefficient * denominator);
      numerator = away(1 + coefficient / numerator);
      change = numerator * denominator;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-15) break;
  }
  return fraction;
};

/** The regularised incomplete beta function I_x(a, b). */
const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  // The fraction converges fast on this side of the mean; the other is its mirror image.
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
};

/** The x with I_x(a, b) = probability, by halving. */
const betaQuantile = (probability: number, a: number, b: number): number => {
  let [low, high] = [0, 1];
  for (let step = 0; step < 200 && high - low > 1e-16 * high; step += 1) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** The exact interval of a rate of which `hits` of `count` were seen (Clopper and Pearson 1934). @param count above 0 */
export const exactInterval = (hits: number, count: number, confidence = CONFIDENCE): Interval => {
  const tail = (1 - confidence) / 2;
  return {
    low: hits === 0 ? 0 : betaQuantile(tail, hits, count - hits + 1),
    high: hits === count ? 1 : betaQuantile(1 - tail, hits + 1, count - hits),
  };
};

/** The first whole number from 0 to `most` for which a rising condition holds; `most` when none is below it. */
const firstThat = (most: number, holds: (value: number) => boolean): number => {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/**
 * Where the share of accepted pairs of one person at a FAR of exactly `farTarget` lies. Two things are uncertain: which threshold has
 * that FAR, because few pairs of two people decide it, and the share itself. All thresholds whose own interval of the FAR holds the
 * target are taken, and from the lowest to the highest of them the interval of the share; each at half the doubt (Bonferroni).
 * @returns null without pairs of both kinds
 */
export const acceptInterval = ({ same, different }: SortedScores, farTarget: number): Interval | null => {
  if (same.length === 0 || different.length === 0) return null;
  const confidence = 1 - (1 - CONFIDENCE) / 2;
  const farOf = (accepted: number): Interval => exactInterval(accepted, different.length, confidence);
  const fewest = firstThat(different.length, (accepted) => farOf(accepted).high >= farTarget);
  const most = firstThat(different.length, (accepted) => farOf(accepted + 1).low > farTarget);
  // At the distance of the next pair of two people, so many of them are accepted.
  const acceptsAt = (accepted: number): number =>
    countBelow(same, different[accepted] ?? Number.POSITIVE_INFINITY);
  return {
    low: exactInterval(acceptsAt(fewest), same.length, confidence).low,
    high: exactInterval(acceptsAt(most), same.length, confidence).high,
  };
};
