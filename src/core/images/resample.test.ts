import { describe, expect, it } from 'vitest';
import { AS_IS, shrinkDirectly } from './area.ts';
import { resampleBilinear } from './bilinear.ts';
import { plainLoops } from './plain-loops.ts';
import { pyramidLevels } from '../mtcnn/pyramid.ts';
import { createSumsPool, type SumsPool } from './integral.ts';
import { createResampler } from './network-input.ts';
import type { Photo } from './photo.ts';
// Made by OpenCV 5.0 and Pillow 13.0 from the pattern below; every value that it lists is theirs.
import golden from './resample.golden.json' with { type: 'json' };
import { warpSimilarity } from './warp.ts';

/** The pattern that the golden numbers were made from. */
const pattern = (widthPx: number, heightPx: number): Photo => {
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  let at = 0;
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        pixels[at] = x * x * 3 + y * y * 5 + x * y * 7 + c * 61 + ((x * 13) % 17) * 9 + ((y * 7) % 11) * 5;
        at += 1;
      }
    }
  }
  return { widthPx, heightPx, pixels };
};

const smooth = (widthPx: number, heightPx: number): Photo => {
  const pixels = new Uint8Array(widthPx * heightPx * 3);
  for (let i = 0; i < pixels.length; i += 1) {
    const x = Math.floor(i / 3) % widthPx;
    const y = Math.floor(i / 3 / widthPx);
    pixels[i] = Math.min(255, x + y + 20 * (i % 3));
  }
  return { widthPx, heightPx, pixels };
};

/** The values that the golden file lists: about 97, spread evenly. */
const pick = (values: Uint8Array | Uint8ClampedArray | Float32Array): readonly number[] => {
  const step = Math.max(1, Math.floor(values.length / 97));
  return Array.from(values).filter((_, i) => i % step === 0);
};

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

type Four = readonly [number, number, number, number];
const fourOf = (numbers: readonly number[]): Four => {
  const [a, b, c, d] = numbers;
  if (a === undefined || b === undefined || c === undefined || d === undefined)
    throw new Error('Not four numbers.');
  return [a, b, c, d];
};

/** Width and height of a golden size. */
const sizeOf = (numbers: readonly number[]): readonly [number, number] => {
  const [widthPx, heightPx] = numbers;
  if (widthPx === undefined || heightPx === undefined) throw new Error('Not a size.');
  return [widthPx, heightPx];
};

const expectSameBytes = (
  actual: Uint8Array | Uint8ClampedArray,
  expected: { values: number[]; sum: number },
): void => {
  expect(pick(actual)).toEqual(expected.values);
  // A tie may round the other way in OpenCV's 32-bit sums: at most one value in a thousand, by one.
  expect(Math.abs(sum(actual) - expected.sum)).toBeLessThanOrEqual(actual.length / 1000);
};

const sums = createSumsPool();

describe('A level of the pyramid', () => {
  it.each(golden.levels)('has the bytes that OpenCV makes: $from to $to', (level) => {
    const photo = pattern(...sizeOf(level.from));
    const [widthPx, heightPx] = sizeOf(level.to);
    const bytes = new Uint8ClampedArray(widthPx * heightPx * 3);
    createResampler(photo, plainLoops, sums).shrink(widthPx, heightPx, bytes, 0);
    expectSameBytes(bytes, level);
  });

  it.each(golden.levels)('is the same for photos too large for an integral: $from to $to', (level) => {
    const photo = pattern(...sizeOf(level.from));
    const [widthPx, heightPx] = sizeOf(level.to);
    const bytes = new Uint8ClampedArray(widthPx * heightPx * 3);
    const whole = { leftPx: 0, topPx: 0, widthPx: photo.widthPx, heightPx: photo.heightPx };
    shrinkDirectly(photo, whole, widthPx, heightPx, AS_IS, bytes, 0);
    expectSameBytes(bytes, level);
  });

  it('has the size that facenet computes, down to the last that holds a face', () => {
    const sizes = pyramidLevels(250, 250, { minFaceSizePx: 20, scaleFactor: 0.709 });
    expect(sizes.map(({ widthPx }) => widthPx)).toEqual([150, 107, 76, 54, 38, 27, 20, 14]);
    expect(pyramidLevels(19, 400, { minFaceSizePx: 20, scaleFactor: 0.709 })).toEqual([]);
  });
});

describe('The memory of an integral', () => {
  it('is used again, empty, and a photo is resampled in it as in new memory', () => {
    const pool = createSumsPool();
    const shrunk = (widthPx: number, heightPx: number, memory: SumsPool): Uint8ClampedArray => {
      const resampler = createResampler(pattern(widthPx, heightPx), plainLoops, memory);
      const bytes = new Uint8ClampedArray(30 * 20 * 3);
      resampler.shrink(30, 20, bytes, 0);
      resampler.release();
      return bytes;
    };
    shrunk(110, 80, pool);
    const before = pool.take(10).buffer;
    pool.giveBack(new Int32Array(before));
    expect(shrunk(70, 90, pool)).toEqual(shrunk(70, 90, createSumsPool()));
    expect(pool.take(10).buffer).toBe(before);
  });

  it('is let go where it is large, and told as freed', () => {
    const large = createResampler(pattern(1300, 1200), plainLoops, createSumsPool());
    large.shrink(300, 200, new Uint8ClampedArray(300 * 200 * 3), 0);
    expect(large.release()).toBe(1300 * 1200 * 3 + (1301 * 1201 * 3 + 1) * 4);
    expect(large.release()).toBe(1300 * 1200 * 3);
  });
});

/** Written over whatever lay there. */
const inputsOf = (boxes: Int32Array, sizePx: number): Float32Array => {
  const out = new Float32Array((boxes.length / 4) * sizePx * sizePx * 3).fill(Number.NaN);
  createResampler(pattern(110, 80), plainLoops, sums).networkInputs(boxes, sizePx, out);
  return out;
};

describe('A network input', () => {
  it.each(golden.inputs)('is what OpenCV makes of box $box at $sizePx', ({ box, sizePx, values, mean }) => {
    const inputs = inputsOf(Int32Array.from(box), sizePx);
    pick(inputs).forEach((value, i) => expect(Math.abs(value - (values[i] ?? NaN))).toBeLessThan(1e-5));
    expect(sum(inputs) / inputs.length).toBeCloseTo(mean, 5);
  });

  it('is black for an empty box and for a box beside the photo', () => {
    const inputs = inputsOf(Int32Array.of(10, 10, 9, 9, 400, 10, 450, 60, -90, -90, -60, -60), 24);
    expect(new Set(inputs)).toEqual(new Set([Math.fround(-127.5 / 128)]));
  });
});

describe('A crop of a region', () => {
  it.each(golden.crops)(
    'has the bytes that Pillow makes: $box to $sizePx',
    ({ box, sizePx, ...expected }) => {
      const crop = resampleBilinear(pattern(110, 80), fourOf(box), sizePx, plainLoops);
      expect(pick(crop)).toEqual(expected.values);
      expect(sum(crop)).toBe(expected.sum);
    },
  );

  it('is black where it leaves the photo', () => {
    const white: Photo = { widthPx: 20, heightPx: 20, pixels: new Uint8Array(1200).fill(255) };
    const crop = resampleBilinear(white, [-10, 0, 10, 20], 20, plainLoops);
    expect([crop[0], crop[9 * 3], crop[10 * 3], crop[19 * 3]]).toEqual([0, 0, 255, 255]);
    expect(sum(resampleBilinear(white, [40, 40, 60, 60], 16, plainLoops))).toBe(0);
    expect(sum(resampleBilinear(white, [5, 5, 5, 9], 16, plainLoops))).toBe(0);
  });

  it('follows fractions of a pixel', () => {
    const photo = smooth(60, 60);
    const whole = resampleBilinear(photo, [10, 10, 40, 40], 30, plainLoops);
    const half = resampleBilinear(photo, [10.5, 10, 40.5, 40], 30, plainLoops);
    expect((half[(15 * 30 + 15) * 3] ?? 0) - (whole[(15 * 30 + 15) * 3] ?? 0)).toBeCloseTo(0.5, -0.1);
  });
});

describe('A turned crop', () => {
  it('is the photo itself under the identity', () => {
    const photo = pattern(40, 40);
    expect(warpSimilarity(photo, [1, 0, 0, 0], 40)).toEqual(photo.pixels);
  });

  it('turns by a quarter exactly', () => {
    const photo = pattern(40, 40);
    const turned = warpSimilarity(photo, [0, 1, 40, 0], 40);
    for (const [x, y] of [
      [0, 0],
      [13, 7],
      [39, 39],
    ] as const) {
      const source = x * 40 + (39 - y);
      expect(turned[(y * 40 + x) * 3]).toBe(photo.pixels[source * 3]);
    }
  });

  it('is black outside the photo, also when it shows none of it', () => {
    const photo: Photo = { widthPx: 20, heightPx: 20, pixels: new Uint8Array(1200).fill(255) };
    expect(sum(warpSimilarity(photo, [1, 0, 100, 100], 16))).toBe(0);
    expect(sum(warpSimilarity(photo, [5, 1, 1000, 1000], 16))).toBe(0);
    expect(warpSimilarity(photo, [1, 0, -8, 0], 16)[0]).toBe(0);
  });

  it.each([1.4, 2.6, 5, 9.3])(
    'keeps the mean brightness when it shrinks %f times, without flicker',
    (times) => {
      const size = 400;
      const checks: Photo = { widthPx: size, heightPx: size, pixels: new Uint8Array(size * size * 3) };
      for (let i = 0; i < size * size; i += 1) {
        const value = (i + Math.floor(i / size)) % 2 === 0 ? 255 : 0;
        checks.pixels.fill(value, i * 3, i * 3 + 3);
      }
      const crop = warpSimilarity(checks, [times * 0.995, times * 0.0999, 40, 10], 24);
      const mean = sum(crop) / crop.length;
      expect(mean).toBeGreaterThan(120);
      expect(mean).toBeLessThan(135);
      expect(Math.max(...crop) - Math.min(...crop)).toBeLessThan(times > 2 ? 60 : 220);
    },
  );
});
