/** Where the entropy-coded data of each scan lies, its SOS segment included: [start, end]. */
export const jpegScans = (jpeg: Buffer): readonly (readonly [number, number])[] => {
  const scans: (readonly [number, number])[] = [];
  let at = 2;
  while (at + 4 <= jpeg.byteLength) {
    const marker = jpeg[at + 1] ?? 0;
    if (marker === 0xd9) break;
    const start = at;
    at += 2 + jpeg.readUInt16BE(at + 2);
    if (marker !== 0xda) continue;
    while (jpeg[at] !== 0xff || jpeg[at + 1] === 0 || ((jpeg[at + 1] ?? 0) & 0xf8) === 0xd0) at += 1;
    scans.push([start, at]);
  }
  return scans;
};

/** Repeats the last scan of a progressive JPEG. */
export const withManyScans = (jpeg: Buffer, times: number): Buffer => {
  const [start, end] = jpegScans(jpeg).at(-1) ?? [0, 0];
  const scan = jpeg.subarray(start, end);
  return Buffer.concat([
    jpeg.subarray(0, end),
    ...Array.from({ length: times }, () => scan),
    jpeg.subarray(end),
  ]);
};

/** Where the frame header's marker lies. */
export const frameHeaderAt = (jpeg: Buffer): number => {
  let at = 2;
  while (![0xc0, 0xc1, 0xc2].includes(jpeg[at + 1] ?? 0)) at += 2 + jpeg.readUInt16BE(at + 2);
  return at;
};

/** The same JPEG with some bytes of its frame header changed: precision at 0, height at 1, width at 3, components at 5. */
export const withFrameHeader = (jpeg: Buffer, change: (content: Buffer) => void): Buffer => {
  const copy = Buffer.from(jpeg);
  change(copy.subarray(frameHeaderAt(copy) + 4));
  return copy;
};

/** The same JPEG with one more segment after its first marker. */
export const withSegment = (jpeg: Buffer, marker: number, content: Buffer): Buffer => {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(content.byteLength + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), head, content, jpeg.subarray(2)]);
};
