import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { implement } from '@orpc/server';
import type { EngineChoice, EngineInfo } from '../../contract/engine.ts';
import { TrainingImage, trainerContract } from '../../contract/trainer.ts';
import type { ImagePool } from '../../node/images/pool.ts';
import { systemCode } from '../../node/files/system-code.ts';
import { bindingPackageFolder, loadBinding, type TensorFlowBinding } from '../backend/binding.ts';
import { chooseBackend, EngineUnavailable } from '../backend/choose.ts';
import { CheckpointUnusable } from './checkpoint.ts';
import { freezeCheckpoint } from './freeze.ts';
import { train } from './loop.ts';
import { PretrainedUnusable, withPretrained } from './pretrained.ts';
import { ImageUnusable, readImages } from './read-images.ts';
import { openTraining } from './session.ts';
import { NoTriplets } from './triplet-rounds.ts';

const readSnapshot = async (file: string): Promise<TrainingImage[]> => {
  const images: TrainingImage[] = [];
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity }))
    if (line !== '') images.push(TrainingImage.parse(JSON.parse(line)));
  return images;
};

const openTensorFlow = async (
  choice: EngineChoice,
): Promise<{ readonly binding: TensorFlowBinding; readonly engine: EngineInfo }> => {
  const { info } = await chooseBackend(choice);
  if (info.backend === 'wasm')
    throw new EngineUnavailable({
      reason: `Training needs native TensorFlow. ${info.whyNotBetter?.reason ?? ''}`.trim(),
      advice: info.whyNotBetter?.advice ?? 'Run "npm run setup" to install it.',
    });
  return { binding: loadBinding(bindingPackageFolder()), engine: info };
};

const isSentence = (error: unknown): error is Error =>
  [ImageUnusable, CheckpointUnusable, PretrainedUnusable, NoTriplets].some((kind) => error instanceof kind);

/** What a disk may say to a checkpoint. */
const CANNOT_WRITE: ReadonlyMap<string, string> = new Map([
  ['ENOSPC', 'the disk is full; free some space and resume the run'],
  ['EDQUOT', 'the quota is used up; free some space and resume the run'],
  ['EROFS', 'the disk can only be read'],
  ['EACCES', 'this is not permitted'],
]);

/** Implements the trainer's contract. */
export const createTrainerRouter = ({
  choice,
  pool,
}: {
  readonly choice: EngineChoice;
  readonly pool: ImagePool;
}) => {
  const os = implement(trainerContract);
  // Also before the training began: this process holds one training.
  let isStopping = false;
  return os.router({
    train: os.train.handler(async function* ({ input, errors, signal }) {
      try {
        const { binding, engine } = await openTensorFlow(choice);
        pool.start();
        const { pretrained } = input;
        const events = train(
          {
            plan: input.plan,
            images: await readSnapshot(input.images),
            checkpoint: input.checkpoint,
            initialState: pretrained === null ? null : (fresh) => withPretrained(pretrained, fresh),
            pendingFolder: input.pendingFolder,
          },
          {
            engine,
            open: (settings) => openTraining(binding, settings),
            read: (images) => readImages(pool, images, input.plan.settings.readSizePx),
            now: () => performance.now() / 1000,
            isStopping: () => isStopping,
          },
        );
        for await (const event of events) {
          signal?.throwIfAborted();
          yield event;
        }
      } catch (error) {
        if (error instanceof EngineUnavailable)
          throw errors.ENGINE_UNAVAILABLE({ data: { reason: error.reason, advice: error.advice } });
        if (isSentence(error)) throw errors.UNUSABLE({ data: { message: error.message } });
        const why = CANNOT_WRITE.get(systemCode(error) ?? '');
        if (why !== undefined)
          throw errors.CANNOT_WRITE({
            data: {
              message: `No checkpoint could be written to ${input.pendingFolder}: ${why}. The one before is kept.`,
            },
          });
        throw error;
      }
    }),
    freeze: os.freeze.handler(async ({ input, errors }) => {
      try {
        return await freezeCheckpoint(input);
      } catch (error) {
        if (isSentence(error)) throw errors.UNUSABLE({ data: { message: error.message } });
        throw error;
      }
    }),
    stop: os.stop.handler(() => {
      isStopping = true;
    }),
  });
};
