import { extname } from 'node:path';

/** What the studio reads. */
export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff' | 'avif' | 'bmp' | 'ico';

/** What the first bytes say: a format to decode, an image that is not decoded here (with its name for people), or no image. */
export type Sniffed =
  | { readonly kind: 'readable'; readonly format: ImageFormat }
  | { readonly kind: 'unsupported'; readonly name: string }
  | { readonly kind: 'unknown' };

const SNIFFED_BYTES = 1024;
const MOST_ICONS = 256;

const FORMAT_OF_EXTENSION: Readonly<Record<string, ImageFormat>> = {
  '.jpg': 'jpeg',
  '.jpeg': 'jpeg',
  '.jpe': 'jpeg',
  '.jfif': 'jpeg',
  '.png': 'png',
  '.apng': 'png',
  '.gif': 'gif',
  '.webp': 'webp',
  '.tif': 'tiff',
  '.tiff': 'tiff',
  '.avif': 'avif',
  '.bmp': 'bmp',
  '.dib': 'bmp',
  '.ico': 'ico',
};

const MAGIC: readonly (readonly [
  signature: string,
  result: ImageFormat | { readonly unsupported: string },
])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
  ['II+\0', 'tiff'],
  ['MM\0+', 'tiff'],
  ['8BPS', { unsupported: 'Photoshop' }],
  ['\xff\x0a', { unsupported: 'JPEG XL' }],
  ['\0\0\0\x0cJXL ', { unsupported: 'JPEG XL' }],
  ['\0\0\0\x0cjP  ', { unsupported: 'JPEG 2000' }],
  ['\xff\x4f\xff\x51', { unsupported: 'JPEG 2000' }],
  ['v/1\x01', { unsupported: 'OpenEXR' }],
  ['#?RADIANCE', { unsupported: 'Radiance HDR' }],
  ['gimp xcf', { unsupported: 'GIMP' }],
  ['FUJIFILMCCD-RAW', { unsupported: 'camera raw' }],
];

const isAvifBrand = (brands: string): boolean => /avif|avis/.test(brands);

const sniffIsoMedia = (head: string, length: number): Sniffed => {
  const brands = head.slice(8, Math.min(Math.max(length, 16), 128));
  if (isAvifBrand(brands)) return { kind: 'readable', format: 'avif' };
  if (/hei[cfmsx]|hev[cmsx]|mif1|msf1/.test(brands)) return { kind: 'unsupported', name: 'HEIC' };
  return { kind: 'unknown' };
};

const isPortableAnymap = (head: string): boolean => /^P[1-7][ \t\r\n#]/.test(head);

const bySignature = (head: string): Sniffed | null => {
  const found = MAGIC.find(([signature]) => head.startsWith(signature))?.[1];
  if (found === undefined) return null;
  return typeof found === 'string'
    ? { kind: 'readable', format: found }
    : { kind: 'unsupported', name: found.unsupported };
};

/** `BM` begins many texts: the size of the header behind it must be one that exists. */
const isBitmap = (head: string): boolean =>
  head.startsWith('BM') && head.length >= 26 && /^[\x0c\x28\x38\x34\x40\x6c\x7c]\0\0\0/.test(head.slice(14));

const isIcon = (head: string, bytes: Buffer): boolean =>
  head.startsWith('\0\0\x01\0') &&
  head.length >= 22 &&
  bytes.readUInt16LE(4) > 0 &&
  bytes.readUInt16LE(4) <= MOST_ICONS;

const SVG = /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[^]*?-->\s*)?(<!DOCTYPE svg[^]*?>\s*)?<svg[\s>]/i;

/** Tells by content, never by name, what a file is. */
export const sniff = (bytes: Buffer): Sniffed => {
  const head = bytes.toString('latin1', 0, SNIFFED_BYTES);
  const signed = bySignature(head);
  if (signed !== null) return signed;
  if (head.startsWith('RIFF') && head.startsWith('WEBP', 8)) return { kind: 'readable', format: 'webp' };
  if (head.startsWith('ftyp', 4)) return sniffIsoMedia(head, bytes.readUInt32BE(0));
  if (isBitmap(head)) return { kind: 'readable', format: 'bmp' };
  if (isIcon(head, bytes)) return { kind: 'readable', format: 'ico' };
  if (isPortableAnymap(head)) return { kind: 'unsupported', name: 'PNM' };
  if (SVG.test(head)) return { kind: 'unsupported', name: 'SVG' };
  return { kind: 'unknown' };
};

/** Whether the name promises another image format than the content is. */
export const isMisnamed = (file: string, format: ImageFormat): boolean => {
  const promised = FORMAT_OF_EXTENSION[extname(file).toLowerCase()];
  return promised !== undefined && promised !== format;
};
