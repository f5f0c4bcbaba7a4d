import { rowBytesOf, viewOf, type BitmapHeader, type BitmapProblem } from './bitmap-header.ts';

/** [heightPx, widthPx, channels]; with four channels the last is opacity. */
export type BitmapPixels = { readonly channels: 3 | 4; readonly pixels: Uint8Array };

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

/** Decodes a bitmap whose header was read and found of bearable size. */
export const readBitmapPixels = (bytes: Uint8Array, header: BitmapHeader): BitmapPixels | BitmapProblem => {
  const { bitsPerPixel, packing, heightPx, widthPx, dataStart } = header;
  const dataEnd = dataStart + rowBytesOf(widthPx, bitsPerPixel) * heightPx;
  if (packing === 'none' && dataEnd > bytes.byteLength) return 'ends-early';
  if (bitsPerPixel <= 8) return readPalette(bytes, header);
  return bitsPerPixel === 24 ? readTrueColour(bytes, header) : readMasked(bytes, header);
};
