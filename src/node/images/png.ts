import { crc32 } from 'node:zlib';
import { CHANNELS } from '../../core/images/photo.ts';
import { packedBound, type PackHuffman } from './pack-huffman.ts';

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const FILTER_SUB = 1;
const FILTER_AVERAGE = 3;
const EIGHT_BITS = 8;
const TRUE_COLOUR = 2;

const chunk = (type: string, content: Uint8Array): Buffer => {
  const framed = Buffer.allocUnsafe(content.byteLength + 12);
  framed.writeUInt32BE(content.byteLength, 0);
  framed.write(type, 4, 'latin1');
  framed.set(content, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, framed.byteLength - 4)), framed.byteLength - 4);
  return framed;
};

/** Fills `out` [rows, rowBytes + 1] with rows of RGB bytes, each value less the average of those to its left and above it. */
export type FilterRows = (pixels: Uint8Array, rowBytes: number, rows: number, out: Uint8Array) => void;

/** As PNG's filters say: a byte that names the filter, then the row. For machines without `native/pixels.cc`, which does the same. */
export const plainFilterRows: FilterRows = (pixels, rowBytes, rows, out) => {
  let at = 0;
  // Within bounds: the loops follow the size. The typed array keeps the low byte.
  for (let y = 0; y < rows; y += 1) {
    const row = y * rowBytes;
    const above = row - rowBytes;
    const isFirst = y === 0;
    out[at] = isFirst ? FILTER_SUB : FILTER_AVERAGE;
    at += 1;
    for (let i = 0; i < CHANNELS; i += 1) {
      out[at] = (pixels[row + i] as number) - (isFirst ? 0 : (pixels[above + i] as number) >> 1);
      at += 1;
    }
    if (isFirst) {
      for (let i = CHANNELS; i < rowBytes; i += 1) {
        out[at] = (pixels[row + i] as number) - (pixels[row + i - CHANNELS] as number);
        at += 1;
      }
    } else {
      for (let i = CHANNELS; i < rowBytes; i += 1) {
        const average = ((pixels[row + i - CHANNELS] as number) + (pixels[above + i] as number)) >> 1;
        out[at] = (pixels[row + i] as number) - average;
        at += 1;
      }
    }
  }
};

export type PngLoops = { readonly filterRows: FilterRows; readonly packHuffman: PackHuffman };

/** Encodes RGB bytes [heightPx, widthPx, 3] as a PNG; the same pixels always give the same file. */
export type EncodePng = (pixels: Uint8Array, widthPx: number, heightPx: number) => Buffer;

/**
 * Faces are filtered by the average of their neighbours and packed by Huffman codes alone: on 182 px crops smaller than by libvips'
 * default of level 6 without filters (48 instead of 79 KB), in a small part of the time. Working memory is kept from crop to crop.
 */
export const createPngEncoder = ({ filterRows, packHuffman }: PngLoops): EncodePng => {
  let filtered = new Uint8Array(0);
  let packed = new Uint8Array(0);
  return (pixels, widthPx, heightPx) => {
    const rowBytes = widthPx * CHANNELS;
    const bytes = (rowBytes + 1) * heightPx;
    if (filtered.length < bytes) {
      filtered = new Uint8Array(bytes);
      packed = new Uint8Array(packedBound(bytes));
    }
    filterRows(pixels, rowBytes, heightPx, filtered);
    const written = packHuffman(filtered.subarray(0, bytes), packed);
    const header = Buffer.alloc(13);
    header.writeUInt32BE(widthPx, 0);
    header.writeUInt32BE(heightPx, 4);
    header[8] = EIGHT_BITS;
    header[9] = TRUE_COLOUR;
    return Buffer.concat([
      SIGNATURE,
      chunk('IHDR', header),
      chunk('IDAT', packed.subarray(0, written)),
      chunk('IEND', new Uint8Array(0)),
    ]);
  };
};
