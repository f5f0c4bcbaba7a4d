import type { Photo, PictureRequest } from '../../contract/studio.ts';

/** True when the photo was or can be decoded, so that there is a picture to ask for. */
export const hasPicture = (photo: Photo): boolean =>
  photo.widthPx !== null ||
  photo.status === 'pending' ||
  photo.status === 'aligned' ||
  photo.status === 'noFace';

/** The small picture of a photo. */
export const thumbnailOf = (source: string, photo: Photo): PictureRequest => ({
  kind: 'photo',
  source,
  photo: photo.id,
  sizePx: 320,
});

/** The crop that stands for a photo: of the chosen face, else the first; null without a crop. */
export const cropOf = (source: string, photo: Photo): PictureRequest | null => {
  const face = photo.crops.find((index) => index === photo.chosen) ?? photo.crops[0];
  return face === undefined ? null : { kind: 'crop', source, photo: photo.id, face };
};

/** The photo in words, for those who do not see it. */
export const describePhoto = (photo: Photo, statusName: string): string => {
  const faces = photo.faces.length === 1 ? '1 face' : `${String(photo.faces.length)} faces`;
  return photo.status === 'aligned'
    ? `${photo.file}, ${faces}`
    : `${photo.file}, ${statusName}: ${photo.reason.message}`;
};
