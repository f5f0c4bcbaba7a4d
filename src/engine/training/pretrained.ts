import { readSafetensors } from '../../node/codecs/safetensors.ts';
import type { TrainingState } from './session.ts';
import { initialSlotValue } from './optimisers.ts';
import { MOVING_AVERAGE } from './apply.ts';

/** Weights that fit nothing of the network; one sentence. */
export class PretrainedUnusable extends Error {}

/**
 * Puts the weights of a file in the place of fresh ones, by name and shape; a moving average begins with its weight. What does not fit (as a
 * classifier of other classes) stays fresh.
 * @throws PretrainedUnusable where nothing fits
 */
export const withPretrained = async (file: string, fresh: TrainingState): Promise<TrainingState> => {
  const given = await readSafetensors(file);
  let taken = 0;
  const state = new Map(
    [...fresh].map(([name, tensor]) => {
      const suffix = `/${MOVING_AVERAGE}`;
      const source = name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
      const found = initialSlotValue(name) === null ? given.get(source) : undefined;
      if (found?.shape.join() !== tensor.shape.join()) return [name, tensor];
      taken += 1;
      return [name, found];
    }),
  );
  if (taken === 0) throw new PretrainedUnusable(`${file} holds no weights that fit this network.`);
  return state;
};
