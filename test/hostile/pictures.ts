import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { withFrameHeader, withManyScans, withSegment } from './jpeg.ts';
import { cut, HEIGHT_PX, MEBIBYTE, paint, WIDTH_PX, zeroed, type Files } from './material.ts';
import { png, pngChunk, pngData, pngHeader, PNG_SIGNATURE, smallPng } from './png.ts';

export const jpegFiles = async (): Promise<Files> => {
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
    'no-width.jpg': [withFrameHeader(good, (content) => content.writeUInt16BE(0, 3)), 'damaged'],
    'zero-sampling.jpg': [withFrameHeader(good, (content) => content.writeUInt8(0, 7)), 'damaged'],
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

export const pngFiles = async (): Promise<Files> => {
  const good = await paint().png().toBuffer();
  // libpng refuses chunks that unpack to more than 8 MB.
  const noise = Buffer.alloc(7 * MEBIBYTE, 65);
  const text = pngChunk('zTXt', Buffer.concat([Buffer.from('k\0\0'), deflateSync(noise)]));
  const international = pngChunk('iTXt', Buffer.concat([Buffer.from('k\0\x01\0\0\0'), deflateSync(noise)]));
  const profile = pngChunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), deflateSync(noise)]));
  const largeProfile = pngChunk(
    'iCCP',
    Buffer.concat([Buffer.from('p\0\0'), deflateSync(Buffer.alloc(90 * MEBIBYTE))]),
  );
  const flipped = Buffer.from(good);
  flipped[Math.floor(flipped.byteLength / 2)] = (flipped[Math.floor(flipped.byteLength / 2)] ?? 0) ^ 0xff;
  const wrongChecksum = Buffer.from(good);
  // The header's checksum follows the signature, the length, the type and 13 bytes.
  wrongChecksum[29] = (wrongChecksum[29] ?? 0) ^ 0xff;
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
    'no-width.png': [png(pngHeader(0, 8), pngData(24, 8)), 'damaged'],
    'odd-colour-type.png': [png(pngHeader(8, 8, 8, 5), pngData(24, 8)), 'damaged'],
    'only-signature.png': [PNG_SIGNATURE, 'damaged'],
    'wrong-header-checksum.png': [wrongChecksum, 'damaged'],
    'byte-by-byte.png': [
      png(
        pngHeader(8, 8),
        ...[...deflateSync(Buffer.alloc(200))].map((byte) => pngChunk('IDAT', Buffer.from([byte]))),
      ),
      'decodes',
    ],
    // The data unpacks to 200 MB where 200 bytes are wanted.
    'data-bomb.png': [png(pngHeader(8, 8), pngData(24, 8 * MEBIBYTE)), 'decodes', 'damaged'],
    // Sent as text: each line end lost its carriage return.
    'sent-as-text.png': [Buffer.from(good.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'), 'damaged'],
  };
  for (const share of [0.1, 0.5, 0.9, 0.99])
    files[`cut-${String(share)}.png`] = [cut(good, share), 'damaged'];
  return files;
};

export const otherFiles = async (): Promise<Files> => {
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
