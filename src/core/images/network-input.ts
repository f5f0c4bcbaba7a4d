import { pyramidLevels } from '../mtcnn/pyramid.ts';
import { AS_IS, shrinkByIntegral, shrinkDirectly, type Normalisation } from './area.ts';
import { shrinkAsOpenCv } from './area-opencv.ts';
import { stretchLinear } from './area-linear.ts';
import { integrate, MOST_INTEGRAL_PIXELS, type Integral, type SumsPool } from './integral.ts';
import type { PixelLoops } from './loops.ts';
import { CHANNELS, type Photo } from './photo.ts';
import { shrinkInOnePass } from './pyramid-stream.ts';

/** The networks take (v - 127.5) * 0.0078125. facenet, detect_face.py. */
export const FOR_NETWORKS: Normalisation = { factor: 0.0078125, offset: -127.5 * 0.0078125 };

export type PyramidRequest = {
  readonly minFaceSizePx: number;
  readonly scaleFactor: number;
  /** Round as OpenCV does, to the last bit, which takes longer; see `shrinkAsOpenCv`. */
  readonly asOpenCv: boolean;
};

/** One level: the whole photo, shrunk. `pixels` is [heightPx, widthPx, 3] RGB bytes. */
export type PyramidLevel = {
  readonly scale: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
};

/** A photo with what makes resampling it fast; the integral is made when first needed. */
export type Resampler = {
  readonly photo: Photo;
  /** Bytes that it holds now. */
  readonly heldBytes: number;
  /** Shrinks the whole photo to bytes, as `cv2.resize(..., INTER_AREA)` does; never enlarges. */
  shrink(widthPx: number, heightPx: number, out: Uint8ClampedArray, outStart: number): void;
  /**
   * Square network inputs, as facenet's `pad` and `cv2.resize(..., INTER_AREA)` make them: `out` is [boxes, sizePx, sizePx, 3], normalised.
   * `boxes` is [n, 4]: x1, y1, x2, y2 in facenet's 1-based inclusive pixels; black where a box leaves the photo or is empty.
   */
  networkInputs(boxes: Int32Array, sizePx: number, out: Float32Array): void;
  /** Gives the integral's memory back. @returns the bytes that nobody keeps any more, once the photo goes as well */
  release(): number;
};

/** Makes a photo ready for resampling. The caller releases it. */
export const createResampler = (photo: Photo, loops: PixelLoops, sums: SumsPool): Resampler => {
  let integral: Integral | null = null;
  const isIntegrable = photo.widthPx * photo.heightPx <= MOST_INTEGRAL_PIXELS;
  const shrinkRegion = (
    region: Parameters<typeof shrinkDirectly>[1],
    widthPx: number,
    heightPx: number,
    normalisation: Normalisation,
    out: Float32Array | Uint8ClampedArray,
    outStart: number,
  ): void => {
    if (isIntegrable) {
      integral ??= integrate(photo, loops, sums);
      shrinkByIntegral(integral, region, widthPx, heightPx, normalisation, out, outStart, loops);
    } else shrinkDirectly(photo, region, widthPx, heightPx, normalisation, out, outStart);
  };
  return {
    photo,
    get heldBytes() {
      return photo.pixels.byteLength + (integral === null ? 0 : integral.sums.byteLength);
    },
    shrink(widthPx, heightPx, out, outStart) {
      if (widthPx === photo.widthPx && heightPx === photo.heightPx) {
        out.set(photo.pixels, outStart);
        return;
      }
      const whole = { leftPx: 0, topPx: 0, widthPx: photo.widthPx, heightPx: photo.heightPx };
      shrinkRegion(whole, widthPx, heightPx, AS_IS, out, outStart);
    },
    networkInputs(boxes, sizePx, out) {
      const count = boxes.length / 4;
      const valuesPerBox = sizePx * sizePx * CHANNELS;
      for (let i = 0; i < count; i += 1) {
        // Within bounds: four numbers a box.
        const [x1, y1, x2, y2] = boxes.subarray(i * 4, i * 4 + 4) as unknown as readonly [
          number,
          number,
          number,
          number,
        ];
        const region = { leftPx: x1 - 1, topPx: y1 - 1, widthPx: x2 - x1 + 1, heightPx: y2 - y1 + 1 };
        const start = i * valuesPerBox;
        if (region.widthPx <= 0 || region.heightPx <= 0)
          out.fill(FOR_NETWORKS.offset, start, start + valuesPerBox);
        else if (region.widthPx >= sizePx && region.heightPx >= sizePx) {
          shrinkRegion(region, sizePx, sizePx, FOR_NETWORKS, out, start);
        } else stretchLinear(photo, region, sizePx, sizePx, FOR_NETWORKS, out, start);
      }
    },
    release() {
      const isKept = integral === null || sums.giveBack(integral.sums);
      const bytes = photo.pixels.byteLength + (integral === null || isKept ? 0 : integral.sums.byteLength);
      integral = null;
      return bytes;
    },
  };
};

/** All levels of a pyramid, largest first. */
export const pyramid = (resampler: Resampler, request: PyramidRequest): readonly PyramidLevel[] => {
  const { photo } = resampler;
  const sizes = pyramidLevels(photo.widthPx, photo.heightPx, request);
  if (request.asOpenCv) {
    return sizes.map((level) => {
      const isWholeFactor = photo.widthPx % level.widthPx === 0 && photo.heightPx % level.heightPx === 0;
      const bytes = isWholeFactor
        ? shrunk(resampler, level)
        : shrinkAsOpenCv(photo, level.widthPx, level.heightPx);
      return { ...level, pixels: new Uint8Array(bytes.buffer) };
    });
  }
  if (photo.widthPx * photo.heightPx > MOST_INTEGRAL_PIXELS) {
    const isPlain = ({ widthPx }: { readonly widthPx: number }): boolean =>
      widthPx * 2 !== photo.widthPx && widthPx !== photo.widthPx;
    const plain = sizes.filter(isPlain);
    const bytes = shrinkInOnePass(photo, plain);
    return sizes.map((level) => {
      const made = bytes[plain.indexOf(level)] ?? shrunk(resampler, level);
      return { ...level, pixels: new Uint8Array(made.buffer) };
    });
  }
  return sizes.map((level) => ({ ...level, pixels: new Uint8Array(shrunk(resampler, level).buffer) }));
};

const shrunk = (
  resampler: Resampler,
  { widthPx, heightPx }: { readonly widthPx: number; readonly heightPx: number },
): Uint8ClampedArray<ArrayBuffer> => {
  const bytes = new Uint8ClampedArray(widthPx * heightPx * CHANNELS);
  resampler.shrink(widthPx, heightPx, bytes, 0);
  return bytes;
};
