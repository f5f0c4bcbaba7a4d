import { open } from 'node:fs/promises';
import { constants } from 'node:fs';

/** Extensions that promise a picture; a file that has one and cannot be read is a failure, not something to skip. */
const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  'jpg jpeg jpe jfif png apng gif bmp dib tif tiff webp ico cur avif heic heif jp2 j2k jxl ppm pgm pbm pnm tga psd'.split(
    ' ',
  ),
);

/** What operating systems leave in folders of pictures. */
const SYSTEM_FILES: ReadonlySet<string> = new Set(['thumbs.db', 'desktop.ini', 'ehthumbs.db', 'icon\r']);

/** Whether a name is hidden or one that an operating system leaves behind. */
export const isSystemName = (name: string): boolean =>
  name.startsWith('.') || SYSTEM_FILES.has(name.toLowerCase());

/** Whether a name ends as pictures do. */
export const hasImageExtension = (name: string): boolean => {
  const dot = name.lastIndexOf('.');
  return dot >= 0 && IMAGE_EXTENSIONS.has(name.slice(dot + 1).toLowerCase());
};

type Signature = { readonly at: number; readonly bytes: string };

/** First bytes of the formats that the decoder reads, as Latin-1 text. */
const SIGNATURES: readonly Signature[] = [
  { at: 0, bytes: '\xff\xd8\xff' }, // JPEG
  { at: 0, bytes: '\x89PNG\r\n\x1a\n' },
  { at: 0, bytes: 'GIF87a' },
  { at: 0, bytes: 'GIF89a' },
  { at: 0, bytes: 'II*\0' }, // TIFF
  { at: 0, bytes: 'MM\0*' },
  { at: 8, bytes: 'WEBP' },
  { at: 4, bytes: 'ftypavif' },
  { at: 4, bytes: 'ftyphei' },
  { at: 0, bytes: '\0\0\x01\0' }, // ICO
];

const SIGNATURE_BYTES = 16;

/** Whether the first bytes are those of a picture. */
export const looksLikeImage = (head: Uint8Array): boolean => {
  const text = Buffer.from(head).toString('latin1');
  return SIGNATURES.some(({ at, bytes }) => text.startsWith(bytes, at));
};

/** Reads the first bytes of a regular file, without waiting where it was exchanged for a pipe meanwhile. */
export const readHead = async (path: string | Buffer): Promise<Uint8Array> => {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
};
