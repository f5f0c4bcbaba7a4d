import { AS_IS, shrinkDirectly } from './area.ts';
import { CHANNELS, type Photo } from './photo.ts';

type Matrix = readonly [number, number, number, number];

/** The part of the photo that the crop shows, with a pixel around it, cut to the photo; null when it shows none of it. */
const shownPart = ({ widthPx, heightPx }: Photo, [a, b, tx, ty]: Matrix, sizePx: number) => {
  const xs = [tx, a * sizePx + tx, -b * sizePx + tx, (a - b) * sizePx + tx];
  const ys = [ty, b * sizePx + ty, a * sizePx + ty, (a + b) * sizePx + ty];
  const left = Math.max(0, Math.floor(Math.min(...xs)) - 1);
  const top = Math.max(0, Math.floor(Math.min(...ys)) - 1);
  const right = Math.min(widthPx, Math.ceil(Math.max(...xs)) + 1);
  const bottom = Math.min(heightPx, Math.ceil(Math.max(...ys)) + 1);
  return right > left && bottom > top ? { left, top, right, bottom } : null;
};

/** Shrinks the shown part by a whole number by area means and gives the matrix into it. */
const reduce = (photo: Photo, matrix: Matrix, sizePx: number, times: number) => {
  const part = shownPart(photo, matrix, sizePx);
  if (part === null) return null;
  const widthPx = Math.ceil((part.right - part.left) / times);
  const heightPx = Math.ceil((part.bottom - part.top) / times);
  const bytes = new Uint8ClampedArray(widthPx * heightPx * CHANNELS);
  const region = {
    leftPx: part.left,
    topPx: part.top,
    widthPx: widthPx * times,
    heightPx: heightPx * times,
  };
  shrinkDirectly(photo, region, widthPx, heightPx, AS_IS, bytes, 0);
  const [a, b, tx, ty] = matrix;
  const reduced: Photo = { widthPx, heightPx, pixels: new Uint8Array(bytes.buffer) };
  const inReduced: Matrix = [a / times, b / times, (tx - part.left) / times, (ty - part.top) / times];
  return { photo: reduced, matrix: inReduced };
};

type Size = { readonly widthPx: number; readonly heightPx: number };

/** Samples with four neighbours, black outside: [outSize.heightPx, outSize.widthPx, 3]; `samples`² points in each output pixel. */
export const sampleSimilarity = (
  photo: Photo,
  [a, b, tx, ty]: Matrix,
  outSize: Size,
  samples: number,
): Uint8Array => {
  const { widthPx, heightPx, pixels } = photo;
  const out = new Uint8ClampedArray(outSize.widthPx * outSize.heightPx * CHANNELS);
  const share = 1 / (samples * samples);
  let at = 0;
  for (let y = 0; y < outSize.heightPx; y += 1) {
    for (let x = 0; x < outSize.widthPx; x += 1) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let j = 0; j < samples; j += 1) {
        const v = y + (j + 0.5) / samples;
        for (let i = 0; i < samples; i += 1) {
          const u = x + (i + 0.5) / samples;
          const sourceX = a * u - b * v + tx - 0.5;
          const sourceY = b * u + a * v + ty - 0.5;
          const left = Math.floor(sourceX);
          const top = Math.floor(sourceY);
          const fx = sourceX - left;
          const fy = sourceY - top;
          for (let corner = 0; corner < 4; corner += 1) {
            const cornerX = left + (corner & 1);
            const cornerY = top + (corner >> 1);
            if (cornerX < 0 || cornerY < 0 || cornerX >= widthPx || cornerY >= heightPx) continue;
            const weight = ((corner & 1) === 0 ? 1 - fx : fx) * (corner >> 1 === 0 ? 1 - fy : fy);
            const source = (cornerY * widthPx + cornerX) * CHANNELS;
            // Within bounds: checked above.
            red += weight * (pixels[source] as number);
            green += weight * (pixels[source + 1] as number);
            blue += weight * (pixels[source + 2] as number);
          }
        }
      }
      out[at] = red * share;
      out[at + 1] = green * share;
      out[at + 2] = blue * share;
      at += CHANNELS;
    }
  }
  return new Uint8Array(out.buffer);
};

/**
 * Turns, scales and shifts a photo into a square. The crop's point (x, y) shows the photo's point (a x - b y + tx, b x + a y + ty);
 * the centre of the first pixel is (0.5, 0.5) in both. Four neighbours; where it shrinks, averaged over the pixel; black outside.
 *
 * @returns [sizePx, sizePx, 3] RGB bytes.
 */
export const warpSimilarity = (photo: Photo, matrix: Matrix, sizePx: number): Uint8Array => {
  const [a, b] = matrix;
  const times = Math.floor(Math.hypot(a, b));
  const size = { widthPx: sizePx, heightPx: sizePx };
  if (times < 2) return sampleSimilarity(photo, matrix, size, Math.hypot(a, b) > 1 ? 2 : 1);
  const reduced = reduce(photo, matrix, sizePx, times);
  if (reduced === null) return new Uint8Array(sizePx * sizePx * CHANNELS);
  return sampleSimilarity(reduced.photo, reduced.matrix, size, 2);
};
