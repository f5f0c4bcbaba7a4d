import { CannotWrite, createImagePool, WorkerLost, type ImagePool } from '../../node/images/pool.ts';
import { failed, noSpace } from '../failure.ts';
import type { MakeRendition } from './pictures.ts';

/** A photo that was only beside the one that took the process down is tried this often. */
const MOST_ATTEMPTS = 3;

/**
 * Makes renditions in one image process, started at first use. An image that cannot be shown rejects with a sentence.
 * @param outputFolder named when its disk is full
 */
export const createRenditions = (outputFolder: string): MakeRendition => {
  let pool: ImagePool | null = null;
  return async (request) => {
    pool ??= createImagePool({ workers: 1 });
    for (let attempt = 1; ; attempt += 1) {
      try {
        await pool.rendition(request);
        return;
      } catch (error) {
        if (error instanceof CannotWrite)
          throw failed(error.code === 'no-space' ? noSpace(outputFolder) : error.message);
        if (!(error instanceof WorkerLost) || attempt === MOST_ATTEMPTS) throw error;
      }
    }
  };
};
