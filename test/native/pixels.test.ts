import fc from 'fast-check';
import { describe, expect, it, type TestContext } from 'vitest';
import { AS_IS } from '../../src/core/images/area.ts';
import { resampleBilinear } from '../../src/core/images/bilinear.ts';
import { createSumsPool } from '../../src/core/images/integral.ts';
import type { PixelLoops } from '../../src/core/images/loops.ts';
import { createResampler } from '../../src/core/images/network-input.ts';
import type { Photo } from '../../src/core/images/photo.ts';
import { plainLoops } from '../../src/core/images/plain-loops.ts';
import type { Loops } from '../../src/node/images/native-loops.ts';
import { packedBound, plainPackHuffman } from '../../src/node/images/pack-huffman.ts';
import { plainFilterRows } from '../../src/node/images/png.ts';
import { loadAddon } from '../../src/node/processes/addons.ts';
import { deepest } from '../support/deepest-codes.ts';

// As in native-loops.ts.
const compiled = loadAddon('pixels') as Loops | null;

const needCompiled = (context: TestContext): Loops =>
  compiled ?? context.skip('needs the native loops (a C++ compiler at setup)');

const photo = (widthPx: number, heightPx: number, seed: number): Photo => ({
  widthPx,
  heightPx,
  pixels: Uint8Array.from(
    { length: widthPx * heightPx * 3 },
    (_, i) => (Math.imul(i + seed, 2654435761) >>> 21) & 255,
  ),
});

const size = fc.integer({ min: 1, max: 90 });
const anyPhoto = fc.tuple(size, size, fc.nat()).map(([width, height, seed]) => photo(width, height, seed));

const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.tuple(fc.nat(40_000), fc.nat(255)).map(([length, value]) => new Uint8Array(length).fill(value)),
  fc.constant(deepest),
  anyPhoto.map(({ pixels }) => pixels),
);

describe('the compiled loops give the same bytes as those in TypeScript', () => {
  it('for pyramids', (context) => {
    const loops = needCompiled(context);
    fc.assert(
      fc.property(anyPhoto, fc.double({ min: 0.05, max: 1, noNaN: true }), (source, scale) => {
        const [width, height] = [Math.ceil(source.widthPx * scale), Math.ceil(source.heightPx * scale)];
        const shrunk = (by: PixelLoops): Uint8ClampedArray => {
          const out = new Uint8ClampedArray(width * height * 3 + 5);
          createResampler(source, by, createSumsPool()).shrink(width, height, out, 5);
          return out;
        };
        expect(shrunk(loops)).toEqual(shrunk(plainLoops));
      }),
    );
  });

  it('for the squares of networks, wherever they lie', (context) => {
    const loops = needCompiled(context);
    const edge = fc.integer({ min: -40, max: 130 });
    // One for all, as an image process has it.
    const sums = createSumsPool();
    fc.assert(
      fc.property(
        anyPhoto,
        fc.tuple(edge, edge, edge, edge),
        fc.constantFrom(12, 24, 48),
        (source, box, side) => {
          const inputs = (by: PixelLoops): Float32Array => {
            const out = new Float32Array(side * side * 3).fill(Number.NaN);
            const resampler = createResampler(source, by, sums);
            resampler.networkInputs(Int32Array.from(box), side, out);
            resampler.release();
            return out;
          };
          expect(inputs(loops)).toEqual(inputs(plainLoops));
        },
      ),
    );
  });

  it('for crops, wherever they lie', (context) => {
    const loops = needCompiled(context);
    const edge = fc.double({ min: -60, max: 160, noNaN: true });
    fc.assert(
      fc.property(
        anyPhoto,
        fc.tuple(edge, edge, edge, edge),
        fc.integer({ min: 1, max: 60 }),
        (source, box, side) => {
          expect(resampleBilinear(source, box, side, loops)).toEqual(
            resampleBilinear(source, box, side, plainLoops),
          );
        },
      ),
    );
  });

  it("for PNG's rows", (context) => {
    const { filterRows } = needCompiled(context);
    fc.assert(
      fc.property(anyPhoto, ({ pixels, widthPx, heightPx }) => {
        const filtered = (by: Loops['filterRows']): Uint8Array => {
          const out = new Uint8Array((widthPx * 3 + 1) * heightPx);
          by(pixels, widthPx * 3, heightPx, out);
          return out;
        };
        expect(filtered(filterRows)).toEqual(filtered(plainFilterRows));
      }),
    );
  });

  it('for packing', (context) => {
    const { packHuffman } = needCompiled(context);
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const packed = (by: Loops['packHuffman']): Uint8Array => {
          const out = new Uint8Array(packedBound(bytes.length));
          return out.slice(0, by(bytes, out));
        };
        expect(packed(packHuffman)).toEqual(packed(plainPackHuffman));
      }),
    );
  });
});

describe('the compiled loops refuse what would reach beyond an array', () => {
  const { pixels } = photo(8, 8, 1);
  const integers = (...values: number[]): Int32Array => Int32Array.from(values);
  const zeros = (length: number): Float64Array => new Float64Array(length);

  it('sums that are too short', (context) => {
    const loops = needCompiled(context);
    expect(() => {
      loops.integrate(pixels, 8, 8, new Int32Array(9 * 9 * 3 - 1));
    }).toThrow(RangeError);
    expect(() => {
      loops.integrate(pixels, 8, 9, new Int32Array(9 * 10 * 3));
    }).toThrow(RangeError);
  });

  it('edges outside the sums, and an output that is too short', (context) => {
    const loops = needCompiled(context);
    const sums = new Int32Array(9 * 9 * 3 + 1);
    const shrink = (columns: Int32Array, rows: Int32Array, out: number, start: number): void => {
      loops.shrink(
        sums,
        27,
        columns,
        zeros(2),
        rows,
        zeros(2),
        AS_IS.factor,
        0,
        new Uint8ClampedArray(out),
        start,
      );
    };
    shrink(integers(0, 7), integers(0, 7), 3, 0);
    for (const [columns, rows, out, start] of [
      [integers(0, 8), integers(0, 7), 3, 0],
      [integers(-1, 7), integers(0, 7), 3, 0],
      [integers(0, 7), integers(0, 8), 3, 0],
      [integers(0, 7), integers(-1, 7), 3, 0],
      [integers(0, 7), integers(0, 7), 2, 0],
      [integers(0, 7), integers(0, 7), 3, 1],
      [integers(0, 7), integers(0, 7), 3, -1],
    ] as const) {
      expect(() => {
        shrink(columns, rows, out, start);
      }).toThrow(RangeError);
    }
  });

  it('taps outside the photo or without weights', (context) => {
    const loops = needCompiled(context);
    const resample = (
      first: number,
      count: number,
      weights: number,
      perOutput: number,
      rowFirst: number,
    ): void => {
      const [columns, rows] = [integers(first), integers(rowFirst)];
      const [out, one] = [new Uint8ClampedArray(3), integers(1)];
      loops.resample(
        pixels,
        8,
        0,
        8,
        columns,
        integers(count),
        new Int32Array(weights),
        perOutput,
        rows,
        one,
        one,
        1,
        out,
      );
    };
    resample(7, 1, 1, 1, 7);
    for (const [first, count, weights, perOutput, rowFirst] of [
      [8, 1, 1, 1, 0],
      [7, 2, 2, 2, 0],
      [-1, 1, 1, 1, 0],
      [0, 2, 1, 1, 0],
      [0, 2, 1, 2, 0],
      [0, -1, 1, 1, 0],
      [0, 1, 1, 1, 8],
      [0, 1, 1, 1, -1],
    ] as const) {
      expect(() => {
        resample(first, count, weights, perOutput, rowFirst);
      }).toThrow(RangeError);
    }
  });

  it('arrays of another kind', (context) => {
    const loops = needCompiled(context);
    // What only JavaScript could do.
    const wrong = new Float64Array(300) as unknown as Int32Array;
    expect(() => {
      loops.integrate(pixels, 8, 8, wrong);
    }).toThrow(RangeError);
    expect(() => {
      loops.packHuffman(pixels, new Uint8Array(packedBound(pixels.length) - 1));
    }).toThrow(RangeError);
    expect(() => {
      loops.filterRows(pixels, 24, 8, new Uint8Array(25 * 8 - 1));
    }).toThrow(RangeError);
  });
});
