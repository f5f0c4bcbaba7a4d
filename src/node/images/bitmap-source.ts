import {
  readBitmapHeader,
  readIconBitmapHeader,
  type BitmapHeader,
  type BitmapProblem,
} from '../../core/images/bitmap-header.ts';
import { readBitmapPixels, type BitmapPixels } from '../../core/images/bitmap-pixels.ts';
import { largestIconEntry, readIconBitmapPixels } from '../../core/images/icon.ts';
import type { Conversion } from '../../contract/faces.ts';
import { ImageFailure } from './failures.ts';
import { endsEarly, isCorrupt } from './structure.ts';

const PNG_START = '\x89PNG';

/** A bitmap that is described but not yet decoded. */
export type BitmapSource = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly conversions: readonly Conversion[];
  /** @throws ImageFailure when it is damaged. */
  readonly read: () => BitmapPixels;
};

const failureOf = (problem: BitmapProblem): ImageFailure => {
  switch (problem) {
    case 'ends-early':
      return endsEarly();
    case 'corrupt':
      return isCorrupt();
    case 'unsupported':
      return new ImageFailure('unsupported', 'This kind of bitmap cannot be read; save it as JPEG or PNG.');
  }
};

const orThrow = <Value extends object>(value: Value | BitmapProblem): Value => {
  if (typeof value === 'string') throw failureOf(value);
  return value;
};

const sourceOf = (
  header: BitmapHeader,
  hasOpacity: boolean,
  read: () => BitmapPixels | BitmapProblem,
): BitmapSource => {
  const conversions: Conversion[] = [];
  if (header.bitsPerPixel <= 8) conversions.push('palette');
  if (hasOpacity) conversions.push('alpha-flattened');
  return {
    widthPx: header.widthPx,
    heightPx: header.heightPx,
    conversions,
    read: () => orThrow(read()),
  };
};

/** Describes a `.bmp`. @throws ImageFailure */
export const bitmapSource = (bytes: Buffer): BitmapSource => {
  const header = orThrow(readBitmapHeader(bytes));
  return sourceOf(header, (header.masks?.[3] ?? 0) !== 0, () => readBitmapPixels(bytes, header));
};

/** Finds the largest picture of an icon: a PNG as its bytes, or a bitmap described. @throws ImageFailure */
export const iconSource = (bytes: Buffer): Buffer | BitmapSource => {
  const entry = orThrow(largestIconEntry(bytes));
  const content = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength);
  if (content.toString('latin1', 0, PNG_START.length) === PNG_START) return content;
  const header = orThrow(readIconBitmapHeader(content));
  return sourceOf(header, true, () => readIconBitmapPixels(content, header));
};
