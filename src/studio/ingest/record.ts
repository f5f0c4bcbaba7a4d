import type { FaceOutcome, MeasuredCrop } from '../../contract/engine.ts';
import type { Box, Face } from '../../contract/faces.ts';
import { poseOf } from '../../core/quality/pose.ts';
import type { Database } from '../catalogue/database.ts';
import { nextRevision, refreshPhotos } from '../edits/derived.ts';
import { packLandmarks } from '../edits/geometry.ts';
import { matchFaces } from './match-faces.ts';

/** A file and what the engine made of it. */
export type Finished = { readonly file: number; readonly outcome: FaceOutcome };

export type RecordContext = {
  readonly catalogue: Database;
  readonly workKey: Uint8Array;
  /** A crop's path, relative to the workspace's folder, with `/`. */
  readonly relativeCrop: (file: string) => string;
};

type Faces = Extract<FaceOutcome, { readonly kind: 'faces' }>;
type Failed = Extract<FaceOutcome, { readonly kind: 'failed' }>;
type IdRow = { readonly id: number };

const hashBytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'));

const putPhoto = (
  { catalogue, workKey }: RecordContext,
  sha256: string,
  facts: {
    readonly failure: { readonly code: string; readonly message: string } | null;
    readonly widthPx: number | null;
    readonly heightPx: number | null;
    readonly conversions: readonly string[];
  },
): number => {
  const hash = hashBytes(sha256);
  catalogue.run(
    `INSERT INTO photos (sha256, work_key, failure_code, failure_message, width_px, height_px, conversions, revision)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (sha256) DO UPDATE SET work_key = excluded.work_key, failure_code = excluded.failure_code,
       failure_message = excluded.failure_message, width_px = excluded.width_px, height_px = excluded.height_px,
       conversions = excluded.conversions, revision = excluded.revision`,
    hash,
    workKey,
    facts.failure?.code ?? null,
    facts.failure?.message ?? null,
    facts.widthPx,
    facts.heightPx,
    JSON.stringify(facts.conversions),
    nextRevision(catalogue),
  );
  const row = catalogue.get<IdRow>('SELECT id FROM photos WHERE sha256 = ?', hash);
  if (row === null) throw new Error('The photo that was noted is not there.');
  return row.id;
};

type KnownRow = IdRow & {
  readonly left_px: number;
  readonly top_px: number;
  readonly right_px: number;
  readonly bottom_px: number;
};

const knownFaces = (catalogue: Database, photo: number): readonly { id: number; box: Box }[] =>
  catalogue
    .all<KnownRow>(
      'SELECT id, left_px, top_px, right_px, bottom_px FROM faces WHERE photo_id = ? ORDER BY id',
      photo,
    )
    .map((row) => ({ id: row.id, box: [row.left_px, row.top_px, row.right_px, row.bottom_px] }));

const putFace = (
  { catalogue, workKey, relativeCrop }: RecordContext,
  photo: number,
  known: number | null,
  face: Face,
  crop: MeasuredCrop | undefined,
): number => {
  const pose = poseOf(face.landmarks);
  const values = [
    face.score,
    ...face.box,
    packLandmarks(face.landmarks),
    pose.yawDegrees,
    pose.pitchDegrees,
    pose.rollDegrees,
    workKey,
    crop === undefined ? null : relativeCrop(crop.file),
    crop?.bytes ?? null,
    crop === undefined ? null : hashBytes(crop.sha256),
    crop?.quality.sharpness ?? null,
    crop?.quality.exposure ?? null,
  ] as const;
  if (known !== null) {
    catalogue.run(
      `UPDATE faces SET is_found = 1, score = ?, left_px = ?, top_px = ?, right_px = ?, bottom_px = ?, landmarks = ?, yaw_degrees = ?,
       pitch_degrees = ?, roll_degrees = ?, crop_key = ?, crop_file = ?, crop_bytes = ?, crop_sha256 = ?, sharpness = ?, exposure = ? WHERE id = ?`,
      ...values,
      known,
    );
    return known;
  }
  return catalogue.run(
    `INSERT INTO faces (photo_id, is_found, score, left_px, top_px, right_px, bottom_px, landmarks, yaw_degrees, pitch_degrees, roll_degrees,
     crop_key, crop_file, crop_bytes, crop_sha256, sharpness, exposure) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    photo,
    ...values,
  ).lastId;
};

const recordFaces = (context: RecordContext, outcome: Faces): number => {
  const { catalogue } = context;
  const { widthPx, heightPx, conversions } = outcome;
  const photo = putPhoto(context, outcome.sourceSha256, { failure: null, widthPx, heightPx, conversions });
  const matched = matchFaces(
    outcome.faces.map(({ box }) => box),
    knownFaces(catalogue, photo),
  );
  catalogue.run('UPDATE faces SET is_found = 0 WHERE photo_id = ?', photo);
  const ids = outcome.faces.map((face, place) =>
    putFace(
      context,
      photo,
      matched[place] ?? null,
      face,
      outcome.crops.find((crop) => crop.face === place),
    ),
  );
  const chosen = outcome.chosen === null ? null : (ids[outcome.chosen] ?? null);
  catalogue.run('UPDATE photos SET chosen_face_id = ? WHERE id = ?', chosen, photo);
  return photo;
};

/** Failures that say nothing of the content: another time, or another name, may be another matter. */
const OF_THE_FILE: ReadonlySet<string> = new Set([
  'missing',
  'no-permission',
  'not-a-file',
  'broken-link',
  'bad-name',
  'too-slow',
  'too-much-memory',
  'not-written',
]);

const setProblem = (catalogue: Database, file: number, { code, message }: Failed): void => {
  catalogue.run(
    "UPDATE files SET photo_id = NULL, problem_status = 'failed', problem_code = ?, problem_message = ? WHERE id = ?",
    code,
    message,
    file,
  );
};

const recordOne = (context: RecordContext, { file, outcome }: Finished): number | null => {
  const { catalogue } = context;
  if (outcome.kind === 'unchanged') throw new Error('Nothing was known that could be unchanged.');
  if (outcome.kind === 'failed' && (outcome.sourceSha256 === null || OF_THE_FILE.has(outcome.code))) {
    setProblem(catalogue, file, outcome);
    return null;
  }
  const photo =
    outcome.kind === 'faces'
      ? recordFaces(context, outcome)
      : putPhoto(context, outcome.sourceSha256 ?? '', {
          failure: outcome,
          widthPx: null,
          heightPx: null,
          conversions: [],
        });
  catalogue.run(
    'UPDATE files SET photo_id = ?, problem_status = NULL, problem_code = NULL, problem_message = NULL WHERE id = ?',
    photo,
    file,
  );
  return photo;
};

/** Writes what the engine made of some files, all in one transaction; gives the photos that are concerned. */
export const recordOutcomes = (context: RecordContext, finished: readonly Finished[]): readonly number[] =>
  context.catalogue.transaction(() => {
    const photos = new Set<number>();
    for (const each of finished) {
      const before = context.catalogue.get<{ readonly photo_id: number | null }>(
        'SELECT photo_id FROM files WHERE id = ?',
        each.file,
      );
      const photo = recordOne(context, each);
      if (photo !== null) photos.add(photo);
      if (typeof before?.photo_id === 'number') photos.add(before.photo_id);
    }
    refreshPhotos(context.catalogue, photos);
    return [...photos];
  });
