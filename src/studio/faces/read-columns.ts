import type { Identities } from '../../core/dataset/identities.ts';
import { poseOf } from '../../core/quality/pose.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionsOf } from '../edits/decisions.ts';
import { FIELDS, type Decided } from '../edits/fields.ts';
import { readGeometry } from '../edits/geometry.ts';
import { createColumns, FLAG, placeFor, UNDECIDED, type FaceColumns } from './columns.ts';

type FaceRow = readonly [
  id: number,
  photo: number,
  label: number,
  flags: number,
  score: number,
  size: number,
  sharpness: number | null,
  exposure: number | null,
  yaw: number,
  pitch: number,
  roll: number,
  date: number,
];

const SELECT = `
  SELECT faces.id, faces.photo_id, ifnull(files.identity_id, 0),
    faces.is_found * ${String(FLAG.found)} + (photos.main_file_id IS NOT NULL) * ${String(FLAG.inLibrary)}
      + ifnull(photos.chosen_face_id = faces.id, 0) * ${String(FLAG.proposed)} + (faces.crop_key IS NOT NULL) * ${String(FLAG.hasCrop)},
    faces.score, min(faces.right_px - faces.left_px, faces.bottom_px - faces.top_px), faces.sharpness, faces.exposure,
    faces.yaw_degrees, faces.pitch_degrees, faces.roll_degrees, ifnull(files.modified_ns / 1000000000, 0)
  FROM faces JOIN photos ON photos.id = faces.photo_id LEFT JOIN files ON files.id = photos.main_file_id`;

/** What was read from files; all that is decided is forgotten. */
const putRow = (columns: FaceColumns, row: FaceRow): number => {
  const [id, photo, label, flags, score, size, sharpness, exposure, yaw, pitch, roll, date] = row;
  const place = placeFor(columns, id);
  columns.photos[place] = photo;
  columns.labels[place] = label;
  columns.decided[place] = UNDECIDED;
  columns.states[place] = 0;
  columns.flags[place] = flags;
  columns.scores[place] = score;
  columns.sizes[place] = size;
  columns.sharpness[place] = sharpness ?? Number.NaN;
  columns.exposures[place] = exposure ?? Number.NaN;
  columns.yaws[place] = yaw;
  columns.pitches[place] = pitch;
  columns.rolls[place] = roll;
  columns.dates[place] = date;
  return place;
};

/** Puts a decided value of a face into its place; null takes the decision back, but for geometry, whose face must be read again. */
export const putDecision = (
  columns: FaceColumns,
  place: number,
  field: 'face.state' | 'face.identity' | 'face.presence' | 'face.geometry',
  value: Decided,
): void => {
  const flags = columns.flags[place] ?? 0;
  switch (field) {
    case 'face.state':
      columns.states[place] = typeof value === 'number' ? value : 0;
      return;
    case 'face.identity':
      columns.decided[place] = typeof value === 'number' ? value : UNDECIDED;
      return;
    case 'face.presence': {
      const rest = flags & ~(FLAG.presenceDecided | FLAG.presenceYes);
      columns.flags[place] =
        typeof value === 'number' ? rest | FLAG.presenceDecided | (value === 1 ? FLAG.presenceYes : 0) : rest;
      return;
    }
    case 'face.geometry': {
      if (!(value instanceof Uint8Array)) return;
      const { box, landmarks } = readGeometry(value);
      const pose = poseOf(landmarks);
      columns.flags[place] = flags | FLAG.edited;
      columns.sizes[place] = Math.min(box[2] - box[0], box[3] - box[1]);
      columns.yaws[place] = pose.yawDegrees;
      columns.pitches[place] = pose.pitchDegrees;
      columns.rolls[place] = pose.rollDegrees;
    }
  }
};

/** Notes which face a photo is about by a person's choice. */
const putChoice = (columns: FaceColumns, place: number, chosen: number): void => {
  columns.flags[place] =
    (columns.flags[place] ?? 0) | FLAG.choiceDecided | (columns.ids[place] === chosen ? FLAG.choiceYes : 0);
};

const FACE_FIELDS = ['face.state', 'face.identity', 'face.presence', 'face.geometry'] as const;

/** The places of the faces of each photo that a person chose a face for. */
const putAllChoices = (columns: FaceColumns, catalogue: Database): void => {
  const choices = decisionsOf(catalogue, 'photo.chosen');
  if (choices.size === 0) return;
  for (let place = 0; place < columns.count; place += 1) {
    const chosen = choices.get(columns.photos[place] ?? 0);
    if (typeof chosen === 'number') putChoice(columns, place, chosen);
  }
};

/** Reads all faces. What follows from decisions is not worked out yet. */
export const readColumns = (catalogue: Database): FaceColumns => {
  const count = catalogue.get<{ readonly n: number }>('SELECT count(*) AS n FROM faces')?.n ?? 0;
  const columns = createColumns(count);
  for (const row of catalogue.rows<FaceRow>(`${SELECT} ORDER BY faces.id`)) putRow(columns, row);
  for (const field of FACE_FIELDS) {
    for (const [face, value] of decisionsOf(catalogue, field)) {
      const place = placeFor(columns, face);
      putDecision(columns, place, field, value);
    }
  }
  putAllChoices(columns, catalogue);
  return columns;
};

type DecisionRow = { readonly value: Decided };

/** Reads the faces of some photos again; gives their places. */
export const readPhotos = (
  columns: FaceColumns,
  catalogue: Database,
  photos: Iterable<number>,
): readonly number[] => {
  const places: number[] = [];
  const rows: FaceRow[] = [];
  for (const photo of photos)
    rows.push(...catalogue.rows<FaceRow>(`${SELECT} WHERE faces.photo_id = ? ORDER BY faces.id`, photo));
  const decided = (code: number, subject: number): Decided =>
    catalogue.get<DecisionRow>('SELECT value FROM decisions WHERE field = ? AND subject = ?', code, subject)
      ?.value ?? null;
  for (const row of rows.sort((a, b) => a[0] - b[0])) {
    const place = putRow(columns, row);
    for (const field of FACE_FIELDS) putDecision(columns, place, field, decided(FIELDS[field], row[0]));
    const chosen = decided(FIELDS['photo.chosen'], row[1]);
    if (typeof chosen === 'number') putChoice(columns, place, chosen);
    places.push(place);
  }
  return places;
};

/** The identity that each id stands for, by id. */
export const canonicalTable = (identities: Identities, mostId: number): Uint32Array =>
  Uint32Array.from({ length: mostId + 1 }, (_, id) => (id === 0 ? 0 : identities.canonical(id)));
