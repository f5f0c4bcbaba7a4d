/** How good a crop is as a picture. */
export type CropQuality = {
  /** Variance of the Laplacian of brightness, over the middle of the crop; 0 for an even area, hundreds for a sharp face. */
  readonly sharpness: number;
  /** Mean brightness of the middle, 0 black to 1 white. */
  readonly exposure: number;
};

/** Rec. 601 luma in 256ths, as JPEG has it. */
const [RED, GREEN, BLUE] = [77, 150, 29];

/** Share of the crop that is left out on each side: there is background, and black beyond the photo's edge. */
const EDGE_SHARE = 0.2;

/** Brightness of columns and rows `from` to below `to`, at the places that they have in the crop. */
const lumaOf = (pixels: Uint8Array, sizePx: number, from: number, to: number): Float32Array => {
  const luma = new Float32Array(sizePx * sizePx);
  for (let y = from; y < to; y += 1) {
    for (let place = y * sizePx + from; place < y * sizePx + to; place += 1) {
      const at = place * 3;
      luma[place] =
        ((pixels[at] ?? 0) * RED + (pixels[at + 1] ?? 0) * GREEN + (pixels[at + 2] ?? 0) * BLUE) / 256;
    }
  }
  return luma;
};

/** Measures a crop of [sizePx, sizePx, 3] RGB bytes. A face that was enlarged is less sharp, as it is to the network. */
export const measureCrop = (pixels: Uint8Array, sizePx: number): CropQuality => {
  const from = Math.max(1, Math.round(sizePx * EDGE_SHARE));
  const to = sizePx - from;
  const luma = lumaOf(pixels, sizePx, from - 1, to + 1);
  let count = 0;
  let sum = 0;
  let edges = 0;
  let squares = 0;
  for (let y = from; y < to; y += 1) {
    for (let x = from; x < to; x += 1) {
      const at = y * sizePx + x;
      const here = luma[at] ?? 0;
      const around =
        (luma[at - 1] ?? 0) + (luma[at + 1] ?? 0) + (luma[at - sizePx] ?? 0) + (luma[at + sizePx] ?? 0);
      const edge = around - 4 * here;
      sum += here;
      edges += edge;
      squares += edge * edge;
      count += 1;
    }
  }
  if (count === 0) return { sharpness: 0, exposure: 0 };
  const meanEdge = edges / count;
  return { sharpness: squares / count - meanEdge * meanEdge, exposure: sum / count / 255 };
};
