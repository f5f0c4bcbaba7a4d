import { relative, sep } from 'node:path';
import type { FaceOutcome, FaceTask } from '../../contract/engine.ts';
import type { Database } from '../catalogue/database.ts';
import { decisionReader } from '../edits/decisions.ts';
import { nextRevision } from '../edits/derived.ts';
import { readGeometry, readLandmarks, type FaceGeometry } from '../edits/geometry.ts';
import { runTasks, TASKS_PER_CHUNK, type TaskRun } from '../engine/run-tasks.ts';
import { openablePath } from '../scan/names.ts';
import type { Workspace } from '../workspace/open.ts';
import { staleCrops } from './stale.ts';
import { syncCrops } from './sync-crops.ts';
import { cropKeyOf } from './work-key.ts';

type FaceRow = {
  readonly photo_id: number;
  readonly sha256: Uint8Array;
  readonly folder: Uint8Array;
  readonly path: Uint8Array;
  readonly left_px: number;
  readonly top_px: number;
  readonly right_px: number;
  readonly bottom_px: number;
  readonly landmarks: Uint8Array;
};

type Recrop = {
  readonly face: number;
  readonly photo: number;
  readonly sha256: string;
  readonly file: string;
  readonly geometry: FaceGeometry;
  readonly key: Uint8Array;
};

const SELECT = `
  SELECT faces.photo_id, photos.sha256, sources.folder, files.path, left_px, top_px, right_px, bottom_px, landmarks FROM faces
  JOIN photos ON photos.id = faces.photo_id JOIN files ON files.id = photos.main_file_id JOIN sources ON sources.id = files.source_id
  WHERE faces.id = ?`;

const recropOf = (catalogue: Database, face: number, workKey: Uint8Array): Recrop | null => {
  const row = catalogue.get<FaceRow>(SELECT, face);
  const file = row === null ? null : openablePath(Buffer.concat([row.folder, Buffer.from('/'), row.path]));
  if (row === null || file === null) return null;
  const decided = decisionReader(catalogue, 'face.geometry', 1)(face);
  const geometry =
    decided instanceof Uint8Array
      ? readGeometry(decided)
      : {
          box: [row.left_px, row.top_px, row.right_px, row.bottom_px] as const,
          landmarks: readLandmarks(row.landmarks),
          rotationDegrees: 0,
        };
  return {
    face,
    photo: row.photo_id,
    sha256: Buffer.from(row.sha256).toString('hex'),
    file,
    geometry: { ...geometry, box: [...geometry.box] },
    key: cropKeyOf(workKey, decided instanceof Uint8Array ? decided : null),
  };
};

const KEY_DIGITS = 8;

/** Two faces of one photo may have one key; the face's own number keeps their files apart. */
const taskOf = ({ face, file, geometry, key }: Recrop, crops: string): FaceTask => ({
  id: face,
  file,
  output: { folder: crops, key: `${Buffer.from(key).toString('hex').slice(0, KEY_DIGITS)}-${String(face)}` },
  known: null,
  given: [geometry],
});

type Made = {
  readonly recrop: Recrop;
  readonly file: string | null;
  readonly bytes: number | null;
  readonly sha256: Uint8Array | null;
  readonly sharpness: number | null;
  readonly exposure: number | null;
};

const record = ({ catalogue }: Workspace, made: readonly Made[]): void => {
  catalogue.transaction(() => {
    const revision = nextRevision(catalogue);
    for (const { recrop, file, bytes, sha256, sharpness, exposure } of made) {
      catalogue.run(
        'UPDATE faces SET crop_key = ?, crop_file = ?, crop_bytes = ?, crop_sha256 = ?, sharpness = ?, exposure = ? WHERE id = ?',
        recrop.key,
        file,
        bytes,
        sha256,
        sharpness,
        exposure,
        recrop.face,
      );
      catalogue.run('UPDATE photos SET revision = ? WHERE id = ?', revision, recrop.photo);
    }
  });
};

const CHANGED = 'The photo is not the one that was aligned any more: scan the workspace.';

/**
 * Makes the crops of faces anew; gives why some could not be, as sentences. A photo whose content is no longer what was decided of is left to the next scan.
 * @throws as `runTasks` does
 */
export const recropFaces = async (
  workspace: Workspace,
  run: TaskRun,
  workKey: Uint8Array,
  faces: readonly number[],
): Promise<readonly string[]> => {
  const { catalogue, paths } = workspace;
  // A face that a person asks for has its crop, even where a photo has the crop of its chosen face alone.
  const each: TaskRun = {
    ...run,
    crop: run.crop === null ? null : { ...run.crop, detectMultipleFaces: true },
  };
  const problems: string[] = [];
  for (let from = 0; from < faces.length; from += TASKS_PER_CHUNK) {
    const recrops = faces
      .slice(from, from + TASKS_PER_CHUNK)
      .flatMap((face) => recropOf(catalogue, face, workKey) ?? []);
    const byFace = new Map(recrops.map((recrop) => [recrop.face, recrop]));
    const made: Made[] = [];
    const outcomes: FaceOutcome[] = [];
    await runTasks(
      each,
      recrops.map((recrop) => taskOf(recrop, paths.crops)),
      ({ id }, outcome) => {
        const recrop = byFace.get(id);
        if (recrop === undefined) return;
        if (outcome.kind !== 'faces' || outcome.sourceSha256 !== recrop.sha256) {
          problems.push(outcome.kind === 'failed' ? outcome.message : CHANGED);
          return;
        }
        outcomes.push(outcome);
        const crop = outcome.crops[0];
        made.push({
          recrop,
          file: crop === undefined ? null : relative(paths.folder, crop.file).split(sep).join('/'),
          bytes: crop?.bytes ?? null,
          sha256: crop === undefined ? null : new Uint8Array(Buffer.from(crop.sha256, 'hex')),
          sharpness: crop?.quality.sharpness ?? null,
          exposure: crop?.quality.exposure ?? null,
        });
      },
    );
    await syncCrops(workspace, outcomes);
    record(workspace, made);
    workspace.faces().refresh(new Set(made.map(({ recrop }) => recrop.photo)));
  }
  return problems;
};

/** Makes the crops that edits made stale, those and no others. @throws as `runTasks` does */
export const recropStale = (
  workspace: Workspace,
  run: TaskRun,
  workKey: Uint8Array,
): Promise<readonly string[]> => recropFaces(workspace, run, workKey, staleCrops(workspace.catalogue));
