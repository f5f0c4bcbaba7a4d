/** The share of something in a whole that a sample speaks for, from 0 to 1. */
export type ShareEstimate = { readonly share: number; readonly low: number; readonly high: number };

/** Quantile of the normal distribution that leaves half of what is beyond `confidence` above; 0.95 gives 1.95996. */
const normalQuantile = (confidence: number): number => {
  let [low, high] = [0, 40];
  for (let round = 0; round < 80; round += 1) {
    const middle = (low + high) / 2;
    if (withinDeviations(middle) < confidence) low = middle;
    else high = middle;
  }
  return low;
};

/** Share of a normal distribution within so many deviations of its mean: the error function by its series (Abramowitz and Stegun 7.1.6). */
const withinDeviations = (deviations: number): number => {
  if (deviations > 8) return 1;
  const x = deviations / Math.SQRT2;
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 500; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
};

const logFactorials = (most: number): Float64Array => {
  const logs = new Float64Array(most + 1);
  for (let n = 2; n <= most; n += 1) logs[n] = (logs[n - 1] ?? 0) + Math.log(n);
  return logs;
};

/**
 * The share of wrong ones when `wrong` of `reviewed` drawn at random were wrong, with the interval of Clopper and Pearson (1934), which holds the
 * true share in at least `confidence` of all samples however rare wrong ones are.
 * @throws when the counts are no counts of a sample
 */
export const estimateShare = (wrong: number, reviewed: number, confidence = 0.95): ShareEstimate => {
  if (!(Number.isInteger(wrong) && Number.isInteger(reviewed) && wrong >= 0 && wrong <= reviewed))
    throw new RangeError('A sample has whole counts, and no more wrong ones than reviewed ones.');
  if (reviewed === 0) return { share: Number.NaN, low: 0, high: 1 };
  const logs = logFactorials(reviewed);
  /** Probability of at most `most` wrong ones at a true share. */
  const atMost = (most: number, share: number): number => {
    let sum = 0;
    for (let k = 0; k <= most; k += 1)
      sum += Math.exp(
        (logs[reviewed] ?? 0) -
          (logs[k] ?? 0) -
          (logs[reviewed - k] ?? 0) +
          k * Math.log(share) +
          (reviewed - k) * Math.log1p(-share),
      );
    return sum;
  };
  const tail = (1 - confidence) / 2;
  /** The share at which a probability that falls with it reaches the tail. */
  const solve = (falls: (share: number) => number, wanted: number): number => {
    let [low, high] = [0, 1];
    for (let round = 0; round < 60; round += 1) {
      const middle = (low + high) / 2;
      if (falls(middle) > wanted) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  };
  return {
    share: wrong / reviewed,
    low: wrong === 0 ? 0 : solve((share) => atMost(wrong - 1, share), 1 - tail),
    high: wrong === reviewed ? 1 : solve((share) => atMost(wrong, share), tail),
  };
};

/**
 * How many of `total` must be reviewed so that a share of about `expected` is known to within `halfWidth` (normal approximation with the
 * correction for a finite whole, Cochran 1977).
 */
export const sampleSize = (
  total: number,
  { expected, halfWidth, confidence = 0.95 }: { expected: number; halfWidth: number; confidence?: number },
): number => {
  const endless = (normalQuantile(confidence) ** 2 * expected * (1 - expected)) / halfWidth ** 2;
  return Math.min(total, Math.ceil(endless / (1 + (endless - 1) / total)));
};
