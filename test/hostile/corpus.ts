import { execFileSync } from 'node:child_process';
import { mkdir, open, symlink, writeFile, chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { ReasonCode } from '../../src/contract/faces.ts';
import { bmp, ico } from './bmp.ts';
import { withFrameHeader, withManyScans, withSegment } from './jpeg.ts';
import { png, pngChunk, pngData, pngHeader, PNG_SIGNATURE, smallPng } from './png.ts';

/** What must become of a file: it decodes, or it is refused with one of these reasons. */
export type Fate = 'decodes' | ReasonCode;

export type HostileFile = {
  readonly file: string;
  readonly fates: readonly Fate[];
};

export type Corpus = {
  readonly files: readonly HostileFile[];
  /** Ends the socket that is one of the files. */
  close(): Promise<void>;
};

const MEBIBYTE = 1024 * 1024;
const WIDTH_PX = 96;
const HEIGHT_PX = 64;

/** Colour fields with some noise, the same at each run. */
const paint = (widthPx = WIDTH_PX, heightPx = HEIGHT_PX, channels: 3 | 4 = 3): Sharp => {
  const pixels = Buffer.alloc(widthPx * heightPx * channels);
  for (let i = 0; i < pixels.length; i += 1) {
    const x = Math.floor(i / channels) % widthPx;
    const y = Math.floor(i / channels / widthPx);
    pixels[i] =
      120 + 70 * Math.sin(x * 0.21 + (i % channels)) + 50 * Math.cos(y * 0.17) + ((i * 2654435761) % 17);
  }
  return sharp(pixels, { raw: { width: widthPx, height: heightPx, channels } });
};

const cut = (bytes: Buffer, share: number): Buffer => bytes.subarray(0, Math.floor(bytes.byteLength * share));

const zeroed = (bytes: Buffer, from: number, to = 1): Buffer => {
  const copy = Buffer.from(bytes);
  copy.fill(0, Math.floor(copy.byteLength * from), Math.floor(copy.byteLength * to));
  return copy;
};

type Files = Record<string, readonly [bytes: Buffer, ...fates: readonly Fate[]]>;

const jpegFiles = async (): Promise<Files> => {
  const good = await paint().jpeg().toBuffer();
  const progressive = await paint().jpeg({ progressive: true }).toBuffer();
  const large = await sharp({ create: { width: 2400, height: 2400, channels: 3, background: '#764' } })
    .jpeg({ progressive: true })
    .toBuffer();
  const end = Buffer.from([0xff, 0xd9]);
  const files: Files = {
    'good.jpg': [good, 'decodes'],
    'progressive.jpg': [progressive, 'decodes'],
    'grey.jpg': [await paint().greyscale().jpeg().toBuffer(), 'decodes'],
    'cmyk.jpg': [await paint().toColourspace('cmyk').jpeg().toBuffer(), 'decodes'],
    'profile.jpg': [await paint().withIccProfile('p3').jpeg().toBuffer(), 'decodes'],
    'one-pixel.jpg': [await paint(1, 1).jpeg().toBuffer(), 'decodes'],
    'trailing-garbage.jpg': [Buffer.concat([good, Buffer.alloc(5000, 7)]), 'decodes'],
    'stray-bytes.jpg': [
      Buffer.concat([good.subarray(0, -2), Buffer.from([1, 2, 3, 4]), end]),
      'decodes',
      'damaged',
    ],
    'png-named.jpg': [await paint().png().toBuffer(), 'decodes'],
    'only-start.jpg': [good.subarray(0, 2), 'not-an-image', 'damaged'],
    'start-and-end.jpg': [Buffer.concat([good.subarray(0, 2), end]), 'damaged'],
    'head-only.jpg': [good.subarray(0, 200), 'damaged'],
    'no-end.jpg': [good.subarray(0, -2), 'damaged'],
    'zero-tail.jpg': [zeroed(good, 0.9), 'damaged'],
    'zero-half.jpg': [zeroed(good, 0.5), 'damaged'],
    'zero-half-with-end.jpg': [Buffer.concat([zeroed(good, 0.5).subarray(0, -2), end]), 'damaged'],
    'half-with-end.jpg': [Buffer.concat([cut(good, 0.7), end]), 'damaged'],
    'zero-segment.jpg': [
      Buffer.concat([good.subarray(0, 2), Buffer.from([0xff, 0xe0, 0, 0]), good.subarray(2)]),
      'damaged',
    ],
    'endless-segment.jpg': [
      Buffer.concat([good.subarray(0, 2), Buffer.from([0xff, 0xe1, 0xff, 0xff])]),
      'damaged',
    ],
    'no-height.jpg': [withFrameHeader(good, (frame) => frame.writeUInt16BE(0, 1)), 'damaged'],
    'giant.jpg': [
      withFrameHeader(good, (frame) => {
        frame.writeUInt16BE(65500, 1);
        frame.writeUInt16BE(65500, 3);
      }),
      'too-many-pixels',
    ],
    'taller-than-its-data.jpg': [withFrameHeader(good, (frame) => frame.writeUInt16BE(4000, 1)), 'damaged'],
    'twelve-bit.jpg': [withFrameHeader(good, (frame) => frame.writeUInt8(12, 0)), 'unsupported'],
    'five-components.jpg': [
      withFrameHeader(good, (frame) => frame.writeUInt8(5, 5)),
      'damaged',
      'unsupported',
    ],
    'few-more-scans.jpg': [withManyScans(progressive, 50), 'decodes', 'damaged'],
    'thousand-scans.jpg': [withManyScans(large, 1000), 'too-slow'],
    'large-exif.jpg': [
      withSegment(good, 0xe1, Buffer.concat([Buffer.from('Exif\0\0'), Buffer.alloc(60_000, 0x49)])),
      'decodes',
    ],
    'looping-exif.jpg': [
      withSegment(
        good,
        0xe1,
        Buffer.from('Exif\0\0II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0', 'latin1'),
      ),
      'decodes',
    ],
    'broken-profile.jpg': [
      withSegment(
        good,
        0xe2,
        Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), Buffer.alloc(3000, 0xaa)]),
      ),
      'decodes',
      'damaged',
    ],
    'many-comments.jpg': [
      Array.from({ length: 300 }).reduce<Buffer>(
        (bytes) => withSegment(bytes, 0xfe, Buffer.alloc(60_000, 65)),
        good,
      ),
      'decodes',
    ],
  };
  for (const share of [0.1, 0.5, 0.9, 0.99])
    files[`cut-${String(share)}.jpg`] = [cut(good, share), 'damaged'];
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    files[`orientation-${String(orientation)}.jpg`] = [
      await paint().withMetadata({ orientation }).jpeg().toBuffer(),
      'decodes',
    ];
  }
  return files;
};

const pngFiles = async (): Promise<Files> => {
  const good = await paint().png().toBuffer();
  const noise = Buffer.alloc(10 * MEBIBYTE, 65);
  const text = pngChunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(noise)]));
  const international = pngChunk('iTXt', Buffer.concat([Buffer.from('k\0\x01\0\0\0'), deflateSync(noise)]));
  const profile = pngChunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), deflateSync(noise)]));
  const largeProfile = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(90 * MEBIBYTE))]),
  );
  const flipped = Buffer.from(good);
  flipped[Math.floor(flipped.byteLength / 2)] = (flipped[Math.floor(flipped.byteLength / 2)] ?? 0) ^ 0xff;
  const files: Files = {
    'good.png': [good, 'decodes'],
    'interlaced.png': [await paint().png({ progressive: true }).toBuffer(), 'decodes'],
    'palette.png': [await paint().png({ palette: true, colours: 16 }).toBuffer(), 'decodes'],
    'alpha.png': [await paint(WIDTH_PX, HEIGHT_PX, 4).png().toBuffer(), 'decodes'],
    'sixteen-bit.png': [await paint().toColourspace('rgb16').png().toBuffer(), 'decodes'],
    'sixteen-bit-grey.png': [await paint().toColourspace('grey16').png().toBuffer(), 'decodes'],
    'grey.png': [await paint().greyscale().png().toBuffer(), 'decodes'],
    'one-pixel.png': [await paint(1, 1).png().toBuffer(), 'decodes'],
    'line.png': [await paint(1, 5000).png().toBuffer(), 'decodes'],
    'trailing-garbage.png': [Buffer.concat([good, Buffer.alloc(5000, 7)]), 'decodes'],
    'text-bomb.png': [smallPng(...Array.from({ length: 200 }, () => text)), 'decodes'],
    'international-text-bomb.png': [smallPng(...Array.from({ length: 200 }, () => international)), 'decodes'],
    'profile-bomb.png': [smallPng(profile), 'decodes', 'damaged'],
    'large-profile-bomb.png': [smallPng(largeProfile), 'decodes'],
    'many-chunks.png': [
      smallPng(...Array.from({ length: 50_000 }, () => pngChunk('teSt', Buffer.alloc(0)))),
      'decodes',
    ],
    'animated.png': [smallPng(pngChunk('acTL', Buffer.from([0, 0, 0, 200, 0, 0, 0, 0]))), 'decodes'],
    'no-pixels.png': [png(pngHeader(0, 0), pngData(1, 1)), 'damaged'],
    'giant.png': [png(pngHeader(50_000, 50_000, 1, 0), pngData(6250, 2000)), 'too-many-pixels'],
    'most-giant.png': [png(pngHeader(2 ** 31 - 1, 2 ** 31 - 1), pngData(24, 8)), 'too-many-pixels'],
    'hundred-megapixels.png': [png(pngHeader(10_000, 10_000, 1, 0), pngData(1250, 10_000)), 'decodes'],
    'taller-than-its-data.png': [png(pngHeader(8, 4000), pngData(24, 8)), 'damaged'],
    'no-data.png': [png(pngHeader(8, 8)), 'damaged'],
    'two-headers.png': [png(pngHeader(8, 8), pngHeader(8, 8), pngData(24, 8)), 'damaged'],
    'no-palette.png': [png(pngHeader(8, 8, 8, 3), pngData(8, 8)), 'damaged'],
    'wrong-order.png': [Buffer.concat([PNG_SIGNATURE, pngData(24, 8), pngHeader(8, 8)]), 'damaged'],
    'odd-depth.png': [png(pngHeader(8, 8, 7, 2), pngData(24, 8)), 'damaged'],
    'endless-chunk.png': [
      Buffer.concat([PNG_SIGNATURE, pngHeader(8, 8), Buffer.from('\xff\xff\xff\xffIDAT', 'latin1')]),
      'damaged',
    ],
    'flipped-byte.png': [flipped, 'damaged'],
    'zero-half.png': [zeroed(good, 0.5), 'damaged'],
    'no-end.png': [good.subarray(0, -12), 'damaged'],
  };
  for (const share of [0.1, 0.5, 0.9, 0.99])
    files[`cut-${String(share)}.png`] = [cut(good, share), 'damaged'];
  return files;
};

const otherFiles = async (): Promise<Files> => {
  const webp = await paint().webp().toBuffer();
  const gif = await paint().gif().toBuffer();
  const tiff = await paint().tiff().toBuffer();
  const animated = await sharp([await paint().png().toBuffer(), await paint().negate().png().toBuffer()], {
    join: { animated: true },
  })
    .gif()
    .toBuffer();
  const giantGif = Buffer.from(gif);
  giantGif.writeUInt16LE(65535, 6);
  giantGif.writeUInt16LE(65535, 8);
  const loopingTiff = Buffer.from('II*\0\x08\0\0\0\0\0\x08\0\0\0', 'latin1');
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#764' } });
  return {
    'good.webp': [webp, 'decodes'],
    'lossless-alpha.webp': [
      await paint(WIDTH_PX, HEIGHT_PX, 4).webp({ lossless: true }).toBuffer(),
      'decodes',
    ],
    'cut.webp': [cut(webp, 0.5), 'damaged'],
    'zero-half.webp': [zeroed(webp, 0.5), 'decodes', 'damaged'],
    'giant.webp': [
      await flat(12_000, 12_000).webp({ lossless: true, effort: 0 }).toBuffer(),
      'too-many-pixels',
    ],
    'good.gif': [gif, 'decodes'],
    'animated.gif': [animated, 'decodes'],
    'cut.gif': [cut(gif, 0.5), 'damaged'],
    // libvips takes the frame's size where the screen's is absurd.
    'giant.gif': [giantGif, 'too-many-pixels', 'decodes'],
    'good.tiff': [tiff, 'decodes'],
    'sixteen-bit.tiff': [await paint().toColourspace('rgb16').tiff().toBuffer(), 'decodes'],
    'cmyk.tiff': [await paint().toColourspace('cmyk').tiff().toBuffer(), 'decodes'],
    'cut.tiff': [cut(tiff, 0.5), 'damaged'],
    'cut-end.tiff': [cut(tiff, 0.99), 'damaged'],
    'looping.tiff': [loopingTiff, 'damaged', 'unsupported'],
    'good.avif': [await paint().avif({ effort: 0 }).toBuffer(), 'decodes'],
    'cut.avif': [cut(await paint().avif({ effort: 0 }).toBuffer(), 0.6), 'damaged'],
  };
};

const bitmapFiles = (): Files => {
  const rows = (bytes: number, count: number): Buffer => {
    const data = Buffer.alloc(bytes * count);
    for (let i = 0; i < data.length; i += 1) data[i] = (i * 37) % 251;
    return data;
  };
  const square = { widthPx: 8, heightPx: 8 };
  const greys = Array.from({ length: 16 }, (_, i) => i * 0x111111);
  const runs = Buffer.from([...Array.from({ length: 8 }, () => [8, 3, 0, 0]).flat(), 0, 1]);
  const good = bmp({ ...square, bits: 24, data: rows(24, 8) });
  const icon = bmp({ widthPx: 8, heightPx: 16, bits: 24, data: rows(28, 8), isBare: true });
  return {
    'good.bmp': [good, 'decodes'],
    'top-down.bmp': [bmp({ widthPx: 8, heightPx: -8, bits: 24, data: rows(24, 8) }), 'decodes'],
    'four-bit.bmp': [bmp({ ...square, bits: 4, palette: greys, data: rows(4, 8) }), 'decodes'],
    'one-bit.bmp': [bmp({ ...square, bits: 1, palette: [0, 0xffffff], data: rows(4, 8) }), 'decodes'],
    'high-colour.bmp': [
      bmp({ ...square, bits: 16, packing: 3, masks: [0xf800, 0x7e0, 0x1f], data: rows(16, 8) }),
      'decodes',
    ],
    'thirty-two-bit.bmp': [bmp({ ...square, bits: 32, data: rows(32, 8) }), 'decodes'],
    'runs.bmp': [bmp({ ...square, bits: 8, packing: 1, palette: greys, data: runs }), 'decodes'],
    'cut-runs.bmp': [
      bmp({ ...square, bits: 8, packing: 1, palette: greys, data: runs.subarray(0, 9) }),
      'damaged',
    ],
    'holey-masks.bmp': [
      bmp({ ...square, bits: 32, packing: 3, masks: [0xff0101, 0xff00, 0xff], data: rows(32, 8) }),
      'damaged',
    ],
    'jpeg-inside.bmp': [bmp({ ...square, bits: 24, packing: 4, data: rows(24, 8) }), 'unsupported'],
    'cut.bmp': [cut(good, 0.9), 'damaged'],
    'giant.bmp': [
      bmp({ widthPx: 2 ** 31 - 1, heightPx: 2 ** 31 - 1, bits: 24, data: rows(24, 8) }),
      'too-many-pixels',
    ],
    'negative.bmp': [bmp({ widthPx: -8, heightPx: 8, bits: 24, data: rows(24, 8) }), 'damaged'],
    'icon.ico': [ico(icon, 8, 24), 'decodes'],
    'png-inside.ico': [ico(smallPng(), 8, 32), 'decodes'],
    'endless.ico': [ico(icon, 8, 24, 2 ** 31), 'damaged'],
    'text-bomb-inside.ico': [
      ico(
        smallPng(
          ...Array.from({ length: 50 }, () => pngChunk('zTXt', deflateSync(Buffer.alloc(10 * MEBIBYTE)))),
        ),
        8,
        32,
      ),
      'decodes',
    ],
  };
};

const strangers = (): Files => {
  const random = Buffer.alloc(65_536);
  let state = 1;
  for (let i = 0; i < random.length; i += 1) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    random[i] = state >> 16;
  }
  return {
    'empty.jpg': [Buffer.alloc(0), 'empty'],
    'one-byte.jpg': [Buffer.from([0xff]), 'not-an-image'],
    'text.jpg': [Buffer.from('This is no photo.'), 'not-an-image'],
    'page.jpg': [Buffer.from('<!doctype html><html><body>404</body></html>'), 'not-an-image'],
    'zeros.jpg': [Buffer.alloc(MEBIBYTE), 'not-an-image'],
    'random.jpg': [random, 'not-an-image'],
    'archive.jpg': [Buffer.from('PK\x03\x04\x14\0\0\0', 'latin1'), 'not-an-image'],
    'program.jpg': [Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), 'not-an-image'],
    'film.jpg': [Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41', 'latin1'), 'not-an-image'],
    'document.jpg': [Buffer.from('%PDF-1.7\n'), 'not-an-image'],
    'drawing.svg': [
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'unsupported',
    ],
    'drawing.jpg': [
      Buffer.from('<?xml version="1.0"?>\n<svg width="99999" height="99999"></svg>'),
      'unsupported',
    ],
    'phone.heic': [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'unsupported'],
    'layers.psd': [Buffer.from('8BPS\0\x01', 'latin1'), 'unsupported'],
    'new.jxl': [Buffer.from([0xff, 0x0a, 0xfa, 0x1f]), 'unsupported'],
    'wavelet.jp2': [Buffer.from('\0\0\0\x0cjP  \r\n\x87\n', 'latin1'), 'unsupported'],
    'map.ppm': [Buffer.from('P6\n1 1\n255\nabc'), 'unsupported'],
  };
};

/** Things in a folder that are no files, or that no one may read. */
const oddEntries = async (
  folder: string,
): Promise<{ readonly files: readonly HostileFile[]; readonly server: Server }> => {
  const at = (name: string): string => join(folder, name);
  execFileSync('mkfifo', [at('pipe.jpg')]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at('socket.jpg'), resolve));
  await mkdir(at('folder.jpg'));
  await symlink('/dev/zero', at('device.jpg'));
  await symlink(at('nowhere'), at('dangling.jpg'));
  await symlink(at('loop-b.jpg'), at('loop-a.jpg'));
  await symlink(at('loop-a.jpg'), at('loop-b.jpg'));
  await symlink(at('good.jpg'), at('link.jpg'));
  const sparse = await open(at('sparse.jpg'), 'w');
  await sparse.truncate(8 * 1024 * MEBIBYTE);
  await sparse.close();
  await writeFile(at('locked.jpg'), 'x');
  await chmod(at('locked.jpg'), 0);
  // The superuser may read everything.
  const locked: Fate = process.getuid?.() === 0 ? 'not-an-image' : 'no-permission';
  const files = [
    { file: at('pipe.jpg'), fates: ['not-a-file'] },
    { file: at('socket.jpg'), fates: ['not-a-file'] },
    { file: at('folder.jpg'), fates: ['not-a-file'] },
    { file: at('device.jpg'), fates: ['not-a-file'] },
    { file: at('dangling.jpg'), fates: ['broken-link'] },
    { file: at('loop-a.jpg'), fates: ['broken-link'] },
    { file: at('link.jpg'), fates: ['decodes'] },
    { file: at('sparse.jpg'), fates: ['too-large'] },
    { file: at('locked.jpg'), fates: [locked] },
    { file: at('missing.jpg'), fates: ['missing'] },
    { file: at('good.jpg/inside.jpg'), fates: ['missing'] },
    { file: at(`${'long'.repeat(100)}.jpg`), fates: ['bad-name'] },
    { file: at('with\0zero.jpg'), fates: ['bad-name'] },
  ] as const satisfies readonly HostileFile[];
  return { files, server };
};

/** Makes every hostile file that we know of in a folder, all by code, and tells what must become of each. */
export const makeCorpus = async (folder: string): Promise<Corpus> => {
  const made: Files = {
    ...(await jpegFiles()),
    ...(await pngFiles()),
    ...(await otherFiles()),
    ...bitmapFiles(),
    ...strangers(),
  };
  const files: HostileFile[] = [];
  for (const [name, [bytes, ...fates]] of Object.entries(made)) {
    await writeFile(join(folder, name), bytes);
    files.push({ file: join(folder, name), fates });
  }
  const odd = await oddEntries(folder);
  return {
    files: [...files, ...odd.files],
    close: () =>
      new Promise((resolve) => {
        odd.server.close(() => {
          resolve();
        });
      }),
  };
};

/** One good file of each format, for mutation. */
export const makeSeeds = async (): Promise<readonly Buffer[]> => {
  const bitmaps = bitmapFiles();
  return [
    await paint().jpeg().toBuffer(),
    await paint().jpeg({ progressive: true }).toBuffer(),
    await paint().toColourspace('cmyk').withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    await paint().withIccProfile('p3').png().toBuffer(),
    await paint().png({ palette: true, progressive: true }).toBuffer(),
    await paint().webp().toBuffer(),
    await paint(WIDTH_PX, HEIGHT_PX, 4).webp({ lossless: true }).toBuffer(),
    await paint().gif().toBuffer(),
    await paint().tiff({ compression: 'lzw' }).toBuffer(),
    await paint().avif({ effort: 0 }).toBuffer(),
    ...(['good.bmp', 'runs.bmp', 'high-colour.bmp', 'icon.ico'] as const).map(
      (name) => bitmaps[name]?.[0] ?? Buffer.alloc(0),
    ),
  ];
};
