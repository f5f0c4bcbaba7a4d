import { constants, deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { deepest } from '../../../test/support/deepest-codes.ts';
import { loadLoops } from './native-loops.ts';
import { packedBound, plainPackHuffman } from './pack-huffman.ts';
import { createPngEncoder } from './png.ts';

const packed = (bytes: Uint8Array): Uint8Array => {
  const out = new Uint8Array(packedBound(bytes.length));
  return out.slice(0, plainPackHuffman(bytes, out));
};

it('packs anything so that zlib reads it again', () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(70_000), deepest]) {
    expect(new Uint8Array(inflateSync(packed(bytes)))).toEqual(bytes);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), fc.integer({ min: 1, max: 40 }), (part, times) => {
      const bytes = Uint8Array.from({ length: part.length * times }, (_, i) => part[i % part.length] ?? 0);
      expect(new Uint8Array(inflateSync(packed(bytes)))).toEqual(bytes);
    }),
  );
});

it('packs as small as zlib does by Huffman codes alone', () => {
  const strategy = constants.Z_HUFFMAN_ONLY;
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => 30 * Math.sin(i * i) + 128);
  for (const each of [bytes, deepest]) {
    expect(packed(each).length).toBeLessThan(deflateSync(each, { strategy, memLevel: 9 }).length * 1.005);
  }
});

it('writes pictures that sharp reads, one after the other', async () => {
  const encode = createPngEncoder(loadLoops());
  for (const [width, height] of [
    [182, 182],
    [1, 1],
    [300, 200],
    [7, 900],
  ] as const) {
    const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => Math.imul(i, 40503) >>> 8);
    const { data, info } = await sharp(encode(pixels, width, height))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([width, height, 3]);
    expect(new Uint8Array(data)).toEqual(pixels);
  }
});
