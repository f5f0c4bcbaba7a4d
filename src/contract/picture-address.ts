import type { PictureRequest } from './studio.ts';

/** Scheme under which the Electron shell serves pictures; the browser shell serves the same addresses below `/studio-image/`. */
export const PICTURE_SCHEME = 'studio-image';

/** What comes before a picture's address in the Electron shell; in the browser it is `WEB_PICTURE_PATH`. */
export const PICTURE_BASE = `${PICTURE_SCHEME}://pictures/`;

const PHOTO_SIZES_PX = [320, 1600, 4096] as const;

/** The part of a picture's address after the scheme: `photo/<source>/<photo>?size=320&v=…` or `crop/<source>/<photo>/<face>?v=…`. */
export const pictureAddress = (request: PictureRequest, version: string): string => {
  const source = encodeURIComponent(request.source);
  const v = encodeURIComponent(version);
  return request.kind === 'photo'
    ? `photo/${source}/${String(request.photo)}?size=${String(request.sizePx)}&v=${v}`
    : `crop/${source}/${String(request.photo)}/${String(request.face)}?v=${v}`;
};

/** Ids hold none of the characters that mean something in a path. */
const isPathLike = (id: string): boolean => id === '.' || id === '..' || /[/\\\p{Cc}]/u.test(id);

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;

/** The request that an address stands for; null for anything that `pictureAddress` does not write. Never a path. */
export const parsePictureAddress = (address: string): PictureRequest | null => {
  const [path = '', query = ''] = address.split('?', 2);
  const [kind, encodedSource, photoText, faceText, ...rest] = path.split('/');
  if (encodedSource === undefined || rest.length > 0) return null;
  if (!/^[\w%.~-]{1,200}$/.test(encodedSource)) return null;
  let source: string;
  try {
    source = decodeURIComponent(encodedSource);
  } catch {
    return null;
  }
  const photo = wholeNumber(photoText);
  if (photo === null || isPathLike(source)) return null;
  if (kind === 'crop') {
    const face = wholeNumber(faceText);
    return face === null ? null : { kind, source, photo, face };
  }
  if (kind !== 'photo' || faceText !== undefined) return null;
  const size = wholeNumber(new URLSearchParams(query).get('size') ?? undefined);
  const sizePx = PHOTO_SIZES_PX.find((known) => known === size);
  return sizePx === undefined ? null : { kind, source, photo, sizePx };
};
