import type { TrainingImage } from '../../contract/trainer.ts';
import type { TrainingPlan } from '../../contract/training.ts';
import { createRandom } from '../../core/training/random.ts';
import { sampleCandidates, selectTriplets } from '../../core/training/triplets.ts';
import type { Position } from './checkpoint.ts';
import type { NextBatch } from './next-batch.ts';
import type { TrainingSession } from './session.ts';

/** A dataset or a network out of which no triplets come; one sentence. */
export class NoTriplets extends Error {}

/** Rounds without a single triplet before a training gives up: the network separates everybody, or has collapsed. */
const MOST_EMPTY_ROUNDS = 10;

/** Images that are embedded in one call. */
const EMBEDDED_AT_ONCE = 90;

/** Batches of triplets, selected round after round with the weights of the moment (train_tripletloss.py). */
export const createTripletRounds = (
  { settings, triplets }: TrainingPlan,
  images: readonly TrainingImage[],
  read: (images: readonly TrainingImage[]) => Promise<Uint8Array>,
) => {
  if (triplets === null || settings.loss.kind !== 'triplet')
    throw new RangeError('This training has no triplets.');
  const { alpha } = settings.loss;
  const classes = new Map<string, number[]>();
  images.forEach(({ identity, part }, place) => {
    if (part === 'train') classes.set(identity, [...(classes.get(identity) ?? []), place]);
  });
  const places = [...classes.values()].map((of) => Int32Array.from(of));

  const embed = async (session: TrainingSession, chosen: Int32Array): Promise<Float32Array> => {
    const embeddings = new Float32Array(chosen.length * settings.embeddingSize);
    for (let first = 0; first < chosen.length; first += EMBEDDED_AT_ONCE) {
      const part = [...chosen.subarray(first, first + EMBEDDED_AT_ONCE)].flatMap(
        (place) => images[place] ?? [],
      );
      const found = session.evaluate(await read(part), new Int32Array(part.length));
      embeddings.set(found.embeddings, first * settings.embeddingSize);
    }
    return embeddings;
  };

  const select = async (session: TrainingSession, round: number): Promise<number[]> => {
    const random = createRandom((settings.seed ^ Math.imul(round + 1, 0xc2b2ae35)) >>> 0);
    const candidates = sampleCandidates(places, triplets, random);
    const embeddings = await embed(session, candidates.images);
    const selected = selectTriplets(
      embeddings,
      candidates.imagesPerClass,
      { rule: triplets.rule, alpha },
      random,
    );
    return selected.triplets.flatMap((triplet) => triplet.map((place) => candidates.images[place] ?? 0));
  };

  return {
    /** The next batch: what is left of the round, or a new one. @throws NoTriplets */
    async next(session: TrainingSession, from: Position): Promise<NextBatch> {
      let { round, triplets: left } = from;
      for (let empty = 0; left.length < from.batchSize; empty += 1) {
        if (empty === MOST_EMPTY_ROUNDS)
          throw new NoTriplets(
            `${String(MOST_EMPTY_ROUNDS)} rounds in a row gave too few triplets for a batch of ${String(from.batchSize)} images: ` +
              'give more people or images per person, a smaller batch, or another rule.',
          );
        left = await select(session, round);
        round += 1;
      }
      const taken = left.slice(0, from.batchSize);
      return {
        images: taken.flatMap((place) => images[place] ?? []),
        position: { images: from.images + taken.length, round, triplets: left.slice(from.batchSize) },
      };
    },
  };
};
