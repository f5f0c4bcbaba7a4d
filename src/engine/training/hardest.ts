import type { TrainingImage } from '../../contract/trainer.ts';

/** Images that are told of at the end of an epoch. */
const MOST_HARDEST = 50;

export type Hard = { readonly file: string; readonly loss: number };

/**
 * Collects the images with the largest losses of an epoch; of one that was seen more than once the largest counts. What it holds is a
 * function of what it was told, in this order, so that a checkpoint can keep it.
 */
export const createHardest = (begun: readonly Hard[]) => {
  let held: readonly Hard[] = begun;
  return {
    /** `losses` of each image, or of each triplet, whose anchor counts. */
    add(images: readonly TrainingImage[], losses: Float32Array): void {
      const each = images.length / Math.max(1, losses.length);
      const known = new Map(held.map(({ file, loss }) => [file, loss]));
      losses.forEach((loss, index) => {
        const file = images[index * each]?.file;
        if (file !== undefined && loss > (known.get(file) ?? -Infinity)) known.set(file, loss);
      });
      held = [...known]
        .map(([file, loss]) => ({ file, loss }))
        .sort((a, b) => b.loss - a.loss)
        .slice(0, MOST_HARDEST);
    },
    /** The hardest first. */
    held: (): Hard[] => [...held],
    /** The same, and the next epoch begins anew. */
    take(): Hard[] {
      const taken = [...held];
      held = [];
      return taken;
    },
  };
};
