import type { Database, SqlValue } from '../catalogue/database.ts';
import { FIELDS } from '../edits/fields.ts';
import { alignSettings } from '../workspace/properties.ts';
import { cropKeyOf, workKeyOf } from './work-key.ts';

type StaleRow = readonly [face: number, key: SqlValue, geometry: SqlValue];

const STALE = `
  SELECT faces.id, faces.crop_key, geometry.value FROM faces
  JOIN photos ON photos.id = faces.photo_id AND photos.main_file_id IS NOT NULL AND photos.work_key = ?1
  LEFT JOIN decisions AS geometry ON geometry.field = ${String(FIELDS['face.geometry'])} AND geometry.subject = faces.id
  LEFT JOIN decisions AS presence ON presence.field = ${String(FIELDS['face.presence'])} AND presence.subject = faces.id
  WHERE (geometry.value IS NOT NULL OR faces.crop_key IS NOT ?1) AND ifnull(presence.value, faces.is_found) = 1`;

const staleOf = (rows: Iterable<StaleRow>, workKey: Uint8Array): readonly number[] => {
  const stale: number[] = [];
  for (const [face, key, geometry] of rows) {
    const wanted = cropKeyOf(workKey, geometry instanceof Uint8Array ? geometry : null);
    if (!(key instanceof Uint8Array) || Buffer.compare(key, wanted) !== 0) stale.push(face);
  }
  return stale;
};

/**
 * Faces whose crop is not the one that settings and decisions ask for: one that a person drew or changed, or took such a change back of.
 * Photos that are to be aligned anew are not among them.
 */
export const staleCrops = (catalogue: Database): readonly number[] => {
  const workKey = workKeyOf(alignSettings(catalogue));
  return staleOf(catalogue.rows<StaleRow>(STALE, workKey), workKey);
};

/** Those among the faces of one photo. */
export const staleCropsOfPhoto = (catalogue: Database, photo: number): readonly number[] => {
  const workKey = workKeyOf(alignSettings(catalogue));
  return staleOf(catalogue.rows<StaleRow>(`${STALE} AND faces.photo_id = ?2`, workKey, photo), workKey);
};
