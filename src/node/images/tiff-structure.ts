import { endsEarly, isCorrupt } from './structure.ts';

/** Bytes of one value of each TIFF field type, 1 to 18 (TIFF 6.0, BigTIFF). */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8] as const;
const STRIP_OFFSETS = 273;
const STRIP_BYTES = 279;
const TILE_OFFSETS = 324;
const TILE_BYTES = 325;
const PIXEL_FIELDS: ReadonlySet<number> = new Set([STRIP_OFFSETS, STRIP_BYTES, TILE_OFFSETS, TILE_BYTES]);

type Reader = {
  readonly isBig: boolean;
  /** An unsigned number of 1, 2, 4 or 8 bytes. @throws when the file ends before it. */
  readonly number: (at: number, bytes: number) => number;
};

const readerOf = (bytes: Buffer): Reader => {
  const isLittle = bytes[0] === 0x49;
  const number = (at: number, length: number): number => {
    if (at + length > bytes.byteLength) throw endsEarly();
    if (length === 8) return Number(isLittle ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
    return isLittle ? bytes.readUIntLE(at, length) : bytes.readUIntBE(at, length);
  };
  return { number, isBig: number(2, 2) === 43 };
};

/** Where the values of one directory entry lie, and that they lie within the file. */
const fieldOf = ({ number, isBig }: Reader, entry: number, fileBytes: number) => {
  const typeBytes = TYPE_BYTES[number(entry + 2, 2)] ?? 0;
  const count = number(entry + 4, isBig ? 8 : 4);
  const inlineBytes = isBig ? 8 : 4;
  const inline = entry + (isBig ? 12 : 8);
  const start = count * typeBytes <= inlineBytes ? inline : number(inline, inlineBytes);
  if (start + count * typeBytes > fileBytes) throw endsEarly();
  return { typeBytes, count, start };
};

/** The pixel fields of the first directory, by tag. */
const pixelFieldsOf = (reader: Reader, fileBytes: number): ReadonlyMap<number, readonly number[]> => {
  const { number, isBig } = reader;
  const directory = number(isBig ? 8 : 4, isBig ? 8 : 4);
  const entries = number(directory, isBig ? 8 : 2);
  const entryBytes = isBig ? 20 : 12;
  const first = directory + (isBig ? 8 : 2);
  if (entries * entryBytes > fileBytes) throw endsEarly();
  const fields = new Map<number, readonly number[]>();
  for (let i = 0; i < entries; i += 1) {
    const entry = first + i * entryBytes;
    const tag = number(entry, 2);
    const { typeBytes, count, start } = fieldOf(reader, entry, fileBytes);
    if (!PIXEL_FIELDS.has(tag)) continue;
    if (typeBytes === 0) throw isCorrupt();
    const values = Array.from({ length: count }, (_, k) => number(start + k * typeBytes, typeBytes));
    fields.set(tag, values);
  }
  return fields;
};

/**
 * Checks that all that a TIFF's first directory names lies within the file.
 *
 * @throws ImageFailure when it does not.
 */
export const checkTiffIsWhole = (bytes: Buffer): void => {
  const fields = pixelFieldsOf(readerOf(bytes), bytes.byteLength);
  const offsets = fields.get(STRIP_OFFSETS) ?? fields.get(TILE_OFFSETS) ?? [];
  const lengths = fields.get(STRIP_BYTES) ?? fields.get(TILE_BYTES) ?? [];
  if (offsets.length === 0) throw isCorrupt();
  if (offsets.some((offset, i) => offset + (lengths[i] ?? 0) > bytes.byteLength)) throw endsEarly();
};
