import sharp, { type Sharp } from 'sharp';
import type { ReasonCode } from '../../src/contract/faces.ts';

/** What must become of a file: it decodes, or it is refused with one of these reasons. */
export type Fate = 'decodes' | ReasonCode;

export const MEBIBYTE = 1024 * 1024;
export const WIDTH_PX = 96;
export const HEIGHT_PX = 64;

/** Colour fields with some noise, the same at each run. */
export const paint = (widthPx = WIDTH_PX, heightPx = HEIGHT_PX, channels: 3 | 4 = 3): Sharp => {
  const pixels = Buffer.alloc(widthPx * heightPx * channels);
  for (let i = 0; i < pixels.length; i += 1) {
    const x = Math.floor(i / channels) % widthPx;
    const y = Math.floor(i / channels / widthPx);
    pixels[i] =
      120 + 70 * Math.sin(x * 0.21 + (i % channels)) + 50 * Math.cos(y * 0.17) + ((i * 2654435761) % 17);
  }
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } });
};

/** The first part of a file. */
export const cut = (bytes: Buffer, share: number): Buffer =>
  bytes.subarray(0, Math.floor(bytes.byteLength * share));

/** A file with a part filled with zeros, as a power cut leaves it. */
export const zeroed = (bytes: Buffer, from: number, to = 1): Buffer => {
  const copy = Buffer.from(bytes);
  copy.fill(0, Math.floor(copy.byteLength * from), Math.floor(copy.byteLength * to));
  return copy;
};

/** Files by name. */
export type Files = Record<string, readonly [bytes: Buffer, ...fates: readonly Fate[]]>;
