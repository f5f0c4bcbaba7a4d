import { CHANNELS, type Photo } from './photo.ts';

/**
 * Sums of all pixels above and left of each pixel corner: [heightPx + 1, widthPx + 1, 3]. The mean over any rectangle, also one
 * with fractional edges, then costs the same whatever its size.
 */
export type Integral = { readonly widthPx: number; readonly heightPx: number; readonly sums: Int32Array };

/** Largest photo whose sums fit 31 bits (255 * 8.4e6) and whose integral (12 bytes a pixel) is worth its memory. */
export const MOST_INTEGRAL_PIXELS = 4 * 1024 * 1024;

/** Adds up a photo of at most `MOST_INTEGRAL_PIXELS`. */
export const integrate = ({ widthPx, heightPx, pixels }: Photo): Integral => {
  const stride = (widthPx + 1) * CHANNELS;
  const sums = new Int32Array(stride * (heightPx + 1));
  let source = 0;
  for (let y = 1; y <= heightPx; y += 1) {
    let at = y * stride + CHANNELS;
    let above = at - stride;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let x = 0; x < widthPx; x += 1) {
      // Within bounds by the loops' limits: all reads below.
      red += pixels[source] as number;
      green += pixels[source + 1] as number;
      blue += pixels[source + 2] as number;
      sums[at] = red + (sums[above] as number);
      sums[at + 1] = green + (sums[above + 1] as number);
      sums[at + 2] = blue + (sums[above + 2] as number);
      source += CHANNELS;
      at += CHANNELS;
      above += CHANNELS;
    }
  }
  return { widthPx, heightPx, sums };
};
