/** Bytes that are looked for. */
export type Needle = {
  readonly bytes: Buffer;
  /** What they are, in words. */
  readonly what: string;
  /** Whether a person reads them: a name or a path. */
  readonly isText?: boolean;
};

/** Shorter ones occur by chance in pictures: three bytes once in 16 million. */
export const LEAST_NEEDLE_BYTES = 5;

const PAIRS = 2 ** 16;
const TRIPLES = 2 ** 24;

/** Finds any of very many needles in bytes, wherever they begin. */
export type Finder = {
  /** The longest needle less one: so much of the end of a part belongs before the next one. */
  readonly overlapBytes: number;
  /** Calls back for each needle that the bytes hold, each time that they do. */
  find(bytes: Uint8Array, found: (needle: Needle) => void): void;
};

/** Prepares a search. Needles are looked up by their first three bytes, after a first look at two of them. */
export const createFinder = (needles: readonly Needle[]): Finder => {
  const pairs = new Uint8Array(PAIRS);
  const triples = new Uint8Array(TRIPLES);
  const byTriple = new Map<number, Needle[]>();
  let longest = 1;
  for (const needle of needles) {
    const { bytes } = needle;
    const pair = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
    const triple = (pair << 8) | (bytes[2] ?? 0);
    pairs[pair] = 1;
    triples[triple] = 1;
    const same = byTriple.get(triple) ?? [];
    byTriple.set(triple, same);
    same.push(needle);
    longest = Math.max(longest, bytes.length);
  }
  return {
    overlapBytes: longest - 1,
    find(bytes, found) {
      const last = bytes.length - 2;
      let pair = bytes[0] ?? 0;
      for (let at = 1; at < bytes.length; at += 1) {
        pair = ((pair << 8) | (bytes[at] ?? 0)) & 0xffff;
        if (pairs[pair] === 0 || at > last) continue;
        const triple = (pair << 8) | (bytes[at + 1] ?? 0);
        if (triples[triple] === 0) continue;
        for (const needle of byTriple.get(triple) ?? [])
          if (needle.bytes.equals(bytes.subarray(at - 1, at - 1 + needle.bytes.length))) found(needle);
      }
    },
  };
};
