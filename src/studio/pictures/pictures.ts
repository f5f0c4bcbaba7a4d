import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PictureRequest } from '../../contract/studio.ts';
import { layoutOf } from '../align/layout.ts';
import { sha256 } from '../align/settings.ts';
import { notFound, systemCode, writeFailure } from '../failure.ts';
import { makeFolder } from '../../node/files/folders.ts';
import type { Sources } from '../sources/sources.ts';
import type { PictureCache } from './cache.ts';

export type Picture = { readonly file: string; readonly mimeType: string };

/** Writes an upright JPEG of a photo whose longer side is at most `sizePx`, whole or not at all. @throws why it cannot */
export type MakeRendition = (request: {
  readonly file: string;
  readonly sizePx: number;
  readonly output: string;
}) => Promise<void>;

export type Pictures = { locate(request: PictureRequest): Promise<Picture> };

const statOrNull = async (
  file: string,
): Promise<{ readonly size: number; readonly mtimeMs: number } | null> => {
  try {
    return await stat(file);
  } catch (error) {
    if (['ENOENT', 'EACCES', 'ELOOP', 'ENOTDIR'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
};

/** Pictures of sources, as files: crops as they are, photos as renditions in a cache. */
export const createPictures = (parts: {
  readonly sources: Sources;
  readonly folder: string;
  readonly cache: PictureCache;
  readonly makeRendition: MakeRendition;
}): Pictures => {
  const { sources, folder, cache, makeRendition } = parts;
  const inWork = new Map<string, Promise<void>>();

  const make = async (file: string, sizePx: number, output: string): Promise<void> => {
    await makeFolder(dirname(output));
    try {
      await makeRendition({ file, sizePx, output });
    } catch (error) {
      const told = writeFailure(error, folder);
      if (told !== error || !(error instanceof Error)) throw told;
      throw notFound(error.message);
    }
    await cache.added(output);
  };

  const locatePhoto = async (
    request: Extract<PictureRequest, { readonly kind: 'photo' }>,
  ): Promise<Picture> => {
    const { source, index } = await sources.get(request.source);
    const photo = index.photo(request.photo);
    if (photo === null || photo.reason.code === 'bad-name') throw notFound('That photo is not there.');
    const file = join(source.folder, photo.file);
    const found = await statOrNull(file);
    if (found === null) throw notFound(`${photo.file} is not there any more.`);
    const content =
      index.record(request.photo)?.sourceSha256 ?? `${file}\n${String(found.size)}\n${String(found.mtimeMs)}`;
    const key = sha256(content);
    const output = join(folder, key.slice(0, 2), `${key}-${String(request.sizePx)}.jpg`);
    if (!(await cache.has(output))) {
      // Whoever asks for a picture that is being made waits for it.
      const work =
        inWork.get(output) ?? make(file, request.sizePx, output).finally(() => inWork.delete(output));
      inWork.set(output, work);
      await work;
    }
    return { file: output, mimeType: 'image/jpeg' };
  };

  const locateCrop = async (
    request: Extract<PictureRequest, { readonly kind: 'crop' }>,
  ): Promise<Picture> => {
    const { source, index } = await sources.get(request.source);
    const crop = index.record(request.photo)?.crops.find(({ face }) => face === request.face);
    if (crop === undefined) throw notFound('That crop is not there.');
    const file = layoutOf(source.output).absolute(crop.file);
    if ((await statOrNull(file)) === null) throw notFound(`The crop ${crop.file} is not there any more.`);
    return { file, mimeType: 'image/png' };
  };

  return { locate: (request) => (request.kind === 'photo' ? locatePhoto(request) : locateCrop(request)) };
};
