/**
 * Packs `bytes` as a zlib stream (RFC 1950, 1951) by Huffman codes alone, without looking for what came before: filtered rows of a
 * photo hardly repeat. Writes into `out`, of at least `packedBound` bytes, and gives the number of bytes written. The same bytes
 * always give the same stream.
 */
export type PackHuffman = (bytes: Uint8Array, out: Uint8Array) => number;

/** Bytes that share one set of codes; smaller ones follow a photo more closely, and pay for their table of 160 bytes more often. */
const BLOCK_BYTES = 32 * 1024;

const LITERALS = 257;
const END_OF_BLOCK = 256;
const LONGEST_CODE_BITS = 15;
const LONGEST_TABLE_CODE_BITS = 7;
/** The order in which RFC 1951 (3.2.7) lists the lengths of the table's own codes. */
const TABLE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Lengths from 0 to 15; what stands for repeats is not used. */
const TABLE_CODES = 16;
const BLOCK_TABLE_BYTES = 3 + 2 + Math.ceil((TABLE_ORDER.length * 3 + (LITERALS + 1) * 7) / 8);

/** Most bytes that packing so many can give. */
export const packedBound = (bytes: number): number =>
  2 +
  Math.ceil((bytes * LONGEST_CODE_BITS) / 8) +
  (Math.floor(bytes / BLOCK_BYTES) + 1) * BLOCK_TABLE_BYTES +
  4;

type Codes = { readonly lengths: Uint8Array; readonly codes: Uint16Array };

/** Depth of each leaf of a Huffman tree whose leaves have these weights, in ascending order, by two queues. */
const depthsOf = (weights: readonly number[]): number[] => {
  const count = weights.length;
  const all = [...weights];
  const parent: number[] = [];
  let [leaf, node] = [0, count];
  // Within bounds: a queue is asked only while it holds something.
  const lightest = (): number =>
    leaf < count && (node >= all.length || (all[leaf] as number) <= (all[node] as number)) ? leaf++ : node++;
  while (all.length < 2 * count - 1) {
    const [first, second] = [lightest(), lightest()];
    parent[first] = parent[second] = all.length;
    all.push((all[first] as number) + (all[second] as number));
  }
  const depth = new Array<number>(all.length).fill(0);
  for (let i = all.length - 2; i >= 0; i -= 1) depth[i] = (depth[parent[i] as number] as number) + 1;
  return depth.slice(0, count);
};

/**
 * How many codes have each length, none longer than `longest`: codes that are too long become as long as allowed, and for each place
 * that this takes too much, a shorter code is split for one of them.
 */
const lengthCounts = (depths: readonly number[], longest: number): number[] => {
  const counts = new Array<number>(longest + 1).fill(0);
  let taken = 0;
  for (const depth of depths) {
    const bits = Math.min(depth, longest);
    counts[bits] = (counts[bits] as number) + 1;
    taken += 1 << (longest - bits);
  }
  for (; taken > 1 << longest; taken -= 1) {
    let bits = longest - 1;
    while (counts[bits] === 0) bits -= 1;
    counts[bits] = (counts[bits] as number) - 1;
    counts[bits + 1] = (counts[bits + 1] as number) + 2;
    counts[longest] = (counts[longest] as number) - 1;
  }
  return counts;
};

const reversed = (code: number, bits: number): number => {
  let result = 0;
  for (let i = 0; i < bits; i += 1) result |= ((code >> i) & 1) << (bits - 1 - i);
  return result;
};

/** Canonical codes (RFC 1951, 3.2.2), first bit lowest, for two or more symbols that occur. */
const codesOf = (occurrences: Uint32Array, longest: number): Codes => {
  const symbols = [...occurrences.keys()].filter((symbol) => occurrences[symbol] !== 0);
  symbols.sort((a, b) => (occurrences[a] as number) - (occurrences[b] as number) || a - b);
  const counts = lengthCounts(depthsOf(symbols.map((symbol) => occurrences[symbol] as number)), longest);
  const lengths = new Uint8Array(occurrences.length);
  let next = 0;
  for (let bits = longest; bits > 0; bits -= 1) {
    for (let i = 0; i < (counts[bits] as number); i += 1) lengths[symbols[next++] as number] = bits;
  }
  const codes = new Uint16Array(occurrences.length);
  let code = 0;
  for (let bits = 1; bits <= longest; bits += 1) {
    code <<= 1;
    lengths.forEach((length, symbol) => {
      if (length === bits) codes[symbol] = reversed(code++, bits);
    });
  }
  return { lengths, codes };
};

const adler32 = (bytes: Uint8Array): number => {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
};

/** As RFC 1951 says; for machines without `native/pixels.cc`, which does the same. */
export const plainPackHuffman: PackHuffman = (bytes, out) => {
  if (out.length < packedBound(bytes.length)) throw new RangeError('The arrays given do not fit together.');
  let at = 0;
  let held = 0;
  let heldBits = 0;
  const put = (value: number, bits: number): void => {
    held |= value << heldBits;
    for (heldBits += bits; heldBits >= 8; heldBits -= 8) {
      out[at++] = held;
      held >>>= 8;
    }
  };
  const putCode = ({ lengths, codes }: Codes, symbol: number): void => {
    put(codes[symbol] as number, lengths[symbol] as number);
  };
  out[at++] = 0x78;
  out[at++] = 0x01;
  for (let start = 0; start === 0 || start < bytes.length; start += BLOCK_BYTES) {
    const block = bytes.subarray(start, start + BLOCK_BYTES);
    const occurrences = new Uint32Array(LITERALS);
    for (const byte of block) occurrences[byte] = (occurrences[byte] as number) + 1;
    occurrences[END_OF_BLOCK] = 1;
    // An empty block has one symbol, and codes want two.
    if (block.length === 0) occurrences[0] = 1;
    const literals = codesOf(occurrences, LONGEST_CODE_BITS);
    // The last is the code of distances, which has none.
    const table = [...literals.lengths, 0];
    const tableOccurrences = new Uint32Array(TABLE_CODES);
    for (const length of table) tableOccurrences[length] = (tableOccurrences[length] as number) + 1;
    const tableCodes = codesOf(tableOccurrences, LONGEST_TABLE_CODE_BITS);
    const isLast = start + BLOCK_BYTES >= bytes.length;
    put(isLast ? 1 : 0, 1);
    put(2, 2);
    put(LITERALS - 257, 5);
    put(0, 5);
    put(TABLE_ORDER.length - 4, 4);
    for (const length of TABLE_ORDER) put(tableCodes.lengths[length] ?? 0, 3);
    for (const length of table) putCode(tableCodes, length);
    for (const byte of block) putCode(literals, byte);
    putCode(literals, END_OF_BLOCK);
  }
  if (heldBits > 0) out[at++] = held;
  const sum = adler32(bytes);
  for (const shift of [24, 16, 8, 0]) out[at++] = sum >>> shift;
  return at;
};
