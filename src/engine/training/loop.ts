import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { EngineInfo } from '../../contract/engine.ts';
import type { EpochNumbers, StepNumbers, TrainerEvent, TrainingImage } from '../../contract/trainer.ts';
import type { TrainingPlan, TrainingSettings } from '../../contract/training.ts';
import { createTrainingDoctor, embeddingSpread } from '../../core/training/doctor.ts';
import { learningRateAt } from '../../core/training/learning-rate.ts';
import { createBatches, labelsOf, type ReadBatch } from './batches.ts';
import { readCheckpoint, writeCheckpoint, type Position } from './checkpoint.ts';
import { createHardest } from './hardest.ts';
import type { StepResult, TrainingSession, TrainingState } from './session.ts';

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

/** Cross-entropy and accuracy over all images that are held out, none left over; null without such images. */
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

/** The session of a training with its batch, which is halved where memory does not suffice. */
const openSession = (plan: TrainingPlan, batchSize: number, open: TrainParts['open']) => {
  const openWith = (size: number): TrainingSession => open({ ...plan.settings, batchSize: size });
  let session = openWith(batchSize);
  let halvings = 0;
  return {
    get current(): TrainingSession {
      return session;
    },
    /** The result, or the smaller batch that has to be tried instead. @throws what TensorFlow throws */
    step(
      { batch }: ReadBatch,
      options: { readonly step: number; readonly learningRate: number },
      size: number,
    ): StepResult | { readonly batchSize: number } {
      try {
        return session.step(batch, options);
      } catch (error) {
        const smaller = halved(size, plan);
        if (!isOutOfMemory(error) || halvings === MOST_HALVINGS || smaller < 1) throw error;
        halvings += 1;
        const state = session.readState();
        session.dispose();
        session = openWith(smaller);
        session.writeState(state);
        return { batchSize: smaller };
      }
    },
  };
};

const START: Omit<Position, 'batchSize'> = { step: 0, images: 0, round: 0, triplets: [], hardest: [] };

const numbersOf = (
  result: StepResult,
  rest: Pick<StepNumbers, 'step' | 'epoch' | 'learningRate'>,
  time: { readonly images: number; readonly seconds: number; readonly waited: number },
): StepNumbers => ({
  ...rest,
  loss: result.loss,
  crossEntropy: result.crossEntropy,
  centerLoss: result.centerLoss,
  regularization: result.regularization,
  prelogitsNorm: result.prelogitsNorm,
  accuracy: result.accuracy,
  gradientNorm: result.gradientNorm,
  imagesPerSecond: time.images / time.seconds,
  waitShare: time.waited / time.seconds,
});

/** Puts the state of a checkpoint, or one to begin with, in the place of fresh weights. */
const beginWith = async (
  session: TrainingSession,
  state: TrainingState | null,
  initialState: TrainOptions['initialState'],
): Promise<void> => {
  const begun = state ?? (await initialState?.(session.readState()));
  if (begun !== undefined) session.writeState(begun);
};

/** What is seen to go wrong, as events. */
const createWarnings = ({ loss, embeddingSize }: TrainingSettings) => {
  const doctor = createTrainingDoctor(loss.kind === 'softmax' ? loss.classes : null);
  const warnings = (messages: readonly string[]): TrainerEvent[] =>
    messages.map((message) => ({ kind: 'warning', message }));
  return {
    afterStep(
      images: readonly TrainingImage[],
      { lossOfEach, prelogits }: StepResult,
      rest: { readonly step: number; readonly learningRate: number },
    ): TrainerEvent[] {
      const each = images.length / lossOfEach.length;
      const identities = images.filter((_, index) => index % each === 0).map(({ identity }) => identity);
      const spread = embeddingSpread(prelogits, embeddingSize);
      return warnings(doctor.step({ ...rest, identities, losses: lossOfEach, spread }));
    },
    afterEpoch: (): TrainerEvent[] => warnings(doctor.endEpoch()),
  };
};

/** Checkpoints come at the end of each epoch, and between as the plan says. */
const isCheckpointDue = ({ checkpointEverySteps, epochSize }: TrainingPlan, step: number): boolean =>
  step % epochSize === 0 || (checkpointEverySteps > 0 && step % checkpointEverySteps === 0);

/** The learning rate of the next step, or why there is none. */
const rateAt = (plan: TrainingPlan, step: number): number | 'epochs' | 'schedule' => {
  const epoch = Math.floor(step / plan.epochSize) + 1;
  if (epoch > plan.maxEpochs) return 'epochs';
  return learningRateAt(plan, { epoch, step, epochSize: plan.epochSize }) ?? 'schedule';
};

/**
 * Trains: steps, epochs, checkpoints, as events in their order. Everything random hangs on the plan's seed and the number of the step, so
 * that a training which goes on from a checkpoint does what it would have done without the break, to the last bit on a CPU.
 *
 * @throws ImageUnusable, CheckpointUnusable, NoTriplets, or what the file system or TensorFlow throws; no checkpoint is left half-written
 */
export async function* train(
  { plan, images, checkpoint, initialState, pendingFolder }: TrainOptions,
  parts: TrainParts,
): AsyncGenerator<TrainerEvent, void, undefined> {
  const loaded = checkpoint === null ? null : await readCheckpoint(checkpoint, plan);
  let position: Position = loaded?.position ?? { ...START, batchSize: plan.settings.batchSize };
  const held = images.filter(({ part, label }) => part === 'validation' && label >= 0);
  const batches = createBatches(plan, images, parts.read);
  const hardest = createHardest(position.hardest);
  const warnings = createWarnings(plan.settings);
  const session = openSession(plan, position.batchSize, parts.open);
  const save = async (): Promise<TrainerEvent> => {
    const { step } = position;
    const file = join(pendingFolder, `step-${String(step)}.safetensors`);
    await writeCheckpoint(file, session.current.readState(), { ...position, hardest: hardest.held() }, plan);
    return { kind: 'checkpoint', file, step, epoch: Math.ceil(step / plan.epochSize) };
  };
  const endOfEpoch = async (epoch: number): Promise<TrainerEvent> => {
    const isDue = epoch % plan.validateEveryEpochs === 0 || epoch === plan.maxEpochs;
    const { batchSize, step } = position;
    const validation = isDue ? await validate(session.current, held, batchSize, parts.read) : null;
    return { kind: 'epoch', numbers: { epoch, step, validation, hardest: hardest.take() } };
  };
  try {
    await beginWith(session.current, loaded?.state ?? null, initialState);
    yield { kind: 'started', step: position.step, batchSize: position.batchSize, engine: parts.engine };
    for (;;) {
      const learningRate = rateAt(plan, position.step);
      if (typeof learningRate === 'string') {
        yield { kind: 'ended', reason: learningRate, step: position.step, images: [] };
        return;
      }
      const begin = parts.now();
      const taken = await batches.next(session.current, position);
      const waited = parts.now() - begin;
      const after: Position = { ...position, ...taken.position, step: position.step + 1 };
      batches.readAhead(session.current, after);
      await turnOfTheLoop();
      const result = session.step(taken, { step: after.step, learningRate }, position.batchSize);
      if ('batchSize' in result) {
        batches.forget();
        position = { ...position, batchSize: result.batchSize };
        yield { kind: 'batch-halved', batchSize: result.batchSize, step: position.step };
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
      const { step, batchSize } = position;
      const epoch = Math.ceil(step / plan.epochSize);
      const time = { images: batchSize, seconds: parts.now() - begin, waited };
      hardest.add(taken.images, result.lossOfEach);
      yield { kind: 'step', numbers: numbersOf(result, { step, epoch, learningRate }, time) };
      yield* warnings.afterStep(taken.images, result, { step, learningRate });
      if (step % plan.epochSize === 0) {
        yield await endOfEpoch(epoch);
        yield* warnings.afterEpoch();
      }
      const isStopping = parts.isStopping();
      if (isStopping || isCheckpointDue(plan, step)) yield await save();
      if (isStopping) {
        yield { kind: 'ended', reason: 'stopped', step, images: [] };
        return;
      }
    }
  } finally {
    session.current.dispose();
  }
}
