/** What of a step tells whether a training is well. */
export type ObservedStep = {
  readonly step: number;
  readonly learningRate: number;
  /** Identity of each loss: of the image, or of the triplet's anchor. */
  readonly identities: readonly string[];
  /** Cross-entropy of each image, or loss of each triplet. */
  readonly losses: Float32Array;
  /** Of the batch's embeddings, as `embeddingSpread` gives it. */
  readonly spread: number;
};

/** Tells in words what goes wrong in a training; each thing once. */
export type TrainingDoctor = {
  step(observed: ObservedStep): readonly string[];
  /** Ends an epoch. */
  endEpoch(): readonly string[];
};

/** Steps over which something has to hold before it is told of. */
const WINDOW_STEPS = 50;
/** At half a degree between embeddings the spread is about this. */
const COLLAPSED_SPREAD = 1e-4;
/** Against a network that guesses, whose cross-entropy is the logarithm of the number of classes. */
const WORSE_THAN_GUESSING = 1.5;
const EPOCHS_WITHOUT_LEARNING = 3;
const MOST_NAMED = 3;

/**
 * How far the directions of vectors lie apart: 1 less the squared length of the mean of the vectors at unit length. 0 where all are one, near 1
 * where they lie evenly.
 * @param vectors [count, size]
 */
export const embeddingSpread = (vectors: Float32Array, size: number): number => {
  const count = vectors.length / size;
  const sum = new Float64Array(size);
  for (let first = 0; first < vectors.length; first += size) {
    const vector = vectors.subarray(first, first + size);
    const length = Math.hypot(...vector);
    if (length > 0) vector.forEach((value, at) => (sum[at] = (sum[at] ?? 0) + value / length));
  }
  return 1 - sum.reduce((squares, value) => squares + (value / count) ** 2, 0);
};

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The upper one of two in the middle; Infinity of none. */
const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity;

/** True once `holds` was so in a whole window of steps on end. */
const createStreak = () => {
  let steps = 0;
  return (holds: boolean): boolean => {
    steps = holds ? steps + 1 : 0;
    return steps === WINDOW_STEPS;
  };
};

/** Means of the losses of an epoch, and who was worse than guessed in each of the last epochs. */
const createClassRecord = (guessing: number) => {
  let epoch = new Map<string, { sum: number; count: number }>();
  const epochsWithout = new Map<string, number>();
  return {
    add({ identities, losses }: ObservedStep): void {
      losses.forEach((loss, index) => {
        const identity = identities[index];
        if (identity === undefined) return;
        const { sum, count } = epoch.get(identity) ?? { sum: 0, count: 0 };
        epoch.set(identity, { sum: sum + loss, count: count + 1 });
      });
    },
    /** Identities that the network has just been found not to learn, while it learns at least half of all. */
    endEpoch(): string[] {
      const means = [...epoch].map(([identity, { sum, count }]) => ({ identity, mean: sum / count }));
      epoch = new Map();
      if (medianOf(means.map(({ mean }) => mean)) > guessing / 2) {
        epochsWithout.clear();
        return [];
      }
      for (const { identity, mean } of means)
        epochsWithout.set(identity, mean > guessing ? (epochsWithout.get(identity) ?? 0) + 1 : 0);
      return means
        .map(({ identity }) => identity)
        .filter((identity) => epochsWithout.get(identity) === EPOCHS_WITHOUT_LEARNING);
    },
  };
};

const named = (identities: readonly string[]): string => {
  const more = identities.length - MOST_NAMED;
  return identities.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${String(more)} more` : '');
};

/**
 * A doctor for one training. `classes` of a softmax training, null for triplets, whose losses hang on how they were chosen and are not judged.
 * Changes nothing and draws nothing at random, so a training is the same with and without it.
 */
export const createTrainingDoctor = (classes: number | null): TrainingDoctor => {
  const hasCollapsed = createStreak();
  const guessing = classes === null ? Infinity : Math.log(classes);
  const record = createClassRecord(guessing);
  let recent: readonly number[] = [];
  let isRateTold = false;
  let isCollapseTold = false;
  /** Worse than guessing over a window, and not on its way down from the window before. */
  const isRateTooHigh = (): boolean => {
    if (classes === null || recent.length < 2 * WINDOW_STEPS) return false;
    const now = meanOf(recent.slice(WINDOW_STEPS));
    return now > WORSE_THAN_GUESSING * guessing && now >= meanOf(recent.slice(0, WINDOW_STEPS));
  };
  return {
    step(observed) {
      if (classes !== null) {
        record.add(observed);
        recent = [...recent, meanOf([...observed.losses])].slice(-2 * WINDOW_STEPS);
      }
      const told: string[] = [];
      if (hasCollapsed(observed.spread < COLLAPSED_SPREAD) && !isCollapseTold) {
        isCollapseTold = true;
        told.push(
          `Collapse: since step ${String(observed.step - WINDOW_STEPS + 1)} all embeddings of a batch are nearly the same, so nobody is told apart. Stop, lower the learning rate${classes === null ? ', and choose semi-hard triplets' : ''}.`,
        );
      }
      if (!isRateTold && isRateTooHigh()) {
        isRateTold = true;
        told.push(
          `The learning rate ${String(observed.learningRate)} is too high: over the last ${String(WINDOW_STEPS)} steps the cross-entropy was ${meanOf(recent.slice(WINDOW_STEPS)).toFixed(2)} and does not fall, where guessing gives ${guessing.toFixed(2)}. Stop, and start with a tenth of it.`,
        );
      }
      return told;
    },
    endEpoch() {
      const without = record.endEpoch();
      if (without.length === 0) return [];
      return [
        `Not learned in ${String(EPOCHS_WITHOUT_LEARNING)} epochs, while the others are: ${named(without)}. Look at their images: labels may be wrong, or the same person may stand under two names.`,
      ];
    },
  };
};
