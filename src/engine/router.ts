import { implement } from '@orpc/server';
import { engineContract, type EngineInfo } from '../contract/engine.ts';
import { CannotWrite, type ImagePool } from '../node/images/pool.ts';
import { EngineUnavailable } from './backend/choose.ts';
import type { Detector } from './faces/detect.ts';
import { findFaces } from './faces/find-faces.ts';
import { createPhotoQueue, type PhotoQueue } from './faces/queue.ts';
import { embedChunk } from './embedding/embed-chunk.ts';
import type { Embedders } from './embedding/embedders.ts';
import { ModelUnusable } from './embedding/model-unusable.ts';
import { importModel } from './models/import-model.ts';
import { ModelRefused } from './models/read-foreign.ts';

const MOST_HELD_BYTES = 256 * 1024 * 1024;

export type Engine = {
  readonly info: EngineInfo;
  readonly detector: Detector;
  readonly embedders: Embedders;
  readonly pool: ImagePool;
  /** Processes that decode. */
  readonly workers: number;
  /** Decoded pixels that may be held before no further photo is opened. */
  readonly mostHeldBytes?: number;
};

/**
 * Implements the engine's contract. `open` is called at the first need; when it fails, every call tells why.
 */
export const createRouter = (open: () => Promise<Engine>) => {
  const os = implement(engineContract);
  let opened: Promise<{ engine: Engine; queue: PhotoQueue }> | null = null;
  const engine = (): NonNullable<typeof opened> => {
    opened ??= open().then((engine) => ({
      engine,
      queue: createPhotoQueue({
        heldBytes: () => engine.pool.heldBytes,
        mostHeldBytes: engine.mostHeldBytes ?? MOST_HELD_BYTES,
        mostOpening: engine.workers + 2,
      }),
    }));
    return opened;
  };

  return os.router({
    describe: os.describe.handler(async ({ errors }) => {
      try {
        return (await engine()).engine.info;
      } catch (error) {
        if (error instanceof EngineUnavailable)
          throw errors.ENGINE_UNAVAILABLE({ data: { reason: error.reason, advice: error.advice } });
        throw error;
      }
    }),
    stages: os.stages.handler(async () => {
      const { detector, pool } = (await engine()).engine;
      return { ...detector.seconds, ...pool.seconds() };
    }),
    findFaces: os.findFaces.handler(async function* ({ input, signal, errors }) {
      const { engine: parts, queue } = await engine().catch((error: unknown) => {
        if (error instanceof EngineUnavailable)
          throw errors.ENGINE_UNAVAILABLE({ data: { reason: error.reason, advice: error.advice } });
        throw error;
      });
      const settings = { detect: input.detect, crop: input.crop };
      try {
        yield* queue.results(
          input.tasks,
          (task, abort, opened) => findFaces(task, settings, parts, abort, opened),
          signal,
        );
      } catch (error) {
        if (error instanceof CannotWrite)
          throw errors.CANNOT_WRITE({ data: { code: error.code, message: error.message } });
        throw error;
      }
    }),
    importModel: os.importModel.handler(async ({ input, errors }) => {
      try {
        return await importModel(input.file, input.output);
      } catch (error) {
        if (error instanceof ModelRefused) throw errors.MODEL_REFUSED({ data: { message: error.message } });
        throw error;
      }
    }),
    embed: os.embed.handler(async function* ({ input, signal, errors }) {
      const { engine: parts, queue } = await engine().catch((error: unknown) => {
        if (error instanceof EngineUnavailable)
          throw errors.ENGINE_UNAVAILABLE({ data: { reason: error.reason, advice: error.advice } });
        throw error;
      });
      try {
        yield* embedChunk(input, parts, queue, signal);
      } catch (error) {
        if (error instanceof ModelUnusable) throw errors.MODEL_UNUSABLE({ data: { message: error.message } });
        if (error instanceof CannotWrite)
          throw errors.CANNOT_WRITE({ data: { code: error.code, message: error.message } });
        throw error;
      }
    }),
  });
};
