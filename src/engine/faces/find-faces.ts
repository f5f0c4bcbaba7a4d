import { join } from 'node:path';
import { cropGeometry, type CropRules } from '../../core/align/crop-geometry.ts';
import type { CropPlan } from '../../core/images/crop-plan.ts';
import type { Box } from '../../core/geometry/box.ts';
import type { FaceOutcome, FaceTask } from '../../contract/engine.ts';
import type { CropSettings, DetectSettings, Face } from '../../contract/faces.ts';
import { ImageFailure, WorkerLost, type ImagePool, type OpenedPhoto } from '../../node/images/pool.ts';
import type { Detector, Found } from './detect.ts';

export type FaceSettings = { readonly detect: DetectSettings; readonly crop: CropSettings | null };

/** Faces to crop: found, or given with the turn that a person gave their crops. */
type Croppable = {
  readonly faces: readonly (Found['faces'][number] & { readonly rotationDegrees?: number })[];
  readonly chosen: number | null;
};

type PlannedCrop = { readonly face: number; readonly region: Box; readonly plan: CropPlan };

/** How often a photo is opened anew when the process that held it died over another photo. */
const MOST_ATTEMPTS = 4;

/** Digits of a photo's hash that name the folder of its crops, so that no folder holds too many. */
const FOLDER_DIGITS = 2;

const stemOf = (output: NonNullable<FaceTask['output']>, sourceSha256: string): string =>
  typeof output === 'string'
    ? output
    : join(output.folder, sourceSha256.slice(0, FOLDER_DIGITS), `${sourceSha256}-${output.key}`);

const planCrops = (
  found: Croppable,
  photo: OpenedPhoto,
  output: NonNullable<FaceTask['output']>,
  { detect, crop }: { readonly detect: DetectSettings; readonly crop: CropSettings },
): PlannedCrop[] => {
  const rules: CropRules = { ...crop, clips: detect.mode === 'facenet' };
  const wanted = crop.detectMultipleFaces
    ? found.faces.map((_, index) => index)
    : found.chosen === null
      ? []
      : [found.chosen];
  return wanted.flatMap((index) => {
    const face = found.faces[index];
    const cut = face === undefined ? null : cropGeometry(face, photo, rules);
    if (cut === null) return [];
    const stem = stemOf(output, photo.sourceSha256);
    const file = crop.detectMultipleFaces ? `${stem}_${String(index)}.png` : `${stem}.png`;
    return [
      {
        face: index,
        region: cut.region,
        plan: { output: file, sizePx: crop.imageSizePx, geometry: cut.geometry },
      },
    ];
  });
};

/** The faces that a person put into a photo, as if they were found. */
const givenFaces = (given: NonNullable<FaceTask['given']>): Croppable => ({
  faces: given.map((face) => ({ ...face, score: 1 })),
  chosen: null,
});

/** A face as the contract tells of it. @throws RangeError without five landmarks */
export const toFace = ({ box, score, landmarks }: Found['faces'][number]): Face => {
  const [leftEye, rightEye, nose, mouthLeft, mouthRight] = landmarks;
  if (!leftEye || !rightEye || !nose || !mouthLeft || !mouthRight)
    throw new RangeError('A face has five landmarks.');
  const point = ([x, y]: readonly [number, number]): [number, number] => [x, y];
  return {
    box: [...box],
    score,
    landmarks: [point(leftEye), point(rightEye), point(nose), point(mouthLeft), point(mouthRight)],
  };
};

const facesOf = async (
  photo: OpenedPhoto,
  task: FaceTask,
  settings: FaceSettings,
  detector: Detector,
  signal: AbortSignal,
): Promise<FaceOutcome> => {
  const found =
    task.given === undefined ? await detector.detect(photo, settings.detect) : givenFaces(task.given);
  signal.throwIfAborted();
  const { crop, detect } = settings;
  const planned =
    crop === null || task.output === null || task.view !== undefined
      ? []
      : planCrops(found, photo, task.output, { crop, detect });
  const written = planned.length === 0 ? [] : await photo.write(planned.map(({ plan }) => plan));
  return {
    kind: 'faces',
    sourceSha256: photo.sourceSha256,
    widthPx: photo.widthPx,
    heightPx: photo.heightPx,
    conversions: [...photo.conversions],
    faces: found.faces.map(toFace),
    chosen: found.chosen,
    crops: planned.flatMap(({ face, region, plan }, index) => {
      const file = written[index];
      return file === undefined ? [] : [{ face, file: plan.output, region: [...region], ...file }];
    }),
  };
};

/**
 * Finds the faces of one photo and writes its crops. A photo that cannot be used is an outcome, not an error. Calls `opened`
 * once the photo's pixels are held.
 * @throws CannotWrite when nothing can be written any more; the signal's reason when it was aborted.
 */
export const findFaces = async (
  task: FaceTask,
  settings: FaceSettings,
  { pool, detector }: { readonly pool: ImagePool; readonly detector: Detector },
  signal: AbortSignal,
  opened: () => void,
): Promise<FaceOutcome> => {
  const { minFaceSizePx, scaleFactor, mode } = settings.detect;
  const pyramid = { minFaceSizePx, scaleFactor, asOpenCv: mode === 'facenet' };
  for (let attempt = 1; ; attempt += 1) {
    detector.scheduler.enter();
    let photo: OpenedPhoto | null = null;
    try {
      signal.throwIfAborted();
      const wanted = task.given === undefined ? pyramid : null;
      const answer = await pool.open({
        file: task.file,
        known: task.known,
        pyramid: wanted,
        view: task.view,
      });
      if (answer === 'unchanged') return { kind: 'unchanged' };
      photo = answer;
      opened();
      signal.throwIfAborted();
      return await facesOf(photo, task, settings, detector, signal);
    } catch (error) {
      if (error instanceof ImageFailure) {
        return { kind: 'failed', code: error.code, message: error.message, sourceSha256: error.sourceSha256 };
      }
      if (!(error instanceof WorkerLost) || attempt === MOST_ATTEMPTS) throw error;
    } finally {
      photo?.release();
      detector.scheduler.leave();
    }
  }
};
