import type { PictureRequest } from './studio.ts';

/** Scheme under which the Electron shell serves pictures; the browser shell serves the same addresses below `/studio-image/`. */
export const PICTURE_SCHEME = 'studio-image';

/** What comes before a picture's address in the Electron shell; in the browser it is `WEB_PICTURE_PATH`. */
export const PICTURE_BASE = `${PICTURE_SCHEME}://pictures/`;

const PHOTO_SIZES_PX = [320, 1600, 4096] as const;

const placeOf = (request: PictureRequest): string => {
  switch (request.kind) {
    case 'photo':
      return `photo/${encodeURIComponent(request.source)}/${String(request.photo)}`;
    case 'crop':
      return `crop/${encodeURIComponent(request.source)}/${String(request.photo)}/${String(request.face)}`;
    case 'workspace-photo':
      return `workspace-photo/${encodeURIComponent(request.workspace)}/${String(request.photo)}`;
    case 'workspace-face':
      return `workspace-face/${encodeURIComponent(request.workspace)}/${String(request.face)}`;
  }
};

/**
 * The part of a picture's address after the scheme: `photo/<source>/<photo>?size=320&v=…`, `crop/<source>/<photo>/<face>?v=…`,
 * `workspace-photo/<workspace>/<photo>?size=320&v=…` or `workspace-face/<workspace>/<face>?v=…`.
 */
export const pictureAddress = (request: PictureRequest, version: string): string => {
  const size = 'sizePx' in request ? `size=${String(request.sizePx)}&` : '';
  return `${placeOf(request)}?${size}v=${encodeURIComponent(version)}`;
};

/** Ids hold none of the characters that mean something in a path. */
const isPathLike = (id: string): boolean => id === '.' || id === '..' || /[/\\\p{Cc}]/u.test(id);

const wholeNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;

const ownerOf = (encoded: string): string | null => {
  if (!/^[\w%.~-]{1,200}$/.test(encoded)) return null;
  try {
    const owner = decodeURIComponent(encoded);
    return isPathLike(owner) ? null : owner;
  } catch {
    return null;
  }
};

const sizeOf = (query: string): (typeof PHOTO_SIZES_PX)[number] | null => {
  const size = wholeNumber(new URLSearchParams(query).get('size') ?? undefined);
  return PHOTO_SIZES_PX.find((known) => known === size) ?? null;
};

/** The request that an address stands for; null for anything that `pictureAddress` does not write. Never a path. */
export const parsePictureAddress = (address: string): PictureRequest | null => {
  const [path = '', query = ''] = address.split('?', 2);
  const [kind, encodedOwner = '', ...texts] = path.split('/');
  const owner = ownerOf(encodedOwner);
  const numbers = texts.map((text) => wholeNumber(text)).filter((number) => number !== null);
  const [first, second] = numbers;
  if (owner === null || first === undefined || numbers.length !== texts.length) return null;
  if (kind === 'crop')
    return second === undefined || numbers.length > 2
      ? null
      : { kind, source: owner, photo: first, face: second };
  if (numbers.length > 1) return null;
  if (kind === 'workspace-face') return { kind, workspace: owner, face: first };
  const sizePx = sizeOf(query);
  if (sizePx === null) return null;
  if (kind === 'photo') return { kind, source: owner, photo: first, sizePx };
  return kind === 'workspace-photo' ? { kind, workspace: owner, photo: first, sizePx } : null;
};
