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
};

const FILE_HEADER_BYTES = 14;
const CORE_HEADER_BYTES = 12;
const INFO_HEADER_BYTES = 40;
/** From this size on the header itself holds the colour masks; 56 and more hold one for alpha. */
const MASKS_HEADER_BYTES = 52;
const ALPHA_MASK_HEADER_BYTES = 56;

const PACKED = { none: 0, runs8: 1, runs4: 2, masks: 3, masksWithAlpha: 6 } as const;
const DEPTHS: ReadonlySet<number> = new Set([1, 2, 4, 8, 16, 24, 32]);

/** A view of all bytes, for numbers of more than one. */
export const viewOf = (bytes: Uint8Array): DataView =>
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

/** Bytes of a stored row: a multiple of four. */
export const rowBytesOf = (widthPx: number, bitsPerPixel: number): number =>
  Math.ceil((widthPx * bitsPerPixel) / 32) * 4;
