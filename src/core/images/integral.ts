import type { PixelLoops } from './loops.ts';
import { CHANNELS, type Photo } from './photo.ts';

/**
 * Sums of all pixels above and left of each pixel corner: [heightPx + 1, widthPx + 1, 3], and a value more. The mean over any rectangle, also one
 * with fractional edges, then costs the same whatever its size.
 */
export type Integral = { readonly widthPx: number; readonly heightPx: number; readonly sums: Int32Array };

/** Largest photo whose sums fit 31 bits (255 * 8.4e6) and whose integral (12 bytes a pixel) is worth its memory. */
export const MOST_INTEGRAL_PIXELS = 4 * 1024 * 1024;

/** Memory of integrals that are not needed any more, for the next ones. */
export type SumsPool = {
  /** Zeros. */
  take(length: number): Int32Array;
  /** What was taken and is not used any more. @returns whether it is kept */
  giveBack(sums: Int32Array): boolean;
};

/** So much is kept: the integrals of twenty photos of 250 px. */
const MOST_KEPT_BYTES = 16 * 1024 * 1024;

/** Keeps the memory of integrals: what comes and goes with each photo is weighed and collected by V8 again and again. */
export const createSumsPool = (): SumsPool => {
  let kept: Int32Array[] = [];
  return {
    take(length) {
      const fitting = kept.find((sums) => sums.buffer.byteLength >= length * Int32Array.BYTES_PER_ELEMENT);
      if (fitting === undefined) return new Int32Array(length);
      kept = kept.filter((sums) => sums !== fitting);
      return new Int32Array(fitting.buffer, 0, length).fill(0);
    },
    giveBack(sums) {
      const bytes = kept.reduce((sum, each) => sum + each.buffer.byteLength, sums.buffer.byteLength);
      const isKept = bytes <= MOST_KEPT_BYTES;
      if (isKept) kept.push(sums);
      return isKept;
    },
  };
};

/** Adds up a photo of at most `MOST_INTEGRAL_PIXELS`, in memory of the pool. */
export const integrate = (
  { widthPx, heightPx, pixels }: Photo,
  loops: PixelLoops,
  pool: SumsPool,
): Integral => {
  // One value more: loops that read three channels in a register of four reach it.
  const sums = pool.take((widthPx + 1) * (heightPx + 1) * CHANNELS + 1);
  loops.integrate(pixels, widthPx, heightPx, sums);
  return { widthPx, heightPx, sums };
};
