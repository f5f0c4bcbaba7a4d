import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { EngineInfo } from '../../contract/engine.ts';
import type { EpochNumbers, TrainerEvent, TrainingImage } from '../../contract/trainer.ts';
import type { TrainingPlan, TrainingSettings } from '../../contract/training.ts';
import { createDataOrder } from '../../core/training/data-order.ts';
import { learningRateAt } from '../../core/training/learning-rate.ts';
import { readCheckpoint, writeCheckpoint, type Position } from './checkpoint.ts';
import { createHardest } from './hardest.ts';
import type { Batch, StepResult, TrainingSession, TrainingState } from './session.ts';
import { createTripletRounds } from './triplet-rounds.ts';

export type TrainOptions = {
  readonly plan: TrainingPlan;
  readonly images: readonly TrainingImage[];
  readonly checkpoint: string | null;
  /** State to begin with where there is no checkpoint; null for fresh weights. */
  readonly initialState: ((fresh: TrainingState) => Promise<TrainingState>) | null;
  readonly pendingFolder: string;
};

export type TrainParts = {
  readonly engine: EngineInfo;
  readonly open: (settings: TrainingSettings) => TrainingSession;
  /** [count, readSizePx, readSizePx, 3]. */
  readonly read: (images: readonly TrainingImage[]) => Promise<Uint8Array>;
  /** Seconds. */
  readonly now: () => number;
  /** True once somebody wants the training to end after its present step. */
  readonly isStopping: () => boolean;
};

/** How often the batch is halved where it does not fit into memory. */
const MOST_HALVINGS = 3;

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && /OOM when allocating|RESOURCE_EXHAUSTED|ran out of memory/i.test(error.message);

/** Half of a batch, in whole triplets where it holds such. */
const halved = (batchSize: number, { triplets }: TrainingPlan): number =>
  triplets === null ? Math.floor(batchSize / 2) : Math.floor(batchSize / 6) * 3;

/** What a step trains on, and where that leaves the data. */
export type NextBatch = {
  readonly images: readonly TrainingImage[];
  readonly position: Pick<Position, 'images' | 'round' | 'triplets'>;
};

const softmaxBatches = (plan: TrainingPlan, images: readonly TrainingImage[]) => {
  const trained = images.filter(({ part }) => part === 'train');
  const order = createDataOrder(trained.length, plan.settings.seed);
  return (position: Position): NextBatch => ({
    images: [...order.at(position.images, position.batchSize)].flatMap((place) => trained[place] ?? []),
    position: { ...position, images: position.images + position.batchSize },
  });
};

const labelsOf = (images: readonly TrainingImage[]): Int32Array =>
  Int32Array.from(images, ({ label }) => label);

/** Cross-entropy and accuracy over all images that are held out, none left over. */
const validate = async (
  session: TrainingSession,
  held: readonly TrainingImage[],
  batchSize: number,
  read: TrainParts['read'],
): Promise<EpochNumbers['validation']> => {
  if (held.length === 0) return null;
  let [crossEntropy, hits] = [0, 0];
  for (let first = 0; first < held.length; first += batchSize) {
    const part = held.slice(first, first + batchSize);
    const found = session.evaluate(await read(part), labelsOf(part));
    crossEntropy += found.crossEntropyOfEach.reduce((sum, value) => sum + value, 0);
    hits += found.hitOfEach.reduce((sum, value) => sum + value, 0);
  }
  return { crossEntropy: crossEntropy / held.length, accuracy: hits / held.length, images: held.length };
};

/**
 * Trains: steps, epochs, checkpoints, as events in their order. Everything random hangs on the plan's seed and the number of the step, so
 * that a training which goes on from a checkpoint does what it would have done without the break, to the last bit on a CPU.
 *
 * @throws ImageUnusable, CheckpointUnusable, or what the file system or TensorFlow throws; no checkpoint is left half-written
 */
export async function* train(
  { plan, images, checkpoint, initialState, pendingFolder }: TrainOptions,
  parts: TrainParts,
): AsyncGenerator<TrainerEvent, void, undefined> {
  const loaded = checkpoint === null ? null : await readCheckpoint(checkpoint, plan);
  let position: Position = loaded?.position ?? {
    step: 0,
    images: 0,
    batchSize: plan.settings.batchSize,
    round: 0,
    triplets: [],
  };
  let session = parts.open({ ...plan.settings, batchSize: position.batchSize });
  try {
    if (loaded !== null) session.writeState(loaded.state);
    else if (initialState !== null) session.writeState(await initialState(session.readState()));
    const held = images.filter(({ part, label }) => part === 'validation' && label >= 0);
    const rounds = plan.triplets === null ? null : createTripletRounds(plan, images, parts.read);
    const softmax = plan.triplets === null ? softmaxBatches(plan, images) : null;
    const next = async (from: Position): Promise<NextBatch> =>
      softmax?.(from) ?? (await rounds?.next(session, from)) ?? { images: [], position: from };
    const hardest = createHardest();
    let halvings = 0;
    let ahead: Promise<{ readonly taken: NextBatch; readonly pixels: Uint8Array }> | null = null;
    const fetch = async (from: Position) => {
      const taken = await next(from);
      return { taken, pixels: await parts.read(taken.images) };
    };
    const save = async (): Promise<TrainerEvent> => {
      const file = join(pendingFolder, `step-${String(position.step)}.safetensors`);
      await writeCheckpoint(file, session.readState(), position, plan);
      return { kind: 'checkpoint', file, step: position.step, epoch: epochOf(position.step) };
    };
    const epochOf = (step: number): number => Math.max(1, Math.ceil(step / plan.epochSize));
    yield { kind: 'started', step: position.step, batchSize: position.batchSize, engine: parts.engine };
    for (;;) {
      const epoch = Math.floor(position.step / plan.epochSize) + 1;
      const learningRate =
        epoch > plan.maxEpochs
          ? null
          : learningRateAt(plan, { epoch, step: position.step, epochSize: plan.epochSize });
      if (learningRate === null) {
        const reason = epoch > plan.maxEpochs ? 'epochs' : 'schedule';
        yield { kind: 'ended', reason, step: position.step, images: [] };
        return;
      }
      const begin = parts.now();
      const { taken, pixels } = await (ahead ?? fetch(position));
      const waited = parts.now() - begin;
      const after: Position = { ...position, ...taken.position, step: position.step + 1 };
      // Triplets hang on the weights of their round, so only what is selected already is read ahead.
      ahead = softmax !== null || after.triplets.length >= after.batchSize ? fetch(after) : null;
      // A failure is heard where it is awaited.
      ahead?.catch(() => undefined);
      await turnOfTheLoop();
      let result: StepResult;
      try {
        const batch: Batch = { images: pixels, labels: labelsOf(taken.images) };
        result = session.step(batch, { step: after.step, learningRate });
      } catch (error) {
        if (!isOutOfMemory(error) || halvings === MOST_HALVINGS || halved(position.batchSize, plan) < 1)
          throw error;
        halvings += 1;
        position = { ...position, batchSize: halved(position.batchSize, plan) };
        const state = session.readState();
        session.dispose();
        session = parts.open({ ...plan.settings, batchSize: position.batchSize });
        session.writeState(state);
        ahead = null;
        yield { kind: 'batch-halved', batchSize: position.batchSize, step: position.step };
        continue;
      }
      if (result.isApplied !== 1) {
        // Nothing of the step was kept: the state is that before it.
        yield await save();
        const files = taken.images.map(({ file }) => file);
        yield { kind: 'ended', reason: 'not-finite', step: after.step, images: files };
        return;
      }
      position = after;
      const seconds = parts.now() - begin;
      hardest.add(taken.images, result.lossOfEach);
      yield {
        kind: 'step',
        numbers: {
          step: position.step,
          epoch,
          loss: result.loss,
          crossEntropy: result.crossEntropy,
          centerLoss: result.centerLoss,
          regularization: result.regularization,
          prelogitsNorm: result.prelogitsNorm,
          accuracy: result.accuracy,
          gradientNorm: result.gradientNorm,
          learningRate,
          imagesPerSecond: position.batchSize / seconds,
          waitShare: waited / seconds,
        },
      };
      const isEpochsEnd = position.step % plan.epochSize === 0;
      if (isEpochsEnd) {
        const isValidated = epoch % plan.validateEveryEpochs === 0 || epoch === plan.maxEpochs;
        const validation = isValidated ? await validate(session, held, position.batchSize, parts.read) : null;
        yield {
          kind: 'epoch',
          numbers: { epoch, step: position.step, validation, hardest: hardest.take() },
        };
      }
      const isDue = plan.checkpointEverySteps > 0 && position.step % plan.checkpointEverySteps === 0;
      const isStopping = parts.isStopping();
      if (isEpochsEnd || isDue || isStopping) yield await save();
      if (isStopping) {
        yield { kind: 'ended', reason: 'stopped', step: position.step, images: [] };
        return;
      }
    }
  } finally {
    session.dispose();
  }
}
