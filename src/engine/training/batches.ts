import type { TrainingImage } from '../../contract/trainer.ts';
import type { TrainingPlan } from '../../contract/training.ts';
import { createDataOrder } from '../../core/training/data-order.ts';
import type { Position } from './checkpoint.ts';
import type { NextBatch } from './next-batch.ts';
import type { Batch, TrainingSession } from './session.ts';
import { createTripletRounds } from './triplet-rounds.ts';

/** A batch with its pixels. */
export type ReadBatch = NextBatch & { readonly batch: Batch };

/** The batches of a training, each a function of the position alone (and for triplets of the weights at the start of a round). */
export type Batches = {
  next(session: TrainingSession, position: Position): Promise<ReadBatch>;
  /** Begins to read what comes at `position`, where that is known already. */
  readAhead(session: TrainingSession, position: Position): void;
  /** Drops what was read ahead. */
  forget(): void;
};

/** Places of classes, as a step is told of them. */
export const labelsOf = (images: readonly TrainingImage[]): Int32Array =>
  Int32Array.from(images, ({ label }) => label);

const softmaxBatches = (plan: TrainingPlan, images: readonly TrainingImage[]) => {
  const trained = images.filter(({ part }) => part === 'train');
  const order = createDataOrder(trained.length, plan.settings.seed);
  return (position: Position): NextBatch => ({
    images: [...order.at(position.images, position.batchSize)].flatMap((place) => trained[place] ?? []),
    position: { ...position, images: position.images + position.batchSize },
  });
};

/** `read` gives the pixels of images in their order. */
export const createBatches = (
  plan: TrainingPlan,
  images: readonly TrainingImage[],
  read: (images: readonly TrainingImage[]) => Promise<Uint8Array>,
): Batches => {
  const rounds = plan.triplets === null ? null : createTripletRounds(plan, images, read);
  const softmax = plan.triplets === null ? softmaxBatches(plan, images) : null;
  let ahead: Promise<ReadBatch> | null = null;
  const fetch = async (session: TrainingSession, position: Position): Promise<ReadBatch> => {
    const taken = softmax?.(position) ?? (await rounds?.next(session, position));
    if (taken === undefined) throw new RangeError('A training takes classes or triplets.');
    const pixels = await read(taken.images);
    return { ...taken, batch: { images: pixels, labels: labelsOf(taken.images) } };
  };
  return {
    next(session, position) {
      const known = ahead;
      ahead = null;
      return known ?? fetch(session, position);
    },
    readAhead(session, position) {
      // Triplets hang on the weights of their round, so only what is selected already is read ahead.
      if (softmax === null && position.triplets.length < position.batchSize) return;
      ahead = fetch(session, position);
      // A failure is heard where the batch is asked for.
      ahead.catch(() => undefined);
    },
    forget() {
      ahead = null;
    },
  };
};
