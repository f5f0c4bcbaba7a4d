import { crc32, deflateSync } from 'node:zlib';

/** One chunk of a PNG, with its right checksum. */
export const pngChunk = (type: string, content: Uint8Array): Buffer => {
  const framed = Buffer.alloc(content.byteLength + 12);
  framed.writeUInt32BE(content.byteLength, 0);
  framed.write(type, 4, 'latin1');
  framed.set(content, 8);
  framed.writeUInt32BE(crc32(framed.subarray(4, framed.byteLength - 4)), framed.byteLength - 4);
  return framed;
};

export const PNG_SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export const pngHeader = (widthPx: number, heightPx: number, depth = 8, colourType = 2): Buffer => {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(widthPx, 0);
  content.writeUInt32BE(heightPx, 4);
  content[8] = depth;
  content[9] = colourType;
  return pngChunk('IHDR', content);
};

/** Rows of zeros: what they show is black. */
export const pngData = (rowBytes: number, rows: number): Buffer =>
  pngChunk('IDAT', deflateSync(Buffer.alloc((rowBytes + 1) * rows), { level: 9 }));

export const png = (...chunks: readonly Buffer[]): Buffer =>
  Buffer.concat([PNG_SIGNATURE, ...chunks, pngChunk('IEND', Buffer.alloc(0))]);

/** A black 8 x 8 picture with more chunks before its data. */
export const smallPng = (...chunks: readonly Buffer[]): Buffer =>
  png(pngHeader(8, 8), ...chunks, pngData(24, 8));
