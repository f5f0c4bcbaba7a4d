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

/** Implements the trainer's contract. */
export const createTrainerRouter = ({
  choice,
  pool,
}: {
  readonly choice: EngineChoice;
  readonly pool: ImagePool;
}) => {
  const os = implement(trainerContract);
  let isStopping = false;
  return os.router({
    train: os.train.handler(async function* ({ input, errors, signal }) {
      isStopping = false;
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
        if (['ENOSPC', 'EROFS', 'EACCES', 'EDQUOT'].includes(systemCode(error) ?? ''))
          throw errors.CANNOT_WRITE({ data: { message: String(error) } });
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
