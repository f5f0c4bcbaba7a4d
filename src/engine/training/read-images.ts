import { stat } from 'node:fs/promises';
import type { TrainingImage } from '../../contract/trainer.ts';
import { ImageFailure, WorkerLost, type ImagePool } from '../../node/images/pool.ts';

/** An image of the snapshot that cannot be used any more, or never could; one sentence. */
export class ImageUnusable extends Error {}

const CHANNELS = 3;

/** How often an image is opened anew when the process that held it died over another one. */
const MOST_ATTEMPTS = 4;

/** The whole image as a square of `sizePx`: as it is where it has that size, stretched where it has another. */
const readOnce = async (pool: ImagePool, file: string, sizePx: number, target: Uint8Array): Promise<void> => {
  const answer = await pool.open({ file, known: null, pyramid: null });
  if (answer === 'unchanged') throw new Error('Nothing was known of the image.');
  try {
    const geometry = {
      kind: 'region',
      box: [0, 0, answer.widthPx, answer.heightPx],
      outside: 'black',
    } as const;
    const pixels = await answer.cut([{ sizePx, geometry }]);
    pixels.copyTo(target, 0);
    pixels.release();
  } finally {
    answer.release();
  }
};

const readImage = async (
  pool: ImagePool,
  { file, bytes }: TrainingImage,
  sizePx: number,
  target: Uint8Array,
): Promise<void> => {
  const found = await stat(file).catch(() => null);
  if (found?.size !== bytes)
    throw new ImageUnusable(
      `${file} is ${found === null ? 'gone' : 'not what it was'} since the run began: put it back, or start a new run.`,
    );
  for (let attempt = 1; ; attempt += 1) {
    try {
      await readOnce(pool, file, sizePx, target);
      return;
    } catch (error) {
      if (error instanceof ImageFailure) throw new ImageUnusable(`${file} cannot be read: ${error.message}`);
      if (!(error instanceof WorkerLost) || attempt === MOST_ATTEMPTS) throw error;
    }
  }
};

/**
 * The pixels of images, [count, size, size, 3] RGB bytes, decoded in image processes.
 * @throws ImageUnusable for an image that is gone, was changed since the snapshot, or cannot be decoded
 */
export const readImages = async (
  pool: ImagePool,
  images: readonly TrainingImage[],
  sizePx: number,
): Promise<Uint8Array> => {
  const bytes = sizePx * sizePx * CHANNELS;
  const all = new Uint8Array(images.length * bytes);
  await Promise.all(
    images.map((image, index) =>
      readImage(pool, image, sizePx, all.subarray(index * bytes, (index + 1) * bytes)),
    ),
  );
  return all;
};
