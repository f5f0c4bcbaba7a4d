import { execFileSync } from 'node:child_process';
import { mkdir, open, symlink, writeFile, chmod } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { bmp, ico } from './bmp.ts';
import { cut, HEIGHT_PX, MEBIBYTE, paint, WIDTH_PX, type Fate, type Files } from './material.ts';
import { jpegFiles, otherFiles, pngFiles } from './pictures.ts';
import { pngChunk, smallPng } from './png.ts';

export type { Fate } from './material.ts';

export type HostileFile = {
  readonly file: string;
  readonly fates: readonly Fate[];
};

export type Corpus = {
  readonly files: readonly HostileFile[];
  /** Ends the socket that is one of the files. */
  close(): Promise<void>;
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
          ...Array.from({ length: 50 }, () => pngChunk('zTXt', deflateSync(Buffer.alloc(7 * MEBIBYTE)))),
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
    'sixteen-bit-text.jpg': [Buffer.from('\ufeffThis is no photo.', 'utf16le'), 'not-an-image'],
    'script.jpg': [Buffer.from('#!/bin/sh\nrm -rf "$HOME"\n'), 'not-an-image'],
    'sound.jpg': [Buffer.from('RIFF\x24\0\0\0WAVEfmt ', 'latin1'), 'not-an-image'],
    'packed.jpg': [Buffer.from('\x1f\x8b\x08\0\0\0\0\0\0\x03', 'latin1'), 'not-an-image'],
    // What macOS leaves beside each photo on foreign disks, Windows in each folder, and Git in the place of a large file.
    '._good.jpg': [Buffer.from('\0\x05\x16\x07\0\x02\0\0Mac OS X        ', 'latin1'), 'not-an-image'],
    'thumbs.jpg': [Buffer.from('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'latin1'), 'not-an-image'],
    'pointer.jpg': [Buffer.from('version https://git-lfs.github.com/spec/v1\nsize 12345\n'), 'not-an-image'],
    'only-signature.gif': [Buffer.from('GIF89a', 'latin1'), 'damaged'],
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
