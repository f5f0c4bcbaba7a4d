/** Numbers from 0 up to `below`, the same for the same seed (mulberry32). */
export const createRandom = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};

const EDGE_VALUES = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff] as const;

/** Damages a file as broken disks, transfers and attackers do: some bytes changed, a piece left out, repeated, zeroed or moved. */
export const mutate = (original: Buffer, random: (below: number) => number): Buffer => {
  let bytes = Buffer.from(original);
  const changes = 1 + random(4);
  for (let i = 0; i < changes && bytes.byteLength > 4; i += 1) {
    // Headers are where decoders are fooled: half of all changes go there.
    const reach = random(2) === 0 ? Math.min(bytes.byteLength, 200) : bytes.byteLength;
    const at = random(reach);
    const length = 1 + random(Math.min(64, bytes.byteLength - at));
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        break;
      case 1:
        bytes[at] = EDGE_VALUES[random(EDGE_VALUES.length)] ?? 0;
        break;
      case 2:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        break;
      case 3:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      case 5:
        bytes.fill(0, at, at + length);
        break;
      default:
        bytes.copy(bytes, random(bytes.byteLength), at, at + length);
    }
  }
  return bytes;
};
