import type { Conversion } from '../../contract/faces.ts';
import { ImageFailure } from './failures.ts';
import { endsEarly, isCorrupt, isSrgbProfile, type ImageStructure } from './structure.ts';

const SOI = 0xd8;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
const APP2 = 0xe2;
const TEM = 0x01;
const ORIENTATION_TAG = 0x0112;
const EXIF_MARK = 'Exif\0\0';
const ICC_MARK = 'ICC_PROFILE\0';
const ICC_HEADER_BYTES = 14;

/** A progressive picture is decoded once for each scan: this many pixels take about as long as the time limit allows. */
const MOST_SCANNED_PIXELS = 3e9;

type Frame = {
  readonly precision: number;
  readonly heightPx: number;
  readonly widthPx: number;
  readonly components: number;
};

const isRestart = (marker: number): boolean => marker >= 0xd0 && marker <= 0xd7;
/** SOF0 to SOF15 without DHT, JPG and DAC, which lie among them. */
const isFrameHeader = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** @returns where the next marker after entropy-coded data begins. @throws when the data never ends. */
const endOfScan = (bytes: Buffer, start: number): number => {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 1 >= bytes.byteLength) throw endsEarly();
    const next = bytes[at + 1] as number; // Within bounds: checked above.
    if (next !== 0x00 && next !== 0xff && !isRestart(next)) return at;
    at += next === 0xff ? 1 : 2;
  }
};

/** @returns the Exif orientation, 1 to 8, of an APP1 segment's content; 1 when it holds none. */
export const exifOrientation = (exif: Buffer): number => {
  const isLittle = exif.toString('latin1', 0, 4) === 'II*\0';
  if (!isLittle && exif.toString('latin1', 0, 4) !== 'MM\0*') return 1;
  const short = (at: number): number => (isLittle ? exif.readUInt16LE(at) : exif.readUInt16BE(at));
  if (exif.byteLength < 8) return 1;
  const directory = isLittle ? exif.readUInt32LE(4) : exif.readUInt32BE(4);
  if (directory + 2 > exif.byteLength) return 1;
  const entries = short(directory);
  for (let i = 0; i < entries; i += 1) {
    const entry = directory + 2 + i * 12;
    if (entry + 12 > exif.byteLength) return 1;
    if (short(entry) !== ORIENTATION_TAG) continue;
    const orientation = short(entry + 8);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
};

const frameOf = (segment: Buffer): Frame => {
  if (segment.byteLength < 6) throw isCorrupt();
  const frame = {
    precision: segment.readUInt8(0),
    heightPx: segment.readUInt16BE(1),
    widthPx: segment.readUInt16BE(3),
    components: segment.readUInt8(5),
  };
  if (frame.heightPx === 0 || frame.widthPx === 0) throw isCorrupt();
  if (frame.precision !== 8) {
    throw new ImageFailure(
      'unsupported',
      `A JPEG of ${String(frame.precision)} bits cannot be read; save it as PNG.`,
    );
  }
  return frame;
};

type Segment = { readonly marker: number; readonly content: Buffer; readonly end: number };

/**
 * @returns the next marker from a position on, with its segment; fill bytes and stray bytes before it are skipped, as decoders do.
 * @throws when the file ends before it.
 */
const nextSegment = (bytes: Buffer, start: number): Segment => {
  let at = start;
  for (;;) {
    at = bytes.indexOf(0xff, at);
    if (at < 0 || at + 2 > bytes.byteLength) throw endsEarly();
    const marker = bytes[at + 1] as number; // Within bounds: checked above.
    if (marker === EOI) return { marker, content: bytes.subarray(0, 0), end: at + 2 };
    if (marker === 0xff || marker === 0x00) at += 1;
    else if (marker === SOI || marker === TEM || isRestart(marker)) at += 2;
    else {
      if (at + 4 > bytes.byteLength) throw endsEarly();
      const length = bytes.readUInt16BE(at + 2);
      if (length < 2) throw isCorrupt();
      const end = at + 2 + length;
      if (end > bytes.byteLength) throw endsEarly();
      return { marker, content: bytes.subarray(at + 4, end), end };
    }
  }
};

/** What the segments before the picture tell. */
type Found = { frame: Frame | null; orientation: number; readonly profile: Buffer[] };

const take = ({ marker, content }: Segment, found: Found): void => {
  if (isFrameHeader(marker)) found.frame ??= frameOf(content);
  else if (marker === APP1 && content.toString('latin1', 0, EXIF_MARK.length) === EXIF_MARK) {
    found.orientation = exifOrientation(content.subarray(EXIF_MARK.length));
  } else if (marker === APP2 && content.toString('latin1', 0, ICC_MARK.length) === ICC_MARK) {
    found.profile.push(content.subarray(ICC_HEADER_BYTES));
  }
};

/**
 * Walks through a JPEG from its first marker to its last, so that a file that was cut off or filled with zeros is known as such. A
 * picture of more than `maxPixels` is only described.
 *
 * @throws ImageFailure when the picture does not end, or has so many scans that decoding would take too long.
 */
export const readJpegStructure = (bytes: Buffer, maxPixels: number): ImageStructure => {
  const found: Found = { frame: null, orientation: 1, profile: [] };
  let at = 2;
  for (let scannedPixels = 0; ;) {
    const segment = nextSegment(bytes, at);
    const { frame } = found;
    at = segment.end;
    if (segment.marker === EOI) {
      if (frame === null || scannedPixels === 0) throw endsEarly();
      return describe(bytes, frame, found);
    }
    take(segment, found);
    if (segment.marker !== SOS) continue;
    if (frame === null) throw isCorrupt();
    const pixels = frame.widthPx * frame.heightPx;
    if (pixels > maxPixels) return describe(bytes, frame, found);
    scannedPixels += pixels;
    if (scannedPixels > MOST_SCANNED_PIXELS) throw hasTooManyScans();
    at = endOfScan(bytes, at);
  }
};

const hasTooManyScans = (): ImageFailure =>
  new ImageFailure('too-slow', 'The photo is stored in so many passes that decoding it would take too long.');

const describe = (bytes: Buffer, frame: Frame, { orientation, profile }: Found): ImageStructure => {
  const conversions: Conversion[] = [];
  if (orientation > 1) conversions.push('turned-upright');
  if (frame.components === 1) conversions.push('grey');
  if (frame.components === 4) conversions.push('cmyk');
  const isSrgb = profile.length === 0 || isSrgbProfile(Buffer.concat(profile));
  if (!isSrgb) conversions.push('colour-profile');
  return { widthPx: frame.widthPx, heightPx: frame.heightPx, bytes, conversions, isSrgb };
};
