/** Why a bitmap cannot be read. */
export type BitmapProblem = 'ends-early' | 'corrupt' | 'unsupported';

/** A Windows or OS/2 bitmap, as its header describes it; all positions are from the start of the bytes. */
export type BitmapHeader = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly isTopDown: boolean;
  readonly bitsPerPixel: number;
  readonly packing: 'none' | 'runs-8' | 'runs-4';
  /** Bit masks of red, green, blue and alpha; null for palettes. An alpha mask of 0 means opaque. */
  readonly masks: readonly [number, number, number, number] | null;
  readonly paletteStart: number;
  readonly paletteEntries: number;
  readonly paletteEntryBytes: 3 | 4;
  readonly dataStart: number;
  /** The second half of an icon's bitmap: one bit for each transparent pixel. */
  readonly hasMask: boolean;
};

/** [heightPx, widthPx, channels]; with four channels the last is opacity. */
export type BitmapPixels = { readonly channels: 3 | 4; readonly pixels: Uint8Array };

const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
/** From this size on the header itself holds the colour masks; 56 and more hold one for alpha. */
const MASKS_HEADER_BYTES = 52;
const ALPHA_MASK_HEADER_BYTES = 56;

const PACKED = { none: 0, runs8: 1, runs4: 2, masks: 3, masksWithAlpha: 6 } as const;
const DEPTHS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16, 24, 32]);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The fields of the info header, whichever of its versions it is. */
type Info = {
  readonly headerBytes: number;
  readonly isCore: boolean;
  readonly widthPx: number;
  readonly signedHeight: number;
  readonly planes: number;
  readonly bitsPerPixel: number;
  readonly packed: number;
  readonly coloursUsed: number;
};

const readInfo = (view: DataView, at: number): Info | BitmapProblem => {
  if (at + CORE_HEADER_BYTES > view.byteLength) return 'ends-early';
  const headerBytes = view.getUint32(at, true);
  const isCore = headerBytes === CORE_HEADER_BYTES;
  if (!isCore && headerBytes < INFO_HEADER_BYTES) return 'unsupported';
  if (at + headerBytes > view.byteLength) return 'ends-early';
  if (isCore) {
    return {
      headerBytes,
      isCore,
      widthPx: view.getUint16(at + 4, true),
      signedHeight: view.getUint16(at + 6, true),
      planes: view.getUint16(at + 8, true),
      bitsPerPixel: view.getUint16(at + 10, true),
      packed: PACKED.none,
      coloursUsed: 0,
    };
  }
  return {
    headerBytes,
    isCore,
    widthPx: view.getInt32(at + 4, true),
    signedHeight: view.getInt32(at + 8, true),
    planes: view.getUint16(at + 12, true),
    bitsPerPixel: view.getUint16(at + 14, true),
    packed: view.getUint32(at + 16, true),
    coloursUsed: view.getUint32(at + 32, true),
  };
};

const isMasked = ({ packed }: Info): boolean => packed === PACKED.masks || packed === PACKED.masksWithAlpha;

/** What is wrong with a header's numbers, if anything. */
const problemOf = (info: Info, heightPx: number): BitmapProblem | null => {
  const { widthPx, planes, bitsPerPixel, packed } = info;
  if (widthPx <= 0 || heightPx < 1 || !Number.isInteger(heightPx) || planes > 1) return 'corrupt';
  if (!DEPTHS.has(bitsPerPixel)) return 'unsupported';
  switch (packed) {
    case PACKED.none:
      return null;
    case PACKED.runs8:
      return bitsPerPixel === 8 ? null : 'corrupt';
    case PACKED.runs4:
      return bitsPerPixel === 4 ? null : 'corrupt';
    case PACKED.masks:
    case PACKED.masksWithAlpha:
      return bitsPerPixel === 16 || bitsPerPixel === 32 ? null : 'unsupported';
    default:
      return 'unsupported';
  }
};

/** Bytes of colour masks that follow a header too old to hold them. */
const maskBytesAfter = (info: Info): number => {
  if (!isMasked(info) || info.headerBytes >= MASKS_HEADER_BYTES) return 0;
  return info.packed === PACKED.masks ? 12 : 16;
};

const paletteEntriesOf = ({ bitsPerPixel, coloursUsed }: Info): number => {
  if (bitsPerPixel > 8) return 0;
  const most = 2 ** bitsPerPixel;
  return coloursUsed === 0 ? most : Math.min(coloursUsed, most);
};

const PACKING_NAMES: Readonly<Record<number, BitmapHeader['packing']>> = {
  [PACKED.runs8]: 'runs-8',
  [PACKED.runs4]: 'runs-4',
};

/**
 * Reads a bitmap's header.
 *
 * @param at where the info header begins: 14 in a `.bmp`, the start of an icon's entry.
 */
const readHeader = (bytes: Uint8Array, at: number, isIcon: boolean): BitmapHeader | BitmapProblem => {
  const view = viewOf(bytes);
  const info = readInfo(view, at);
  if (typeof info === 'string') return info;
  const { widthPx, signedHeight, headerBytes, isCore, bitsPerPixel } = info;
  const heightPx = isIcon ? Math.abs(signedHeight) / 2 : Math.abs(signedHeight);
  const problem = problemOf(info, heightPx);
  if (problem !== null) return problem;
  const paletteStart = at + headerBytes + maskBytesAfter(info);
  if (paletteStart > bytes.byteLength) return 'ends-early';
  const paletteEntries = paletteEntriesOf(info);
  const paletteEntryBytes = isCore ? 3 : 4;
  const dataStart = isIcon ? paletteStart + paletteEntries * paletteEntryBytes : view.getUint32(10, true);
  if (dataStart < at + headerBytes) return 'corrupt';
  return {
    widthPx,
    heightPx,
    isTopDown: signedHeight < 0,
    bitsPerPixel,
    packing: PACKING_NAMES[info.packed] ?? 'none',
    masks: masksOf(view, at, info, isIcon),
    paletteStart,
    paletteEntries,
    paletteEntryBytes,
    dataStart,
    hasMask: isIcon,
  };
};

const masksOf = (view: DataView, at: number, info: Info, isIcon: boolean): BitmapHeader['masks'] => {
  if (info.bitsPerPixel !== 16 && info.bitsPerPixel !== 32) return null;
  if (isMasked(info)) {
    const mask = (i: number): number => view.getUint32(at + INFO_HEADER_BYTES + i * 4, true);
    const hasAlpha = info.packed === PACKED.masksWithAlpha || info.headerBytes >= ALPHA_MASK_HEADER_BYTES;
    return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
  }
  if (info.bitsPerPixel === 16) return [0x7c00, 0x03e0, 0x001f, 0];
  return [0xff0000, 0x00ff00, 0x0000ff, isIcon ? 0xff000000 : 0];
};

/** Reads the header of a `.bmp` file. */
export const readBitmapHeader = (bytes: Uint8Array): BitmapHeader | BitmapProblem =>
  readHeader(bytes, FILE_HEADER_BYTES, false);

/** Reads the header of a bitmap inside an icon, whose height counts the mask as well. */
export const readIconBitmapHeader = (entry: Uint8Array): BitmapHeader | BitmapProblem =>
  readHeader(entry, 0, true);

const rowBytesOf = (widthPx: number, bitsPerPixel: number): number =>
  Math.ceil((widthPx * bitsPerPixel) / 32) * 4;

/** @returns a table from a masked value to a byte: shift first, then scale to 255. */
const channelOf = (mask: number): { readonly shift: number; readonly most: number } | 'corrupt' => {
  if (mask === 0) return { shift: 0, most: 0 };
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return (most & (most + 1)) === 0 ? { shift, most } : 'corrupt';
};

/** 16 and 32 bits: the channels lie where the masks say. */
const readMasked = (bytes: Uint8Array, header: BitmapHeader): BitmapPixels | BitmapProblem => {
  const { widthPx, heightPx, bitsPerPixel, dataStart } = header;
  const masks = header.masks ?? [0, 0, 0, 0];
  const channels = masks.map(channelOf);
  const view = viewOf(bytes);
  const rowBytes = rowBytesOf(widthPx, bitsPerPixel);
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  let isAnyVisible = false;
  for (let y = 0; y < heightPx; y += 1) {
    const row = dataStart + (header.isTopDown ? y : heightPx - 1 - y) * rowBytes;
    for (let x = 0; x < widthPx; x += 1) {
      const value =
        bitsPerPixel === 16 ? view.getUint16(row + x * 2, true) : view.getUint32(row + x * 4, true);
      const at = (y * widthPx + x) * 4;
      for (let i = 0; i < 4; i += 1) {
        const channel = channels[i] ?? 'corrupt';
        if (channel === 'corrupt') return 'corrupt';
        const part = (value >>> channel.shift) & channel.most;
        pixels[at + i] =
          channel.most === 0 ? (i === 3 ? 255 : 0) : Math.round(((part >>> 0) * 255) / channel.most);
      }
      if (pixels[at + 3] !== 0) isAnyVisible = true;
    }
  }
  // Many writers leave the alpha byte 0 everywhere and mean opaque.
  if (!isAnyVisible) for (let at = 3; at < pixels.length; at += 4) pixels[at] = 255;
  return { channels: 4, pixels };
};

/** 24 bits: blue, green, red. */
const readTrueColour = (
  bytes: Uint8Array,
  { widthPx, heightPx, isTopDown, dataStart }: BitmapHeader,
): BitmapPixels => {
  const rowBytes = rowBytesOf(widthPx, 24);
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  for (let y = 0; y < heightPx; y += 1) {
    let source = dataStart + (isTopDown ? y : heightPx - 1 - y) * rowBytes;
    let at = y * widthPx * 3;
    for (let x = 0; x < widthPx; x += 1) {
      // Within bounds: the caller checked the length.
      pixels[at] = bytes[source + 2] as number;
      pixels[at + 1] = bytes[source + 1] as number;
      pixels[at + 2] = bytes[source] as number;
      at += 3;
      source += 3;
    }
  }
  return { channels: 3, pixels };
};

/** Palette indices [heightPx, widthPx] of unpacked rows. */
const readIndices = (bytes: Uint8Array, header: BitmapHeader): Uint8Array => {
  const { widthPx, heightPx, bitsPerPixel, isTopDown, dataStart } = header;
  const rowBytes = rowBytesOf(widthPx, bitsPerPixel);
  const perByte = 8 / bitsPerPixel;
  const most = 2 ** bitsPerPixel - 1;
  const indices = new Uint8Array(widthPx * heightPx);
  for (let y = 0; y < heightPx; y += 1) {
    const row = dataStart + (isTopDown ? y : heightPx - 1 - y) * rowBytes;
    for (let x = 0; x < widthPx; x += 1) {
      const byte = bytes[row + Math.floor(x / perByte)] as number; // Within bounds: the caller checked the length.
      indices[y * widthPx + x] = (byte >> (8 - bitsPerPixel * ((x % perByte) + 1))) & most;
    }
  }
  return indices;
};

/** Where the next unpacked pixel goes; rows are counted from the first stored one. */
type Cursor = { x: number; y: number; readonly put: (index: number) => void };

const cursorOn = (indices: Uint8Array, { widthPx, heightPx, isTopDown }: BitmapHeader): Cursor => {
  const cursor: Cursor = {
    x: 0,
    y: 0,
    put(index) {
      const row = isTopDown ? cursor.y : heightPx - 1 - cursor.y;
      if (cursor.x < widthPx && cursor.y < heightPx) indices[row * widthPx + cursor.x] = index;
      cursor.x += 1;
    },
  };
  return cursor;
};

/** @returns the i-th index of a run: one byte each, or two to a byte. */
const indexIn = (bytes: Uint8Array, start: number, i: number, isNibbles: boolean): number => {
  const byte = bytes[isNibbles ? start + (i >> 1) : start + i] ?? 0;
  if (!isNibbles) return byte;
  return i % 2 === 0 ? byte >> 4 : byte & 15;
};

const END_OF_ROW = 0;
const END_OF_PICTURE = 1;
const MOVE = 2;

/** Does one code of a packed bitmap. @returns where the next one begins; null at the end of the picture. */
const unpackCode = (
  bytes: Uint8Array,
  at: number,
  isNibbles: boolean,
  cursor: Cursor,
): number | null | BitmapProblem => {
  const count = bytes[at];
  const value = bytes[at + 1];
  if (count === undefined || value === undefined) return 'ends-early';
  if (count > 0) {
    for (let i = 0; i < count; i += 1)
      cursor.put(isNibbles ? (i % 2 === 0 ? value >> 4 : value & 15) : value);
    return at + 2;
  }
  if (value === END_OF_PICTURE) return null;
  if (value === END_OF_ROW) {
    cursor.x = 0;
    cursor.y += 1;
    return at + 2;
  }
  if (value === MOVE) {
    cursor.x += bytes[at + 2] ?? 0;
    cursor.y += bytes[at + 3] ?? 0;
    return at + 4;
  }
  const valueBytes = isNibbles ? Math.ceil(value / 2) : value;
  if (at + 2 + valueBytes > bytes.byteLength) return 'ends-early';
  for (let i = 0; i < value; i += 1) cursor.put(indexIn(bytes, at + 2, i, isNibbles));
  return at + 2 + valueBytes + (valueBytes % 2);
};

/** Palette indices [heightPx, widthPx] of run-length packed rows. */
const unpackRuns = (bytes: Uint8Array, header: BitmapHeader): Uint8Array | BitmapProblem => {
  const indices = new Uint8Array(header.widthPx * header.heightPx);
  const cursor = cursorOn(indices, header);
  let at = header.dataStart;
  while (cursor.y < header.heightPx) {
    const next = unpackCode(bytes, at, header.packing === 'runs-4', cursor);
    if (next === null) break;
    if (typeof next === 'string') return next;
    at = next;
  }
  return indices;
};

const readPalette = (bytes: Uint8Array, header: BitmapHeader): BitmapPixels | BitmapProblem => {
  const { widthPx, heightPx, paletteStart, paletteEntries, paletteEntryBytes } = header;
  if (paletteStart + paletteEntries * paletteEntryBytes > bytes.byteLength) return 'ends-early';
  const indices = header.packing === 'none' ? readIndices(bytes, header) : unpackRuns(bytes, header);
  if (typeof indices === 'string') return indices;
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  for (let i = 0; i < indices.length; i += 1) {
    const index = indices[i] as number; // Within bounds: the loop's limit.
    if (index >= paletteEntries) continue;
    const colour = paletteStart + index * paletteEntryBytes;
    // Within bounds: checked above.
    pixels[i * 3] = bytes[colour + 2] as number;
    pixels[i * 3 + 1] = bytes[colour + 1] as number;
    pixels[i * 3 + 2] = bytes[colour] as number;
  }
  return { channels: 3, pixels };
};

/** Makes the pixels transparent that an icon's mask names. */
const withMask = (
  bytes: Uint8Array,
  { widthPx, heightPx, isTopDown }: BitmapHeader,
  colour: BitmapPixels,
  maskStart: number,
): BitmapPixels => {
  if (colour.channels === 4) return colour;
  const rowBytes = rowBytesOf(widthPx, 1);
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y += 1) {
    const row = maskStart + (isTopDown ? y : heightPx - 1 - y) * rowBytes;
    for (let x = 0; x < widthPx; x += 1) {
      const from = (y * widthPx + x) * 3;
      const to = (y * widthPx + x) * 4;
      pixels.set(colour.pixels.subarray(from, from + 3), to);
      // An icon may end without its mask: then it is opaque.
      const bits = bytes[row + (x >> 3)] ?? 0;
      pixels[to + 3] = (bits >> (7 - (x & 7))) & 1 ? 0 : 255;
    }
  }
  return { channels: 4, pixels };
};

/** Decodes a bitmap whose header was read and found of bearable size. */
export const readBitmapPixels = (bytes: Uint8Array, header: BitmapHeader): BitmapPixels | BitmapProblem => {
  const { bitsPerPixel, packing, heightPx, widthPx, dataStart } = header;
  const dataEnd = dataStart + rowBytesOf(widthPx, bitsPerPixel) * heightPx;
  if (packing === 'none' && dataEnd > bytes.byteLength) return 'ends-early';
  const colour =
    bitsPerPixel <= 8
      ? readPalette(bytes, header)
      : bitsPerPixel === 24
        ? readTrueColour(bytes, header)
        : readMasked(bytes, header);
  if (typeof colour === 'string' || !header.hasMask) return colour;
  return withMask(bytes, header, colour, dataEnd);
};

const ICON_ENTRY_BYTES = 16;
const ICON_HEADER_BYTES = 6;

/** @returns the bytes of an icon's largest picture: a PNG, or a bitmap without its file header. */
export const largestIconEntry = (bytes: Uint8Array): Uint8Array | BitmapProblem => {
  const view = viewOf(bytes);
  if (bytes.byteLength < ICON_HEADER_BYTES) return 'ends-early';
  const count = view.getUint16(4, true);
  if (bytes.byteLength < ICON_HEADER_BYTES + count * ICON_ENTRY_BYTES) return 'ends-early';
  let best = { area: -1, depth: -1, start: 0, length: 0 };
  for (let i = 0; i < count; i += 1) {
    const at = ICON_HEADER_BYTES + i * ICON_ENTRY_BYTES;
    // A size of 0 means 256.
    const side = (offset: number): number =>
      view.getUint8(at + offset) === 0 ? 256 : view.getUint8(at + offset);
    const area = side(0) * side(1);
    const depth = view.getUint16(at + 6, true);
    const start = view.getUint32(at + 12, true);
    const length = view.getUint32(at + 8, true);
    if (area > best.area || (area === best.area && depth > best.depth)) best = { area, depth, start, length };
  }
  if (best.area < 0) return 'corrupt';
  if (best.start + best.length > bytes.byteLength) return 'ends-early';
  return bytes.subarray(best.start, best.start + best.length);
};
