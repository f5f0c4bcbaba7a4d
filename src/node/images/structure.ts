import type { Conversion } from '../../contract/faces.ts';
import { ImageFailure } from './failures.ts';

/** What a file's own structure says, read before any decoder sees it. */
export type ImageStructure = {
  readonly widthPx: number;
  readonly heightPx: number;
  /** What the decoder gets: the file, or a copy without what no picture needs. */
  readonly bytes: Buffer;
  readonly conversions: readonly Conversion[];
  /** The embedded profile is sRGB, or there is none: the pixels are sRGB as they are. */
  readonly isSrgb: boolean;
};

/** @returns the failure of a file that ends, or turns to nothing, before its picture does. */
export const endsEarly = (): ImageFailure =>
  new ImageFailure('damaged', 'The file ends before the picture does; get another copy of it.');

/** @returns the failure of a file whose parts contradict each other. */
export const isCorrupt = (): ImageFailure =>
  new ImageFailure('damaged', 'The file is corrupt; get another copy of it.');

const PROFILE_HEADER_BYTES = 128;
const MOST_PROFILE_TEXT_BYTES = 4096;

/** Whether an ICC profile says that it is plain sRGB; converting from it would only cost time and a rounding. */
export const isSrgbProfile = (profile: Buffer): boolean => {
  if (profile.toString('latin1', 16, 20) !== 'RGB ') return false;
  // Descriptions are ASCII or UTF-16.
  const text = profile.toString('latin1', PROFILE_HEADER_BYTES, MOST_PROFILE_TEXT_BYTES).replaceAll('\0', '');
  return text.includes('sRGB') && !/linear|g10/i.test(text);
};
