import { join } from 'node:path';
import { openablePath } from '../scan/names.ts';
import { notFound } from '../failure.ts';
import { isWithin } from '../files/paths.ts';
import type { Workspace } from './open.ts';

/** An original, by its content and where it lies. */
export type Original = { readonly sha256: string; readonly file: string };

type PhotoRow = { readonly sha256: Uint8Array; readonly folder: Uint8Array; readonly path: Uint8Array };

/** The file of a face's crop. @throws NOT_FOUND when it has none */
export const cropFileOf = ({ catalogue, paths }: Workspace, face: number): string => {
  const row = catalogue.get<{ readonly crop_file: string | null }>(
    'SELECT crop_file FROM faces WHERE id = ?',
    face,
  );
  const relative = row?.crop_file ?? null;
  if (relative === null) throw notFound('That crop is not there.');
  const file = join(paths.folder, relative);
  if (!isWithin(paths.crops, file)) throw notFound('That crop does not lie in the workspace.');
  return file;
};

/** The original of a photo. @throws NOT_FOUND when there is none or its name cannot be used */
export const originalOf = ({ catalogue }: Workspace, photo: number): Original => {
  const row = catalogue.get<PhotoRow>(
    `SELECT photos.sha256, sources.folder, files.path FROM photos JOIN files ON files.id = photos.main_file_id
     JOIN sources ON sources.id = files.source_id WHERE photos.id = ?`,
    photo,
  );
  if (row === null) throw notFound('That photo is not there.');
  const file = openablePath(Buffer.concat([row.folder, Buffer.from('/'), row.path]));
  if (file === null) throw notFound('The name of that photo cannot be used.');
  return { sha256: Buffer.from(row.sha256).toString('hex'), file };
};
