import { crc32, inflateSync } from 'node:zlib';
import { Conversion } from '../../contract/faces.ts';
import { exifOrientation } from './jpeg-structure.ts';
import { endsEarly, isCorrupt, isSrgbProfile, type ImageStructure } from './structure.ts';

const SIGNATURE_BYTES = 8;
const SIGNATURE = '\x89PNG\r\n\x1a\n';
/** Length, type and checksum around each chunk's content. */
const CHUNK_FRAME_BYTES = 12;
const HEADER_BYTES = 13;

const CRITICAL: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND']);
/** Chunks that change the picture and cannot grow; everything else is left out before the decoder sees the file. */
const HARMLESS: ReadonlySet<string> = new Set(['tRNS', 'gAMA', 'cHRM', 'sRGB', 'eXIf']);
/** Profiles of cameras and screens are a few kilobytes; a compressed one of this size may unpack to at most 64 MB. */
const MOST_PROFILE_BYTES = 64 * 1024;
const MOST_UNPACKED_PROFILE_BYTES = 1024 * 1024;
const MOST_HARMLESS_BYTES = 64 * 1024;

const GREY = 0;
const PALETTE = 3;
const GREY_ALPHA = 4;
const RGB_ALPHA = 6;

/** An iCCP chunk: a name, a zero, the method 0, the packed profile. One that cannot be unpacked is no profile. */
const isPlainSrgb = (content: Buffer): boolean => {
  try {
    const packed = content.subarray(content.indexOf(0) + 2);
    return isSrgbProfile(inflateSync(packed, { maxOutputLength: MOST_UNPACKED_PROFILE_BYTES }));
  } catch {
    // The decoder has its own limits and leaves out what it cannot unpack; pixels are never lost by it.
    return false;
  }
};

const isKept = (type: string, length: number): boolean =>
  CRITICAL.has(type) ||
  (HARMLESS.has(type) && length <= MOST_HARMLESS_BYTES) ||
  (type === 'iCCP' && length <= MOST_PROFILE_BYTES);

type Chunk = {
  readonly type: string;
  readonly content: Buffer;
  /** With length, type and checksum. */
  readonly whole: Buffer;
  readonly isGood: boolean;
};

/** @throws ImageFailure when the chunk reaches beyond the file, or is critical and does not match its checksum. */
const chunkAt = (bytes: Buffer, at: number): Chunk => {
  if (at + CHUNK_FRAME_BYTES > bytes.byteLength) throw endsEarly();
  const length = bytes.readUInt32BE(at);
  const type = bytes.toString('latin1', at + 4, at + 8);
  if (!/^[A-Za-z]{4}$/.test(type)) throw isCorrupt();
  const end = at + CHUNK_FRAME_BYTES + length;
  if (end > bytes.byteLength) throw endsEarly();
  const isGood =
    isKept(type, length) && crc32(bytes.subarray(at + 4, end - 4)) === bytes.readUInt32BE(end - 4);
  if (!isGood && CRITICAL.has(type)) throw isCorrupt();
  return { type, content: bytes.subarray(at + 8, end - 4), whole: bytes.subarray(at, end), isGood };
};

/** Whether a chunk may stand where it does. @throws ImageFailure when it may not and the picture needs it. */
const isInPlace = ({ type }: Chunk, at: number, seen: ReadonlySet<string>): boolean => {
  if ((type === 'IHDR') !== (at === SIGNATURE_BYTES)) throw isCorrupt();
  const isRepeated = seen.has(type) && type !== 'IDAT';
  if (isRepeated && CRITICAL.has(type)) throw isCorrupt();
  return !isRepeated;
};

/**
 * Walks through a PNG's chunks, checks their checksums and leaves out all that no picture needs: texts that unpack to gigabytes,
 * animation frames, private chunks.
 *
 * @throws ImageFailure when the file is cut off or a checksum is wrong.
 */
export const readPngStructure = (bytes: Buffer): ImageStructure => {
  if (bytes.toString('latin1', 0, SIGNATURE_BYTES) !== SIGNATURE) throw isCorrupt();
  const kept: Buffer[] = [bytes.subarray(0, SIGNATURE_BYTES)];
  const seen = new Set<string>();
  let isSrgb = true;
  let orientation = 1;
  let at = SIGNATURE_BYTES;
  while (!seen.has('IEND')) {
    const chunk = chunkAt(bytes, at);
    const isUsed = isInPlace(chunk, at, seen) && chunk.isGood;
    seen.add(chunk.type);
    at += chunk.whole.byteLength;
    if (!isUsed) continue;
    kept.push(chunk.whole);
    if (chunk.type === 'iCCP') isSrgb = seen.has('sRGB') || isPlainSrgb(chunk.content);
    if (chunk.type === 'eXIf') orientation = exifOrientation(chunk.content);
  }
  if (!seen.has('IDAT')) throw endsEarly();
  const keptBytes = kept.reduce((total, part) => total + part.byteLength, 0);
  return describe(bytes, keptBytes === at ? bytes : Buffer.concat(kept), seen, orientation, isSrgb);
};

const describe = (
  original: Buffer,
  bytes: Buffer,
  seen: ReadonlySet<string>,
  orientation: number,
  isSrgb: boolean,
): ImageStructure => {
  const header = SIGNATURE_BYTES + 8;
  if (original.readUInt32BE(SIGNATURE_BYTES) !== HEADER_BYTES) throw isCorrupt();
  const widthPx = original.readUInt32BE(header);
  const heightPx = original.readUInt32BE(header + 4);
  const depth = original.readUInt8(header + 8);
  const colourType = original.readUInt8(header + 9);
  if (widthPx === 0 || heightPx === 0) throw isCorrupt();
  const needed: Readonly<Partial<Record<Conversion, boolean>>> = {
    'turned-upright': orientation > 1,
    grey: colourType === GREY || colourType === GREY_ALPHA,
    'sixteen-bit': depth === 16,
    palette: colourType === PALETTE,
    'alpha-flattened': colourType === GREY_ALPHA || colourType === RGB_ALPHA || seen.has('tRNS'),
    'colour-profile': !isSrgb,
    'first-frame': seen.has('acTL'),
  };
  const conversions = Conversion.options.filter((conversion) => needed[conversion] === true);
  return { widthPx, heightPx, bytes, conversions, isSrgb };
};
