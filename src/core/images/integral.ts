import type { PixelLoops } from './loops.ts';
import { CHANNELS, type Photo } from './photo.ts';

/**
 * Sums of all pixels above and left of each pixel corner: [heightPx + 1, widthPx + 1, 3], and a value more. The mean over any rectangle, also one
 * with fractional edges, then costs the same whatever its size.
 */
export type Integral = { readonly widthPx: number; readonly heightPx: number; readonly sums: Int32Array };

/** Largest photo whose sums fit 31 bits (255 * 8.4e6) and whose integral (12 bytes a pixel) is worth its memory. */
export const MOST_INTEGRAL_PIXELS = 4 * 1024 * 1024;

/** Adds up a photo of at most `MOST_INTEGRAL_PIXELS`. */
export const integrate = ({ widthPx, heightPx, pixels }: Photo, loops: PixelLoops): Integral => {
  // One value more: loops that read three channels in a register of four reach it.
  const sums = new Int32Array((widthPx + 1) * (heightPx + 1) * CHANNELS + 1);
  loops.integrate(pixels, widthPx, heightPx, sums);
  return { widthPx, heightPx, sums };
};
