/** From which epoch on which learning rate holds; 0 or less ends the training. */
export type ScheduleEntry = { readonly fromEpoch: number; readonly learningRate: number };

/** A file of learning rates that cannot be read: one sentence that says which line. */
export class ScheduleError extends Error {}

/**
 * The seed's schedule files: `<epoch>: <learning rate>` on each line, `#` begins a comment, blank lines count for nothing.
 * @throws ScheduleError
 */
export const parseSchedule = (text: string): readonly ScheduleEntry[] => {
  const entries: ScheduleEntry[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.split('#')[0]?.trim() ?? '';
    if (line === '') return;
    const parts = /^(\d+)\s*:\s*(-|[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?)$/.exec(line);
    if (parts === null)
      throw new ScheduleError(
        `Line ${String(index + 1)} of the schedule is "${line}": write "epoch: learning rate", as in "60: 0.005".`,
      );
    const fromEpoch = Number(parts[1]);
    const learningRate = parts[2] === '-' ? -1 : Number(parts[2]);
    const before = entries.at(-1)?.fromEpoch ?? -1;
    if (fromEpoch <= before)
      throw new ScheduleError(
        `Line ${String(index + 1)} of the schedule goes back to epoch ${String(fromEpoch)}: order the lines by epoch.`,
      );
    entries.push({ fromEpoch, learningRate });
  });
  if (entries.length === 0)
    throw new ScheduleError('The schedule has no line: write "epoch: learning rate", as in "0: 0.05".');
  return entries;
};

export type LearningRatePolicy = {
  /** Used where it is positive; otherwise the schedule. */
  readonly learningRate: number;
  readonly schedule: readonly ScheduleEntry[];
  /** Every so many epochs the rate is multiplied by the factor; the seed's `exponential_decay` in stairs. */
  readonly decayEpochs: number;
  readonly decayFactor: number;
};

/**
 * The learning rate of a step, null where the training ends. Of a schedule the last entry with `fromEpoch <= epoch` counts, also behind
 * its last line, where the seed fails.
 *
 * @param epoch from 1, as in the seed
 * @param step steps done before this one
 */
export const learningRateAt = (
  policy: LearningRatePolicy,
  { epoch, step, epochSize }: { readonly epoch: number; readonly step: number; readonly epochSize: number },
): number | null => {
  const base =
    policy.learningRate > 0
      ? policy.learningRate
      : policy.schedule.findLast(({ fromEpoch }) => fromEpoch <= epoch)?.learningRate;
  if (base === undefined || base <= 0) return null;
  return base * policy.decayFactor ** Math.floor(step / (policy.decayEpochs * epochSize));
};

/** Steps until a training ends: by its epochs, or before by its schedule. */
export const stepsOf = (
  plan: LearningRatePolicy & { readonly epochSize: number; readonly maxEpochs: number },
): number => {
  const { epochSize, maxEpochs } = plan;
  for (let epoch = 1; epoch <= maxEpochs; epoch += 1) {
    const step = (epoch - 1) * epochSize;
    if (learningRateAt(plan, { epoch, step, epochSize }) === null) return step;
  }
  return maxEpochs * epochSize;
};
