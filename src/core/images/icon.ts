import { rowBytesOf, viewOf, type BitmapHeader, type BitmapProblem } from './bitmap-header.ts';
import { readBitmapPixels, type BitmapPixels } from './bitmap-pixels.ts';

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

/** Adds the opacity to [heightPx, widthPx, 3] that an icon's mask, one bit for each transparent pixel behind the colours, gives. */
const withMask = (
  bytes: Uint8Array,
  { widthPx, heightPx, isTopDown, bitsPerPixel, dataStart }: BitmapHeader,
  colour: Uint8Array,
): BitmapPixels => {
  const maskStart = dataStart + rowBytesOf(widthPx, bitsPerPixel) * heightPx;
  const rowBytes = rowBytesOf(widthPx, 1);
  const pixels = new Uint8Array(widthPx * heightPx * 4);
  for (let y = 0; y < heightPx; y += 1) {
    const row = maskStart + (isTopDown ? y : heightPx - 1 - y) * rowBytes;
    for (let x = 0; x < widthPx; x += 1) {
      const from = (y * widthPx + x) * 3;
      const to = (y * widthPx + x) * 4;
      pixels.set(colour.subarray(from, from + 3), to);
      // An icon may end without its mask: then it is opaque.
      const bits = bytes[row + (x >> 3)] ?? 0;
      pixels[to + 3] = (bits >> (7 - (x & 7))) & 1 ? 0 : 255;
    }
  }
  return { channels: 4, pixels };
};

/** Decodes a bitmap inside an icon, with its mask, whose header was read and found of bearable size. */
export const readIconBitmapPixels = (
  entry: Uint8Array,
  header: BitmapHeader,
): BitmapPixels | BitmapProblem => {
  const colour = readBitmapPixels(entry, header);
  return typeof colour === 'string' || colour.channels === 4
    ? colour
    : withMask(entry, header, colour.pixels);
};
