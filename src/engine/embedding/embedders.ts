import type { LoadableModel } from '../../contract/models.ts';
import { sharedBytes, type Networks } from '../networks/networks.ts';
import type { Stage } from '../pipeline/batches.ts';
import { createSquareStage, type SquareStage } from '../pipeline/square-stage.ts';

/** From here on a larger batch costs no less for each picture: Inception-ResNet-v1 on two cores. */
const FULL_BATCH = 32;

/** Models that stay loaded; 90 MB of weights each, and as much again in the graph. */
const MOST_LOADED = 2;

/** A model in use. */
export type Embedder = {
  readonly model: LoadableModel['model'];
  /** Takes pictures [count, side, side, 3]. */
  readonly stage: SquareStage<Uint8Array>;
  /** The caller does not need it any more. */
  release(): void;
};

export type Embedders = {
  /** The model, loaded when it is not. @throws ModelUnusable */
  acquire(model: LoadableModel): Promise<Embedder>;
};

type Loaded = {
  readonly ready: Promise<unknown>;
  readonly stage: SquareStage<Uint8Array>;
  readonly removeStage: () => void;
  users: number;
};

/** Keeps models loaded, the last used ones longest. `addStage` lets a model's stage take part in the engine's turns. */
export const createEmbedders = (networks: Networks, addStage: (stage: Stage) => () => void): Embedders => {
  // In the order of their last use.
  const models = new Map<string, Loaded>();

  const unloadOldest = (): void => {
    for (const [key, { users, removeStage }] of models) {
      if (models.size <= MOST_LOADED) return;
      if (users > 0) continue;
      models.delete(key);
      removeStage();
      void networks.unload(key);
    }
  };

  const load = (key: string, loadable: LoadableModel): Loaded => {
    const { preprocessing, dimensions } = loadable.model;
    const stage = createSquareStage<Uint8Array>({
      sidePx: preprocessing.inputSizePx,
      valuesPerSquare: dimensions,
      fullBatch: FULL_BATCH,
      newSquares: sharedBytes,
      network: (pictures, count, vectors) => networks.embed(key, pictures, count, vectors),
    });
    return { ready: networks.load(key, loadable), stage, removeStage: addStage(stage), users: 0 };
  };

  return {
    async acquire(loadable) {
      const key = JSON.stringify(loadable);
      const loaded = models.get(key) ?? load(key, loadable);
      models.delete(key);
      models.set(key, loaded);
      loaded.users += 1;
      let isReleased = false;
      const release = (): void => {
        if (isReleased) return;
        isReleased = true;
        loaded.users -= 1;
        unloadOldest();
      };
      try {
        await loaded.ready;
      } catch (error) {
        // Somebody may put the weights right.
        if (models.get(key) === loaded) models.delete(key);
        loaded.removeStage();
        release();
        throw error;
      }
      return { model: loadable.model, stage: loaded.stage, release };
    },
  };
};
