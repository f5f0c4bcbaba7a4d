export type BmpOptions = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bits: number;
  readonly packing?: number;
  readonly palette?: readonly number[];
  readonly masks?: readonly number[];
  readonly data: Uint8Array;
  /** For icons: no file header. */
  readonly isBare?: boolean;
};

/** A bitmap with the 40-byte header. */
export const bmp = ({
  widthPx,
  heightPx,
  bits,
  packing = 0,
  palette = [],
  masks = [],
  data,
  isBare,
}: BmpOptions): Buffer => {
  const info = Buffer.alloc(40);
  info.writeUInt32LE(40, 0);
  info.writeInt32LE(widthPx, 4);
  info.writeInt32LE(heightPx, 8);
  info.writeUInt16LE(1, 12);
  info.writeUInt16LE(bits, 14);
  info.writeUInt32LE(packing, 16);
  info.writeUInt32LE(palette.length, 32);
  const tables = Buffer.alloc((palette.length + masks.length) * 4);
  [...masks, ...palette].forEach((value, i) => tables.writeUInt32LE(value, i * 4));
  const body = Buffer.concat([info, tables, data]);
  if (isBare === true) return body;
  const file = Buffer.alloc(14);
  file.write('BM', 0, 'latin1');
  file.writeUInt32LE(14 + body.byteLength, 2);
  file.writeUInt32LE(14 + info.byteLength + tables.byteLength, 10);
  return Buffer.concat([file, body]);
};

/** An icon of one picture. */
export const ico = (
  picture: Buffer,
  sidePx: number,
  bits: number,
  lengthBytes = picture.byteLength,
): Buffer => {
  const head = Buffer.alloc(22);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(1, 4);
  head[6] = sidePx;
  head[7] = sidePx;
  head.writeUInt16LE(1, 10);
  head.writeUInt16LE(bits, 12);
  head.writeUInt32LE(lengthBytes, 14);
  head.writeUInt32LE(22, 18);
  return Buffer.concat([head, picture]);
};
