import { FLAG, placeOf } from '../faces/columns.ts';
import type { KeptFace } from '../embeddings/kept-faces.ts';
import { shownPath } from '../scan/names.ts';
import type { Workspace } from '../workspace/open.ts';

/** Every file that is there, also those of the same content as another. */
const FILES = `SELECT files.path, photos.sha256, photos.id FROM files JOIN photos ON photos.id = files.photo_id
  WHERE files.is_missing = 0 ORDER BY files.id`;

const keyOf = (sha256: Uint8Array): string => Buffer.from(sha256).toString('latin1');

/**
 * By the path of each file inside its source the face that stands for it: of its photo's faces that one which the photo is about, where it is kept,
 * else the first.
 * @param faces kept ones, ascending by id
 */
export const facesByFile = (
  { catalogue, faces: index }: Pick<Workspace, 'catalogue' | 'faces'>,
  faces: readonly KeptFace[],
): ReadonlyMap<string, KeptFace> => {
  const columns = index().columns();
  const isChosen = (face: number): boolean =>
    ((columns.flags[placeOf(columns, face)] ?? 0) & FLAG.chosen) !== 0;
  const byPhoto = new Map<string, KeptFace>();
  for (const face of faces) {
    const photo = keyOf(face.photoSha256);
    if (!byPhoto.has(photo) || isChosen(face.face)) byPhoto.set(photo, face);
  }
  const byFile = new Map<string, KeptFace>();
  for (const [path, sha256] of catalogue.rows<readonly [Uint8Array, Uint8Array, number]>(FILES)) {
    const face = byPhoto.get(keyOf(sha256));
    const name = shownPath(Buffer.from(path));
    if (face !== undefined && !byFile.has(name)) byFile.set(name, face);
  }
  return byFile;
};

/** The photo of each file, by its path inside its source. */
export const photosByFile = ({ catalogue }: Pick<Workspace, 'catalogue'>): ReadonlyMap<string, number> => {
  const photos = new Map<string, number>();
  for (const [path, , photo] of catalogue.rows<readonly [Uint8Array, Uint8Array, number]>(FILES)) {
    const name = shownPath(Buffer.from(path));
    if (!photos.has(name)) photos.set(name, photo);
  }
  return photos;
};
