import * as z from 'zod';
import type { TrainingPlan } from '../../contract/training.ts';
import { encodeSafetensors, readSafetensors } from '../../node/codecs/safetensors.ts';
import { readSafetensorsMetadata } from '../../node/codecs/safetensors-metadata.ts';
import { writeBytesDurably } from '../../node/files/atomic.ts';
import type { TrainingState } from './session.ts';

/** Where a training stands: with the state of its variables all that its next step hangs on. */
export const Position = z.strictObject({
  /** Steps done. */
  step: z.int().min(0),
  /** Images of the data's order that were taken. */
  images: z.int().min(0),
  batchSize: z.int().positive(),
  /** Of a triplet training: rounds of selection begun, and what is left of the last, as places among the images. */
  round: z.int().min(0),
  triplets: z.array(z.int().min(0)),
  /** Hardest images of the epoch so far. */
  hardest: z.array(z.strictObject({ file: z.string(), loss: z.number() })),
});
export type Position = z.infer<typeof Position>;

const FORMAT = '1';

/** What of a plan the variables and their meaning hang on. */
const networkOf = ({ settings }: TrainingPlan): string =>
  JSON.stringify([
    settings.network,
    settings.embeddingSize,
    settings.loss.kind === 'softmax' ? settings.loss.classes : 'triplet',
    settings.optimiser,
    settings.movingAverageDecay > 0,
  ]);

/** A checkpoint that does not belong to this training; one sentence. */
export class CheckpointUnusable extends Error {}

/** Writes a checkpoint, whole and durable or not at all. @throws the file system's error */
export const writeCheckpoint = (
  file: string,
  state: TrainingState,
  position: Position,
  plan: TrainingPlan,
): Promise<void> =>
  writeBytesDurably(
    file,
    encodeSafetensors(state, {
      format: FORMAT,
      network: networkOf(plan),
      // In the order of the schema, so that the same position is the same text.
      position: JSON.stringify(Position.parse(position)),
    }),
  );

/** Reads a checkpoint of this training. @throws CheckpointUnusable */
export const readCheckpoint = async (
  file: string,
  plan: TrainingPlan,
): Promise<{ readonly state: TrainingState; readonly position: Position }> => {
  try {
    const metadata = readSafetensorsMetadata(file);
    if (metadata['format'] !== FORMAT)
      throw new CheckpointUnusable(`${file} is no checkpoint of a training.`);
    if (metadata['network'] !== networkOf(plan))
      throw new CheckpointUnusable(
        `${file} is a checkpoint of another network, number of classes or optimiser: use its weights with --pretrained-model instead.`,
      );
    const position = Position.parse(JSON.parse(metadata['position'] ?? 'null'));
    return { state: await readSafetensors(file), position };
  } catch (error) {
    if (error instanceof CheckpointUnusable) throw error;
    throw new CheckpointUnusable(
      `${file} cannot be read as a checkpoint: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
};
