import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PictureRequest } from '../../contract/studio.ts';
import { layoutOf } from '../align/layout.ts';
import { sha256 } from '../align/settings.ts';
import { notFound, systemCode, writeFailure } from '../failure.ts';
import { makeFolder } from '../../node/files/folders.ts';
import type { Sources } from '../sources/sources.ts';
import type { Original } from '../workspace/pictures.ts';
import type { PictureCache } from './cache.ts';

export type Picture = { readonly file: string; readonly mimeType: string };

/** Writes an upright JPEG of a photo whose longer side is at most `sizePx`, whole or not at all. @throws why it cannot */
export type MakeRendition = (request: {
  readonly file: string;
  readonly sizePx: number;
  readonly output: string;
}) => Promise<void>;

export type Pictures = {
  locate(request: PictureRequest): Promise<Picture>;
  /** The cache of renditions, and how much lies in it. */
  cached(): Promise<{ readonly folder: string; readonly bytes: number }>;
};

/** Where the pictures of workspaces that were opened from a window lie. Both throw NOT_FOUND. */
export type WorkspacePictures = {
  cropFile(workspace: string, face: number): Promise<string>;
  original(workspace: string, photo: number): Promise<Original>;
};

type Request<Kind extends PictureRequest['kind']> = Extract<PictureRequest, { readonly kind: Kind }>;

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

/** Pictures of sources and workspaces, as files: crops as they are, photos as renditions in a cache. */
export const createPictures = (parts: {
  readonly sources: Sources;
  readonly workspaces: WorkspacePictures;
  readonly folder: string;
  readonly cache: PictureCache;
  readonly makeRendition: MakeRendition;
}): Pictures => {
  const { sources, workspaces, folder, cache, makeRendition } = parts;
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

  /** The rendition of a photo with the content `content`; made when it is not in the cache. */
  const render = async (file: string, sizePx: number, content: string): Promise<Picture> => {
    const key = sha256(content);
    const output = join(folder, key.slice(0, 2), `${key}-${String(sizePx)}.jpg`);
    if (!(await cache.has(output))) {
      if ((await statOrNull(file)) === null) throw notFound(`${file} is not there any more.`);
      // Whoever asks for a picture that is being made waits for it.
      const work = inWork.get(output) ?? make(file, sizePx, output).finally(() => inWork.delete(output));
      inWork.set(output, work);
      await work;
    }
    return { file: output, mimeType: 'image/jpeg' };
  };

  const locatePhoto = async (request: Request<'photo'>): Promise<Picture> => {
    const { source, index } = await sources.get(request.source);
    const photo = index.photo(request.photo);
    if (photo === null || photo.reason.code === 'bad-name') throw notFound('That photo is not there.');
    const file = join(source.folder, photo.file);
    const found = await statOrNull(file);
    if (found === null) throw notFound(`${photo.file} is not there any more.`);
    const content =
      index.record(request.photo)?.sourceSha256 ?? `${file}\n${String(found.size)}\n${String(found.mtimeMs)}`;
    return render(file, request.sizePx, content);
  };

  const locateCrop = async (request: Request<'crop'>): Promise<Picture> => {
    const { source, index } = await sources.get(request.source);
    const crop = index.record(request.photo)?.crops.find(({ face }) => face === request.face);
    if (crop === undefined) throw notFound('That crop is not there.');
    const file = layoutOf(source.output).absolute(crop.file);
    if ((await statOrNull(file)) === null) throw notFound(`The crop ${crop.file} is not there any more.`);
    return { file, mimeType: 'image/png' };
  };

  return {
    cached: async () => ({ folder, bytes: await cache.bytes() }),
    async locate(request) {
      switch (request.kind) {
        case 'photo':
          return locatePhoto(request);
        case 'crop':
          return locateCrop(request);
        case 'workspace-face':
          return { file: await workspaces.cropFile(request.workspace, request.face), mimeType: 'image/png' };
        case 'workspace-photo': {
          // By its content: a photo that was seen is shown even while its source is offline.
          const { file, sha256: content } = await workspaces.original(request.workspace, request.photo);
          return render(file, request.sizePx, content);
        }
      }
    },
  };
};
