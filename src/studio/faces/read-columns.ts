import type { Identities } from '../../core/dataset/identities.ts';
import { poseOf } from '../../core/quality/pose.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionsOf, eachDecision } from '../edits/decisions.ts';
import { FIELDS, type Decided } from '../edits/fields.ts';
import { readGeometry } from '../edits/geometry.ts';
import { cropKeyOf, workKeyOf } from '../ingest/work-key.ts';
import { alignSettings } from '../workspace/properties.ts';
import { createColumns, FLAG, placeFor, UNDECIDED, type FaceColumns } from './columns.ts';

type FaceRow = readonly [
  id: number,
  photo: number,
  source: number,
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

const flagSql = (flag: number, condition: string): string => `(${condition}) * ${String(flag)}`;

/** `?1` is the key of the work that the settings ask for. */
const SELECT = `
  SELECT faces.id, faces.photo_id, ifnull(files.source_id, 0), ifnull(files.identity_id, 0),
    ${[
      flagSql(FLAG.found, 'faces.is_found'),
      flagSql(FLAG.inLibrary, 'photos.main_file_id IS NOT NULL'),
      flagSql(FLAG.proposed, 'photos.chosen_face_id IS faces.id'),
      flagSql(FLAG.hasCrop, 'faces.crop_key IS NOT NULL'),
      flagSql(FLAG.stale, 'photos.work_key = ?1 AND faces.crop_key IS NOT ?1'),
      flagSql(FLAG.waits, 'photos.work_key <> ?1'),
      flagSql(FLAG.unreadable, 'photos.failure_code IS NOT NULL'),
    ].join(' + ')},
    faces.score, min(faces.right_px - faces.left_px, faces.bottom_px - faces.top_px), faces.sharpness, faces.exposure,
    faces.yaw_degrees, faces.pitch_degrees, faces.roll_degrees, ifnull(files.modified_ns / 1000000000, 0)
  FROM faces JOIN photos ON photos.id = faces.photo_id LEFT JOIN files ON files.id = photos.main_file_id`;

const currentWorkKey = (catalogue: Database): Uint8Array => workKeyOf(alignSettings(catalogue));

/** What was read from files; all that is decided is forgotten. */
const putRow = (columns: FaceColumns, row: FaceRow): number => {
  const [id, photo, source, label, flags, score, size, sharpness, exposure, yaw, pitch, roll, date] = row;
  const place = placeFor(columns, id);
  columns.photos[place] = photo;
  columns.sources[place] = source;
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

/** Whether the crop of a face that was changed by hand is the one of the changed box. */
const putStaleness = (
  columns: FaceColumns,
  catalogue: Database,
  place: number,
  workKey: Uint8Array,
  geometry: Decided,
): void => {
  const flags = columns.flags[place] ?? 0;
  if (!(geometry instanceof Uint8Array) || (flags & FLAG.waits) !== 0) return;
  const row = catalogue.get<{ readonly crop_key: Uint8Array | null }>(
    'SELECT crop_key FROM faces WHERE id = ?',
    columns.ids[place] ?? 0,
  );
  const isCurrent =
    row?.crop_key instanceof Uint8Array && Buffer.compare(row.crop_key, cropKeyOf(workKey, geometry)) === 0;
  columns.flags[place] = isCurrent ? flags & ~FLAG.stale : flags | FLAG.stale;
};

const FACES_AT_ONCE = 5000;

/** What was read from files of all faces; nothing of what was decided. */
export const readFoundFaces = (catalogue: Database): FaceColumns => {
  const columns = createColumns(countAllFaces(catalogue));
  const workKey = currentWorkKey(catalogue);
  const last =
    catalogue.get<{ readonly last: number | null }>('SELECT max(id) AS last FROM faces')?.last ?? 0;
  const sql = `${SELECT} WHERE faces.id BETWEEN ?2 AND ?3 ORDER BY faces.id`;
  for (let from = 1; from <= last; from += FACES_AT_ONCE)
    for (const row of catalogue.arrays<FaceRow>(sql, workKey, from, from + FACES_AT_ONCE - 1))
      putRow(columns, row);
  return columns;
};

/** How many faces the catalogue has, shown or not. */
export const countAllFaces = (catalogue: Database): number =>
  catalogue.get<{ readonly n: number }>('SELECT count(*) AS n FROM faces')?.n ?? 0;

const rowsOfPhotos = (catalogue: Database, photos: Iterable<number>, workKey: Uint8Array): FaceRow[] => {
  const rows: FaceRow[] = [];
  for (const photo of photos)
    rows.push(
      ...catalogue.arrays<FaceRow>(`${SELECT} WHERE faces.photo_id = ?2 ORDER BY faces.id`, workKey, photo),
    );
  return rows.sort((a, b) => a[0] - b[0]);
};

/** Brings columns of `readFoundFaces` up to date: faces of photos of a later revision, and faces that came since. */
export const readLaterFaces = (columns: FaceColumns, catalogue: Database, revision: number): void => {
  const workKey = currentWorkKey(catalogue);
  const photos = catalogue
    .all<{ readonly id: number }>('SELECT id FROM photos WHERE revision > ?', revision)
    .map(({ id }) => id);
  const last = columns.ids[columns.count - 1] ?? 0;
  // Those that came at the end first: ids only grow, and a face that a person drew is no news of its photo.
  for (const row of catalogue.rows<FaceRow>(`${SELECT} WHERE faces.id > ?2 ORDER BY faces.id`, workKey, last))
    putRow(columns, row);
  for (const row of rowsOfPhotos(catalogue, photos, workKey)) putRow(columns, row);
};

const FOUND_FLAGS =
  FLAG.found | FLAG.inLibrary | FLAG.proposed | FLAG.hasCrop | FLAG.stale | FLAG.waits | FLAG.unreadable;

/** What `readFoundFaces` would read, from columns that hold decisions as well: only faces that were changed by hand are read. */
export const withoutDecisions = (columns: FaceColumns, catalogue: Database): FaceColumns => {
  const found: FaceColumns = {
    ...columns,
    decided: new Uint32Array(columns.ids.length),
    states: new Uint8Array(columns.ids.length),
    flags: columns.flags.slice(),
    sizes: columns.sizes.slice(),
    yaws: columns.yaws.slice(),
    pitches: columns.pitches.slice(),
    rolls: columns.rolls.slice(),
  };
  const edited = new Set<number>();
  for (let place = 0; place < found.count; place += 1) {
    const flags = columns.flags[place] ?? 0;
    found.flags[place] = flags & FOUND_FLAGS;
    if ((flags & FLAG.edited) !== 0) edited.add(columns.photos[place] ?? 0);
  }
  for (const row of rowsOfPhotos(catalogue, edited, currentWorkKey(catalogue))) putRow(found, row);
  return found;
};

/** Puts everything that was decided into columns of `readFoundFaces`. What follows from it is not worked out yet. */
export const putAllDecisions = (columns: FaceColumns, catalogue: Database): void => {
  const workKey = currentWorkKey(catalogue);
  for (const field of FACE_FIELDS) {
    for (const [face, value] of eachDecision(catalogue, field)) {
      const place = placeFor(columns, face);
      putDecision(columns, place, field, value);
      if (field === 'face.geometry') putStaleness(columns, catalogue, place, workKey, value);
    }
  }
  putAllChoices(columns, catalogue);
};

type DecisionRow = { readonly value: Decided };

/** Reads the faces of some photos again; gives their places. */
export const readPhotos = (
  columns: FaceColumns,
  catalogue: Database,
  photos: Iterable<number>,
): readonly number[] => {
  const places: number[] = [];
  const workKey = currentWorkKey(catalogue);
  const decided = (code: number, subject: number): Decided =>
    catalogue.get<DecisionRow>('SELECT value FROM decisions WHERE field = ? AND subject = ?', code, subject)
      ?.value ?? null;
  for (const row of rowsOfPhotos(catalogue, photos, workKey)) {
    const place = putRow(columns, row);
    for (const field of FACE_FIELDS) {
      const value = decided(FIELDS[field], row[0]);
      putDecision(columns, place, field, value);
      if (field === 'face.geometry') putStaleness(columns, catalogue, place, workKey, value);
    }
    const chosen = decided(FIELDS['photo.chosen'], row[1]);
    if (typeof chosen === 'number') putChoice(columns, place, chosen);
    places.push(place);
  }
  return places;
};

/** The identity that each id stands for, by id. */
export const canonicalTable = (identities: Identities, mostId: number): Uint32Array =>
  Uint32Array.from({ length: mostId + 1 }, (_, id) => (id === 0 ? 0 : identities.canonical(id)));
