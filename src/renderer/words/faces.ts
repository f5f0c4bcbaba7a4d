import type {
  FaceFilter,
  FaceMeasure,
  FaceSortKey,
  FaceState,
  Range,
} from '../../contract/workspace-faces.ts';
import type { FileStatus } from '../../contract/workspace-file-status.ts';
import { formatCount, formatScore } from './format.ts';

/** In the order in which they are shown. */
export const FACE_STATES = [
  'unreviewed',
  'confirmed',
  'rejected',
  'not-a-face',
  'unusable',
  'ignored',
] as const satisfies readonly FaceState[];

/** The one name of each state, and the key that gives it. */
export const FACE_STATE_NAMES: Readonly<Record<FaceState, string>> = {
  unreviewed: 'Unreviewed',
  confirmed: 'Confirmed',
  rejected: 'Rejected',
  'not-a-face': 'Not a face',
  unusable: 'Unusable',
  ignored: 'Ignored',
};

/** What a review decides, in the order of its buttons. */
export const VERDICTS = [
  { state: 'confirmed', keys: 'A', verb: 'Confirm' },
  { state: 'rejected', keys: 'X', verb: 'Reject' },
  { state: 'not-a-face', keys: 'N', verb: 'Not a face' },
  { state: 'unusable', keys: 'U', verb: 'Unusable' },
  { state: 'ignored', keys: 'I', verb: 'Ignore' },
] as const satisfies readonly { readonly state: FaceState; readonly keys: string; readonly verb: string }[];

export const FILE_STATUSES = [
  'aligned',
  'severalFaces',
  'noFace',
  'unreadable',
  'skipped',
  'duplicate',
  'excluded',
  'pending',
  'missing',
  'offline',
] as const satisfies readonly FileStatus[];

/** The one name of each status of a file. */
export const FILE_STATUS_NAMES: Readonly<Record<FileStatus, string>> = {
  aligned: 'One face',
  severalFaces: 'Several faces',
  noFace: 'No face',
  unreadable: 'Unreadable',
  skipped: 'Not a picture',
  duplicate: 'Duplicate',
  excluded: 'Left out',
  pending: 'Waiting',
  missing: 'Missing',
  offline: 'Offline',
};

/** Of files with these statuses the grid shows the faces; of the others the files themselves. */
export const STATUSES_WITH_FACES: ReadonlySet<FileStatus> = new Set(['aligned', 'severalFaces']);

export const MEASURES = [
  'score',
  'size',
  'sharpness',
  'exposure',
  'yaw',
  'pitch',
  'roll',
  'date',
] as const satisfies readonly FaceMeasure[];

/** Name and unit of each measure. */
export const MEASURE_WORDS: Readonly<Record<FaceMeasure, { readonly name: string; readonly unit: string }>> =
  {
    score: { name: 'Score', unit: '' },
    size: { name: 'Size', unit: 'px' },
    sharpness: { name: 'Sharpness', unit: '' },
    exposure: { name: 'Exposure', unit: '' },
    yaw: { name: 'Yaw', unit: '°' },
    pitch: { name: 'Pitch', unit: '°' },
    roll: { name: 'Roll', unit: '°' },
    date: { name: 'File date', unit: '' },
  };

/** The orders that are offered, and what each is called upwards and downwards. */
export const SORT_WORDS: Readonly<
  Record<FaceSortKey, { readonly name: string; readonly up: string; readonly down: string }>
> = {
  identity: { name: 'Identity', up: 'A to Z', down: 'Z to A' },
  added: { name: 'Added', up: 'first added first', down: 'last added first' },
  score: { name: 'Score', up: 'lowest first', down: 'highest first' },
  size: { name: 'Size', up: 'smallest first', down: 'largest first' },
  sharpness: { name: 'Sharpness', up: 'blurred first', down: 'sharpest first' },
  exposure: { name: 'Exposure', up: 'darkest first', down: 'brightest first' },
  yaw: { name: 'Yaw', up: 'turned left first', down: 'turned right first' },
  pitch: { name: 'Pitch', up: 'least first', down: 'most first' },
  roll: { name: 'Roll', up: 'least first', down: 'most first' },
  date: { name: 'File date', up: 'oldest first', down: 'newest first' },
};
export const SORT_KEYS = [
  'identity',
  'added',
  'score',
  'size',
  'sharpness',
  'exposure',
  'yaw',
  'pitch',
  'roll',
  'date',
] as const satisfies readonly FaceSortKey[];

const MS_PER_SECOND = 1000;
const DAY = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric' });
const TWO_PLACES = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

/** A value of a measure for people: `98.1 %`, `64 px`, `12°`, `3 May 2024`. */
export const formatMeasure = (measure: FaceMeasure, value: number): string => {
  switch (measure) {
    case 'score':
      return formatScore(value);
    case 'size':
      return `${formatCount(Math.round(value))} px`;
    case 'sharpness':
      return formatCount(Math.round(value));
    case 'exposure':
      return TWO_PLACES.format(value);
    case 'date':
      return DAY.format(value * MS_PER_SECOND);
    default:
      return `${formatCount(Math.round(value))}°`;
  }
};

/** A range for people: `Size 20 px to 64 px`, `Score from 98.0 %`. */
export const describeRange = (measure: FaceMeasure, { least, most }: Range): string => {
  const { name } = MEASURE_WORDS[measure];
  if (least === undefined && most === undefined) return name;
  if (most === undefined) return `${name} from ${formatMeasure(measure, least ?? 0)}`;
  if (least === undefined) return `${name} up to ${formatMeasure(measure, most)}`;
  return `${name} ${formatMeasure(measure, least)} to ${formatMeasure(measure, most)}`;
};

/** Yes-or-no facets in words. */
export const YES_NO_WORDS = {
  isEdited: { yes: 'Edited by hand', no: 'Not edited' },
  isStale: { yes: 'Stale crop', no: 'Fresh crop' },
  hasSeveralIdentities: { yes: 'Several identities in the photo', no: 'One identity in the photo' },
  isChosen: { yes: 'The photo’s face', no: 'Other faces of photos' },
  hasCrop: { yes: 'With a crop', no: 'Without a crop' },
} as const satisfies Partial<Record<keyof FaceFilter, { readonly yes: string; readonly no: string }>>;

/** A face in words, for those who do not see it. */
export const describeFace = (face: {
  readonly identity: { readonly name: string } | null;
  readonly state: FaceState;
  readonly score: number;
  readonly isStale: boolean;
}): string =>
  [
    face.identity?.name ?? 'Nobody',
    FACE_STATE_NAMES[face.state],
    `score ${formatScore(face.score)}`,
    ...(face.isStale ? ['stale crop'] : []),
  ].join(', ');
