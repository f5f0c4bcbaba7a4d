import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { bmp, ico } from '../../../test/hostile/bmp.ts';
import { withSegment } from '../../../test/hostile/jpeg.ts';
import { PROJECT_FOLDER } from '../processes/entry.ts';
import { decodePhoto, inspectPhoto, type DecodedPhoto } from './decode.ts';

const MOST_PIXELS = 100e6;
const WIDTH_PX = 40;
const HEIGHT_PX = 24;

const decode = async (bytes: Buffer, file = 'photo'): Promise<DecodedPhoto> =>
  decodePhoto(await inspectPhoto(bytes, file, MOST_PIXELS));

/** Smooth colours without a symmetry, of moderate saturation so that every colour space holds them. */
const colourAt = (x: number, y: number): readonly [number, number, number] => [
  60 + x * 4,
  70 + y * 5,
  100 + x + y,
];

const field = (): Buffer => {
  const pixels = Buffer.alloc(WIDTH_PX * HEIGHT_PX * 3);
  for (let y = 0; y < HEIGHT_PX; y += 1) {
    for (let x = 0; x < WIDTH_PX; x += 1) pixels.set(colourAt(x, y), (y * WIDTH_PX + x) * 3);
  }
  return pixels;
};

const paint = (pixels = field()): Sharp =>
  sharp(pixels, { raw: { width: WIDTH_PX, height: HEIGHT_PX, channels: 3 } });

const largestDifference = (actual: Uint8Array, expected: Uint8Array): number => {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
};

/** Where the upright pixel (x, y) lies in the stored picture, by Exif orientation. */
const STORED_AT: Readonly<Record<number, (x: number, y: number) => readonly [number, number]>> = {
  1: (x, y) => [x, y],
  2: (x, y) => [WIDTH_PX - 1 - x, y],
  3: (x, y) => [WIDTH_PX - 1 - x, HEIGHT_PX - 1 - y],
  4: (x, y) => [x, HEIGHT_PX - 1 - y],
  5: (x, y) => [y, x],
  6: (x, y) => [y, HEIGHT_PX - 1 - x],
  7: (x, y) => [WIDTH_PX - 1 - y, HEIGHT_PX - 1 - x],
  8: (x, y) => [WIDTH_PX - 1 - y, x],
};

describe('A photo', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'is turned upright from orientation %i, as PNG, JPEG and TIFF',
    async (orientation) => {
      const isSideways = orientation > 4;
      const [widthPx, heightPx] = isSideways ? [HEIGHT_PX, WIDTH_PX] : [WIDTH_PX, HEIGHT_PX];
      const upright = Buffer.alloc(widthPx * heightPx * 3);
      for (let y = 0; y < heightPx; y += 1) {
        for (let x = 0; x < widthPx; x += 1) {
          const [storedX, storedY] = STORED_AT[orientation]?.(x, y) ?? [0, 0];
          upright.set(colourAt(storedX, storedY), (y * widthPx + x) * 3);
        }
      }
      const tagged = (): Sharp => paint().withMetadata({ orientation });
      const files = [
        await tagged().png().toBuffer(),
        await tagged().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
        await tagged().tiff({ compression: 'lzw' }).toBuffer(),
      ];
      for (const file of files) {
        const { photo, conversions } = await decode(file);
        expect([photo.widthPx, photo.heightPx]).toEqual([widthPx, heightPx]);
        expect(largestDifference(photo.pixels, upright)).toBeLessThanOrEqual(3);
        expect(conversions).toEqual(orientation === 1 ? [] : ['turned-upright']);
      }
    },
  );

  it('in grey becomes three equal channels', async () => {
    for (const file of [
      await paint().toColourspace('b-w').png().toBuffer(),
      await paint().toColourspace('b-w').jpeg().toBuffer(),
    ]) {
      const { photo, conversions } = await decode(file);
      expect(conversions).toEqual(['grey']);
      expect(photo.pixels).toHaveLength(WIDTH_PX * HEIGHT_PX * 3);
      expect(photo.pixels.every((value, i) => value === photo.pixels[i - (i % 3)])).toBe(true);
    }
  });

  it('in CMYK keeps its colours', async () => {
    const { photo, conversions } = await decode(
      await paint().toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer(),
    );
    expect(conversions).toContain('cmyk');
    // The way through the press's narrower colours costs some levels.
    expect(largestDifference(photo.pixels, field())).toBeLessThan(24);
  });

  it('of 16 bits is brought to 8', async () => {
    const file = await paint().toColourspace('rgb16').png().toBuffer();
    const { photo, conversions } = await decode(file);
    expect(conversions).toEqual(['sixteen-bit']);
    expect(largestDifference(photo.pixels, field())).toBeLessThanOrEqual(1);
  });

  it('of 16-bit grey is brought to 8', async () => {
    const { photo, conversions } = await decode(await paint().toColourspace('grey16').png().toBuffer());
    expect(conversions).toEqual(['grey', 'sixteen-bit']);
    const one = await paint().toColourspace('b-w').raw().toBuffer();
    const grey = Buffer.from([...one].flatMap((value) => [value, value, value]));
    expect(largestDifference(photo.pixels, grey)).toBeLessThanOrEqual(1);
  });

  it('with a palette has its colours', async () => {
    const flat = Buffer.from(
      Array.from({ length: WIDTH_PX * HEIGHT_PX * 3 }, (_, i) => [200, 30, 90][i % 3] ?? 0),
    );
    const { photo, conversions } = await decode(await paint(flat).png({ palette: true }).toBuffer());
    expect(conversions).toEqual(['palette']);
    expect(largestDifference(photo.pixels, flat)).toBeLessThanOrEqual(1);
  });

  it('that is transparent is laid on white', async () => {
    const alpha = Buffer.alloc(WIDTH_PX * HEIGHT_PX, 0);
    alpha.fill(255, 0, alpha.length / 2);
    const file = await paint()
      .joinChannel(alpha, { raw: { width: WIDTH_PX, height: HEIGHT_PX, channels: 1 } })
      .png()
      .toBuffer();
    const { photo, conversions } = await decode(file);
    expect(conversions).toEqual(['alpha-flattened']);
    const expected = field();
    expected.fill(255, expected.length / 2);
    expect(largestDifference(photo.pixels, expected)).toBeLessThanOrEqual(1);
  });

  it('that moves gives its first frame', async () => {
    const frames = [await paint().png().toBuffer(), await paint().negate().png().toBuffer()];
    const { photo, conversions } = await decode(
      await sharp(frames, { join: { animated: true } })
        .webp({ lossless: true })
        .toBuffer(),
    );
    expect(conversions).toEqual(['first-frame']);
    expect([photo.widthPx, photo.heightPx]).toEqual([WIDTH_PX, HEIGHT_PX]);
    expect(largestDifference(photo.pixels, field())).toBeLessThanOrEqual(1);
  });

  it('with a colour profile keeps the values that are stored, as Pillow reads them, and says so', async () => {
    const { data: stored } = await sharp(await paint().withIccProfile('p3').png().toBuffer(), {
      ignoreIcc: true,
    })
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { photo, conversions } = await decode(await paint().withIccProfile('p3').png().toBuffer());
    expect(conversions).toEqual(['colour-profile']);
    expect(largestDifference(photo.pixels, new Uint8Array(stored))).toBe(0);
    expect(largestDifference(photo.pixels, field())).toBeGreaterThan(3);
  });

  it('with an sRGB profile keeps its pixels to the bit', async () => {
    const { photo, conversions } = await decode(await paint().withIccProfile('srgb').png().toBuffer());
    expect(conversions).toEqual([]);
    expect(largestDifference(photo.pixels, field())).toBe(0);
  });

  it('under a wrong name is read by its content, and the name is reported', async () => {
    const { photo, conversions } = await decode(await paint().png().toBuffer(), '/photos/Ben.JPG');
    expect(conversions).toEqual(['misnamed']);
    expect(largestDifference(photo.pixels, field())).toBe(0);
  });

  it('with an oddity that does no harm is read', async () => {
    const jpeg = await paint().jpeg().toBuffer();
    const odd = withSegment(jpeg, 0xee, Buffer.from('Adobe\0d\0\0\0\0\x07', 'latin1'));
    expect((await decode(odd)).photo.widthPx).toBe(WIDTH_PX);
  });

  it('of one pixel is read', async () => {
    const one = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#0a141e' } })
      .png()
      .toBuffer();
    expect([...(await decode(one)).photo.pixels]).toEqual([10, 20, 30]);
  });
});

describe('A bitmap', () => {
  const size = { widthPx: 2, heightPx: 2 };
  const upright = [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255];

  it.each([
    [
      '24 bits',
      bmp({
        ...size,
        bits: 24,
        data: Buffer.from([255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0]),
      }),
    ],
    [
      '24 bits from the top',
      bmp({
        ...size,
        heightPx: -2,
        bits: 24,
        data: Buffer.from([0, 0, 255, 0, 255, 0, 0, 0, 255, 0, 0, 255, 255, 255, 0, 0]),
      }),
    ],
    [
      '32 bits with an empty fourth byte',
      bmp({ ...size, bits: 32, data: Buffer.from('ff000000ffffff000000ff0000ff0000', 'hex') }),
    ],
    [
      '16 bits with masks',
      bmp({
        ...size,
        bits: 16,
        packing: 3,
        masks: [0xf800, 0x7e0, 0x1f],
        data: Buffer.from('1f00ffff00f8e007', 'hex'),
      }),
    ],
    ['16 bits', bmp({ ...size, bits: 16, data: Buffer.from('1f00ff7f007ce003', 'hex') })],
    [
      'a palette of 4 bits',
      bmp({
        ...size,
        bits: 4,
        palette: [0xff0000, 0x00ff00, 0x0000ff, 0xffffff],
        data: Buffer.from('2300000001000000', 'hex'),
      }),
    ],
    [
      'runs',
      bmp({
        ...size,
        bits: 8,
        packing: 1,
        palette: [0xff0000, 0x00ff00, 0x0000ff, 0xffffff],
        data: Buffer.from('0102010300000100010100000001', 'hex'),
      }),
    ],
  ] as const)('of %s has its colours in place', async (_, bytes) => {
    expect([...(await decode(bytes)).photo.pixels]).toEqual(upright);
  });

  it('inside an icon is transparent where its mask says', async () => {
    const data = Buffer.from([
      255, 0, 0, 255, 255, 255, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0,
    ]);
    const icon = ico(bmp({ widthPx: 2, heightPx: 4, bits: 24, data, isBare: true }), 2, 24);
    const { photo, conversions } = await decode(icon);
    expect([...photo.pixels]).toEqual(upright);
    expect(conversions).toEqual(['alpha-flattened']);
    data[20] = 0x80;
    const masked = ico(bmp({ widthPx: 2, heightPx: 4, bits: 24, data, isBare: true }), 2, 24);
    expect([...(await decode(masked)).photo.pixels].slice(0, 3)).toEqual([255, 255, 255]);
  });
});

const SHARED = process.env['FACENET_STUDIO_SHARED'] ?? join(PROJECT_FOLDER, '..', 'shared');
const FORMATS = join(SHARED, 'data', 'formats');
const hasFormats = existsSync(FORMATS);
if (!hasFormats) console.log(`Skipped: the photos in every format, because ${FORMATS} is missing.`);

describe.skipIf(!hasFormats)('The photo that was saved in every format', () => {
  /** SHA-256 of the RGB pixels that Pillow 13 decodes. */
  it.each([
    ['jpeg', '15f79605cfa5fcd0a3df940c2d12d1d1cea148f1ca829d319def9d55be535c01'],
    ['png', '1dbf7af426b06ec93add3712434a18b8d14fe7ee3610b339cdfd4968fd433e46'],
    ['tiff', '15f79605cfa5fcd0a3df940c2d12d1d1cea148f1ca829d319def9d55be535c01'],
    ['ico', '6a19b706d89d776e16e9aec3858ae63b5b983b520c33fbc4a32a36a4b7d92d6a'],
    ['gif', 'fecc3797d9bc9c602faa747d2253d5298e8117421bb77e4f0554becfe9b0df29'],
    ['bmp', '15f79605cfa5fcd0a3df940c2d12d1d1cea148f1ca829d319def9d55be535c01'],
    ['webp', 'eb090e74c2959b9ff4b091346c9c637ad34c925d320935451813b8b633dd5869'],
  ] as const)('has the pixels that Pillow decodes: %s', async (extension, expected) => {
    const file = join(FORMATS, `einstein.${extension}`);
    const { photo } = await decode(await readFile(file), file);
    expect(createHash('sha256').update(photo.pixels).digest('hex')).toBe(expected);
  });

  it.each([
    ['empty.png', 'not-an-image'],
    ['corrupted.png', 'damaged'],
    ['truncated.jpg', 'damaged'],
  ] as const)('is refused where it is broken: %s', async (name, code) => {
    const bytes = await readFile(join(FORMATS, name));
    await expect(decode(bytes, name)).rejects.toMatchObject({ code });
  });
});
