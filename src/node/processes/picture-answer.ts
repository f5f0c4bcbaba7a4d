import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { safe } from '@orpc/client';
import { parsePictureAddress } from '../../contract/picture-address.ts';
import type { StudioClient } from '../../contract/studio.ts';

const LOCATE_TIMEOUT_MS = 60_000;
/** What the service makes; nothing else is handed to a window as a picture. */
const PICTURE_TYPES = new Set(['image/png', 'image/jpeg', 'image/webp']);
/** A picture's address carries its version, so it never changes. */
export const PICTURE_CACHE_CONTROL = 'private, max-age=31536000, immutable';

export type PictureAnswer =
  | { readonly kind: 'picture'; readonly mimeType: string; readonly bytes: Buffer<ArrayBuffer> }
  | { readonly kind: 'refused'; readonly status: 400 | 404 | 503; readonly message: string };

const readPicture = async (file: string): Promise<Buffer<ArrayBuffer>> => {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/**
 * Reads the picture that an address stands for: a crop, or a rendition of at most a few hundred kilobytes, which costs less whole than
 * as a stream. The address is only ever an id: the service says where the file lies.
 */
export const answerPicture = async (
  pictures: StudioClient['pictures'],
  address: string,
  aborted: AbortSignal,
): Promise<PictureAnswer> => {
  const request = parsePictureAddress(address);
  if (request === null) return { kind: 'refused', status: 400, message: 'This is no address of a picture.' };
  const signal = AbortSignal.any([aborted, AbortSignal.timeout(LOCATE_TIMEOUT_MS)]);
  const [error, located, isOurs] = await safe(pictures.locate(request, { signal }));
  if (error !== null) {
    return isOurs
      ? { kind: 'refused', status: 404, message: error.data.message }
      : { kind: 'refused', status: 503, message: 'The studio service did not answer.' };
  }
  if (!PICTURE_TYPES.has(located.mimeType)) {
    return { kind: 'refused', status: 404, message: 'This is no picture.' };
  }
  try {
    return { kind: 'picture', mimeType: located.mimeType, bytes: await readPicture(located.file) };
  } catch {
    return { kind: 'refused', status: 404, message: 'The picture is gone.' };
  }
};
