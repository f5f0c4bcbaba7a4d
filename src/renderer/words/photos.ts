import type { Conversion, PhotoStatus } from '../../contract/faces.ts';
import type { Counts, PhotoSort } from '../../contract/studio.ts';

/** In the order in which they are shown. */
export const STATUSES = ['aligned', 'noFace', 'failed', 'skipped', 'pending'] as const;

/** The one name of each status. */
export const STATUS_NAMES: Readonly<Record<PhotoStatus, string>> = {
  aligned: 'Aligned',
  noFace: 'No face',
  failed: 'Failed',
  skipped: 'Skipped',
  pending: 'Waiting',
};

/** How many photos have a status. */
export const countOfStatus = (counts: Counts, status: PhotoStatus): number => counts[status];

export const SORT_NAMES: Readonly<Record<PhotoSort, string>> = {
  file: 'File name',
  'score-ascending': 'Score, lowest first',
  'score-descending': 'Score, highest first',
  'faces-descending': 'Most faces first',
};

/** What was done to read a photo. */
export const CONVERSION_NAMES: Readonly<Record<Conversion, string>> = {
  'turned-upright': 'Turned upright',
  grey: 'Grey to RGB',
  cmyk: 'CMYK to RGB',
  'sixteen-bit': '16 bit to 8 bit',
  palette: 'Palette to RGB',
  'alpha-flattened': 'Transparency flattened',
  'colour-profile': 'Colours of another space, taken as stored',
  'first-frame': 'First frame of several',
  misnamed: 'Wrong file extension',
};

/** Last part of a path. */
export const baseName = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
