import type { Database } from '../catalogue/database.ts';
import type { Change } from './changes.ts';
import { FIELDS } from './fields.ts';

/**
 * What follows from decisions and files, and is kept beside them for speed. It is worked out from both in one way, so whatever changed, in
 * whatever order, it comes out the same.
 */

type IdRow = { readonly id: number };

/** The next number for what was read anew; photos that have a higher one than a reader saw are to be read again. */
export const nextRevision = (catalogue: Database): number =>
  (catalogue.get<{ readonly last: number | null }>('SELECT max(revision) AS last FROM photos')?.last ?? 0) +
  1;

/** A photo stands under the first of its files that is there, not left out, and of a source that is kept. */
export const MAIN_FILE = `
  SELECT min(files.id) FROM files
  WHERE files.photo_id = photos.id AND files.is_missing = 0
    AND EXISTS (SELECT 1 FROM decisions WHERE field = ${String(FIELDS['source.kept'])} AND subject = files.source_id)
    AND NOT EXISTS (SELECT 1 FROM decisions WHERE field = ${String(FIELDS['file.excluded'])} AND subject = files.id)`;

/** Finds the main file of photos again, within a transaction of the caller. */
export const refreshPhotos = (catalogue: Database, photos: Iterable<number>): void => {
  const revision = nextRevision(catalogue);
  for (const photo of photos)
    catalogue.run(
      `UPDATE photos SET main_file_id = (${MAIN_FILE}), revision = ? WHERE id = ?`,
      revision,
      photo,
    );
};

const photosOfFile = 'SELECT photo_id AS id FROM files WHERE id = ? AND photo_id IS NOT NULL';
const photosOfSource =
  'SELECT DISTINCT photo_id AS id FROM files WHERE source_id = ? AND photo_id IS NOT NULL';
const photosOfFace = 'SELECT photo_id AS id FROM faces WHERE id = ?';

const idsOf = (catalogue: Database, sql: string, subjects: readonly number[]): readonly number[] =>
  subjects.flatMap((subject) => catalogue.all<IdRow>(sql, subject).map(({ id }) => id));

/** The photos whose faces look different after a change, besides what state and identity of a face tell by themselves. */
export const photosOfChange = (catalogue: Database, { field, subjects }: Change): readonly number[] => {
  switch (field) {
    case 'face.state':
    case 'face.identity':
    case 'identity.name':
    case 'identity.merged':
    case 'source.arrival':
    case 'pair.same':
    case 'workspace.clustering':
    case 'pair.hard':
      return [];
    case 'face.presence':
    case 'face.geometry':
      return idsOf(catalogue, photosOfFace, subjects);
    case 'photo.chosen':
      return subjects;
    case 'file.excluded':
      return idsOf(catalogue, photosOfFile, subjects);
    case 'source.kept':
      return idsOf(catalogue, photosOfSource, subjects);
  }
};

/** Works out again what follows from files, after changes and within their transaction. Gives the photos that are concerned. */
export const refreshAfter = (catalogue: Database, changes: readonly Change[]): readonly number[] => {
  const photos = new Set(changes.flatMap((change) => photosOfChange(catalogue, change)));
  const concernsFiles = changes.some(({ field }) => field === 'file.excluded' || field === 'source.kept');
  if (concernsFiles) refreshPhotos(catalogue, photos);
  return [...photos];
};
