import sharp, { type Metadata, type Sharp } from 'sharp';
import { Conversion } from '../../contract/faces.ts';
import type { Photo } from '../../core/images/photo.ts';
import { CHANNELS } from '../../core/images/photo.ts';
import { bitmapSource, iconSource, type BitmapSource } from './bitmap-source.ts';
import { ImageFailure } from './failures.ts';
import { readJpegStructure } from './jpeg-structure.ts';
import { readPngStructure } from './png-structure.ts';
import { isMisnamed, sniff, type ImageFormat } from './sniff.ts';
import { checkTiffIsWhole } from './tiff-structure.ts';
import { endsEarly, isCorrupt, isSrgbProfile, type ImageStructure } from './structure.ts';

const MEGA = 1e6;

/** A photo that may be decoded: of a known format and of a bearable size. */
export type DecodablePhoto = {
  readonly conversions: readonly Conversion[];
  /**
   * Upright, 8-bit sRGB, nothing transparent. A strict one fails for whatever the decoder finds odd, the other only where pixels are
   * missing.
   */
  readonly pipeline: (isStrict: boolean) => Sharp;
};

export type DecodedPhoto = { readonly photo: Photo; readonly conversions: readonly Conversion[] };

const checkSize = (widthPx: number, heightPx: number, maxPixels: number): void => {
  if (widthPx * heightPx <= maxPixels) return;
  const size = `${String(widthPx)} x ${String(heightPx)}`;
  const most = String(maxPixels / MEGA);
  throw new ImageFailure(
    'too-many-pixels',
    `The photo has ${size} pixels; at most ${most} million can be read.`,
  );
};

/** What sharp finds in the header of the formats that we do not walk through ourselves. */
const readOtherStructure = async (bytes: Buffer, format: ImageFormat): Promise<ImageStructure> => {
  checkIsWhole(bytes, format);
  let metadata: Metadata;
  try {
    metadata = await sharp(bytes, { failOn: 'truncated', limitInputPixels: false }).metadata();
  } catch (error) {
    throw failureOfDecoder(error);
  }
  const isSrgb = metadata.icc === undefined || isSrgbProfile(metadata.icc);
  const conversions = conversionsOf(metadata, format, isSrgb);
  return { widthPx: metadata.width, heightPx: metadata.height, bytes, conversions, isSrgb };
};

const conversionsOf = (metadata: Metadata, format: ImageFormat, isSrgb: boolean): readonly Conversion[] => {
  const { space, depth, orientation = 1, pages = 1 } = metadata;
  const needed: Readonly<Partial<Record<Conversion, boolean>>> = {
    'turned-upright': orientation > 1,
    grey: space === 'b-w' || space === 'grey16',
    cmyk: space === 'cmyk',
    'sixteen-bit': depth === 'ushort',
    palette: format === 'gif' || metadata.isPalette,
    'alpha-flattened': metadata.hasAlpha,
    'colour-profile': !isSrgb,
    'first-frame': pages > 1,
  };
  return Conversion.options.filter((conversion) => needed[conversion] === true);
};

const GIF_TRAILER = 0x3b;

/** A whole GIF ends with its trailer; some writers pad with zeros. */
const endsLikeGif = (bytes: Buffer): boolean => {
  let at = bytes.byteLength - 1;
  while (at > 0 && bytes[at] === 0) at -= 1;
  return bytes[at] === GIF_TRAILER;
};

/** @throws ImageFailure when the file's own structure says that its end is missing. */
const checkIsWhole = (bytes: Buffer, format: ImageFormat): void => {
  if (format === 'tiff') checkTiffIsWhole(bytes);
  if (format === 'gif' && !endsLikeGif(bytes)) throw endsEarly();
  if (format === 'webp' && bytes.readUInt32LE(4) + 8 > bytes.byteLength) throw endsEarly();
};

/** @returns what libvips' complaint means for a person; our own failures as they are. */
const failureOfDecoder = (error: unknown): ImageFailure => {
  if (error instanceof ImageFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/unsupported|not supported|no .*decoder|compression/i.test(message) && !/corrupt/i.test(message)) {
    return new ImageFailure(
      'unsupported',
      'The photo is stored in a way that cannot be read; save it as JPEG or PNG.',
    );
  }
  if (/pixel limit/i.test(message))
    return new ImageFailure('too-many-pixels', 'The photo has too many pixels.');
  if (/truncated|premature|end of (file|stream)|not enough|EOF/i.test(message)) return endsEarly();
  return isCorrupt();
};

const readable = (bytes: Buffer): ImageFormat => {
  const found = sniff(bytes);
  if (found.kind === 'readable') return found.format;
  if (found.kind === 'unsupported') {
    throw new ImageFailure('unsupported', `${found.name} files cannot be read; save it as JPEG or PNG.`);
  }
  throw new ImageFailure('not-an-image', 'The file holds no picture.');
};

const structureOf = async (
  bytes: Buffer,
  format: ImageFormat,
  maxPixels: number,
): Promise<ImageStructure | BitmapSource> => {
  switch (format) {
    case 'jpeg':
      return readJpegStructure(bytes, maxPixels);
    case 'png':
      return readPngStructure(bytes);
    case 'bmp':
      return bitmapSource(bytes);
    case 'ico': {
      const source = iconSource(bytes);
      return Buffer.isBuffer(source) ? readPngStructure(source) : source;
    }
    default:
      return readOtherStructure(bytes, format);
  }
};

/** What sharp reads: a file that it decodes itself, or pixels that we decoded. */
const openSharp = (source: ImageStructure | BitmapSource, maxPixels: number, isStrict: boolean): Sharp => {
  if ('read' in source) {
    const { pixels, channels } = source.read();
    return sharp(pixels, { raw: { width: source.widthPx, height: source.heightPx, channels } });
  }
  return sharp(source.bytes, {
    failOn: isStrict ? 'warning' : 'truncated',
    limitInputPixels: maxPixels,
    sequentialRead: true,
    // RGB values stay as they are stored, as Pillow and OpenCV read them and as every network was trained; docs/pipeline.md § 1.
    ignoreIcc: !source.conversions.includes('cmyk'),
  });
};

/**
 * Looks at a photo without decoding it.
 *
 * @param file only its extension is looked at, to tell that it promises another format.
 * @throws ImageFailure when it is no picture, cannot be read here, is damaged or has too many pixels.
 */
export const inspectPhoto = async (
  bytes: Buffer,
  file: string,
  maxPixels: number,
): Promise<DecodablePhoto> => {
  const format = readable(bytes);
  const source = await structureOf(bytes, format, maxPixels);
  checkSize(source.widthPx, source.heightPx, maxPixels);
  const isFlattened = source.conversions.includes('alpha-flattened');
  return {
    conversions: isMisnamed(file, format) ? [...source.conversions, 'misnamed'] : source.conversions,
    pipeline(isStrict) {
      const image = openSharp(source, maxPixels, isStrict).autoOrient();
      return (isFlattened ? image.flatten({ background: '#ffffff' }) : image).toColourspace('srgb');
    },
  };
};

/** Grey photos may arrive with one channel. */
const toRgb = (data: Buffer, channels: number, pixels: number): Uint8Array => {
  if (channels === CHANNELS) return data;
  const rgb = new Uint8Array(pixels * CHANNELS);
  const isGrey = channels < CHANNELS;
  for (let i = 0; i < pixels; i += 1) {
    for (let channel = 0; channel < CHANNELS; channel += 1) {
      // Within bounds: sharp says how many channels there are.
      rgb[i * CHANNELS + channel] = data[i * channels + (isGrey ? 0 : channel)] as number;
    }
  }
  return rgb;
};

/** What libjpeg says when entropy-coded data is missing or wrong; its other warnings are about oddities that do no harm. */
const PIXELS_ARE_WRONG = /premature end|bad huffman code/i;

/**
 * Runs a decoder over a photo that was looked at: strictly, and again forgivingly when only an oddity was found.
 *
 * @throws ImageFailure when the photo is damaged.
 */
export const runDecoder = async <Result>(
  { pipeline }: DecodablePhoto,
  run: (image: Sharp) => Promise<Result>,
): Promise<Result> => {
  try {
    return await run(pipeline(true));
  } catch (error) {
    if (error instanceof ImageFailure) throw error;
    if (error instanceof Error && PIXELS_ARE_WRONG.test(error.message)) throw isCorrupt();
  }
  try {
    return await run(pipeline(false));
  } catch (error) {
    throw failureOfDecoder(error);
  }
};

/** Decodes a photo that was looked at. @throws ImageFailure when it is damaged. */
export const decodePhoto = async (decodable: DecodablePhoto): Promise<DecodedPhoto> => {
  const { data, info } = await runDecoder(decodable, (image) =>
    image.removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  const pixels = toRgb(data, info.channels, info.width * info.height);
  return {
    photo: { widthPx: info.width, heightPx: info.height, pixels },
    conversions: decodable.conversions,
  };
};
