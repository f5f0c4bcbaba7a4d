import type { TrainingImage } from '../../contract/trainer.ts';

/** Images that are told of at the end of an epoch. */
const MOST_HARDEST = 50;

type Hard = { readonly file: string; readonly loss: number };

/** Collects the images with the largest losses of an epoch; of one that was seen more than once the largest counts. */
export const createHardest = () => {
  let known = new Map<string, number>();
  return {
    /** `losses` of each image, or of each triplet, whose anchor counts. */
    add(images: readonly TrainingImage[], losses: Float32Array): void {
      const each = images.length / Math.max(1, losses.length);
      losses.forEach((loss, index) => {
        const file = images[index * each]?.file;
        if (file !== undefined && loss > (known.get(file) ?? -Infinity)) known.set(file, loss);
      });
    },
    /** The hardest first; the next epoch begins anew. */
    take(): Hard[] {
      const hardest = [...known]
        .map(([file, loss]) => ({ file, loss }))
        .sort((a, b) => b.loss - a.loss)
        .slice(0, MOST_HARDEST);
      known = new Map();
      return hardest;
    },
  };
};
