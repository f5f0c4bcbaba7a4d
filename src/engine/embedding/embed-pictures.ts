import { cropGeometry } from '../../core/align/crop-geometry.ts';
import type { CropCut } from '../../core/images/crop-plan.ts';
import type { EmbedOutcome, EmbedTask } from '../../contract/engine.ts';
import type { Face } from '../../contract/faces.ts';
import type { Preprocessing } from '../../contract/models.ts';
import { ImageFailure, WorkerLost, type ImagePool, type OpenedPhoto } from '../../node/images/pool.ts';
import type { Detector } from '../faces/detect.ts';
import { toFace } from '../faces/find-faces.ts';
import type { SquareSource } from '../pipeline/square-stage.ts';
import type { Embedder } from './embedders.ts';

const CHANNELS = 3;

/** How often a picture is opened anew when the process that held it died over another one. */
const MOST_ATTEMPTS = 4;

/** Vectors of one picture's faces; null for one without. */
export type Embedded =
  | Exclude<EmbedOutcome, { kind: 'embedded' }>
  | {
      readonly kind: 'embedded';
      readonly sourceSha256: string;
      readonly vectors: readonly (Float32Array | null)[];
      readonly face: Face | null;
    };

type Geometry = Parameters<typeof cropGeometry>[0];

/** What the network sees of a face: the middle of the crop that the model's contract asks for. Null when it lies outside the picture. */
const cutOfFace = (
  face: Geometry,
  photo: OpenedPhoto,
  { crop, inputSizePx }: Preprocessing,
): CropCut | null => {
  const cut = cropGeometry(face, photo, { ...crop, clips: false });
  return cut === null ? null : middleOf({ sizePx: crop.imageSizePx, geometry: cut.geometry }, inputSizePx);
};

/** The middle `inputSizePx` of a crop, as a crop of its own. */
const middleOf = ({ sizePx, geometry }: CropCut, inputSizePx: number): CropCut => {
  const inset = Math.floor((sizePx - inputSizePx) / 2);
  if (inset === 0 && sizePx === inputSizePx) return { sizePx, geometry };
  if (geometry.kind === 'similarity') {
    const [a, b, tx, ty] = geometry.matrix;
    const matrix = [a, b, a * inset - b * inset + tx, b * inset + a * inset + ty] as const;
    return { sizePx: inputSizePx, geometry: { kind: 'similarity', matrix } };
  }
  const [left, top, right, bottom] = geometry.box;
  const [across, down] = [(right - left) / sizePx, (bottom - top) / sizePx];
  return {
    sizePx: inputSizePx,
    geometry: {
      kind: 'region',
      box: [
        left + inset * across,
        top + inset * down,
        left + (inset + inputSizePx) * across,
        top + (inset + inputSizePx) * down,
      ],
      outside: 'black',
    },
  };
};

/** A crop as it is: its middle. @throws ImageFailure for a picture of a size that the model's crops do not have */
const cutOfCrop = (
  { widthPx, heightPx, sourceSha256 }: OpenedPhoto,
  { inputSizePx, crop, alsoTakes }: Preprocessing,
): CropCut => {
  const sizes = [...new Set([crop, ...alsoTakes].map(({ imageSizePx }) => imageSizePx))];
  if (widthPx !== heightPx || !sizes.includes(widthPx))
    throw new ImageFailure(
      'unsupported',
      `The crop has ${String(widthPx)} x ${String(heightPx)} px, but the model takes crops of ${sizes.join(' or ')} px: align the photos again.`,
      sourceSha256,
    );
  const inset = Math.floor((widthPx - inputSizePx) / 2);
  return {
    sizePx: inputSizePx,
    geometry: {
      kind: 'region',
      box: [inset, inset, inset + inputSizePx, inset + inputSizePx],
      outside: 'black',
    },
  };
};

/** Pictures [count, side, side, 3], each row of pixels from right to left. */
const mirrored = (source: SquareSource<Uint8Array>, sidePx: number): SquareSource<Uint8Array> => ({
  copyTo(target, from) {
    source.copyTo(target, from);
    const rowBytes = sidePx * CHANNELS;
    for (let row = 0; row < target.length; row += rowBytes)
      for (let left = 0, right = sidePx - 1; left < right; left += 1, right -= 1)
        for (let channel = 0; channel < CHANNELS; channel += 1) {
          const [a, b] = [row + left * CHANNELS + channel, row + right * CHANNELS + channel];
          [target[a], target[b]] = [target[b] ?? 0, target[a] ?? 0];
        }
  },
  release() {
    source.release();
  },
});

type Parts = { readonly pool: ImagePool; readonly detector: Detector };
type Settings = { readonly embedder: Embedder; readonly isFlipped: boolean };

const isFinite = (values: Float32Array): boolean => values.every((value) => Number.isFinite(value));

/** The vectors of cuts, in their order; null for one that holds something other than numbers. */
const vectorsOf = async (
  photo: OpenedPhoto,
  cuts: readonly CropCut[],
  { embedder, isFlipped }: Settings,
  { detector }: Parts,
): Promise<readonly (Float32Array | null)[]> => {
  if (cuts.length === 0) return [];
  const { dimensions, preprocessing } = embedder.model;
  const pixels = await photo.cut(cuts);
  const kept: SquareSource<Uint8Array> = {
    copyTo: (target, from) => {
      pixels.copyTo(target, from);
    },
    // Released once both have been copied.
    release: () => undefined,
  };
  const sources = isFlipped ? [kept, mirrored(kept, preprocessing.inputSizePx)] : [kept];
  const submitted = sources.map((source) => embedder.stage.submit(source, cuts.length));
  try {
    const settled = await detector.scheduler.park(Promise.allSettled(submitted));
    const found = settled.map((each) => {
      if (each.status === 'rejected') throw each.reason;
      return each.value;
    });
    return cuts.map((_, index) => {
      const vector = new Float32Array(found.length * dimensions);
      found.forEach((values, part) => {
        vector.set(values.subarray(index * dimensions, (index + 1) * dimensions), part * dimensions);
      });
      return isFinite(vector) ? vector : null;
    });
  } finally {
    pixels.release();
  }
};

const changed = (sourceSha256: string): Embedded => ({
  kind: 'failed',
  code: 'missing',
  message: 'The file is not the picture any more that its faces were found in: scan or align it again.',
  sourceSha256,
});

/** Which faces to cut out, and whose vector is which. */
const planOf = async (
  photo: OpenedPhoto,
  { faces }: EmbedTask,
  { preprocessing }: Embedder['model'],
  detector: Detector,
): Promise<{ readonly cuts: readonly (CropCut | null)[]; readonly face: Face | null } | null> => {
  switch (faces.kind) {
    case 'crop':
      return { cuts: [cutOfCrop(photo, preprocessing)], face: null };
    case 'given':
      return { cuts: faces.faces.map((face) => cutOfFace(face, photo, preprocessing)), face: null };
    case 'found': {
      const found = await detector.detect(photo, faces.detect);
      const chosen = found.chosen === null ? undefined : found.faces[found.chosen];
      if (chosen === undefined) return null;
      return { cuts: [cutOfFace(chosen, photo, preprocessing)], face: toFace(chosen) };
    }
  }
};

const embedOpened = async (
  photo: OpenedPhoto,
  task: EmbedTask,
  settings: Settings,
  parts: Parts,
  signal: AbortSignal,
): Promise<Embedded> => {
  const { sourceSha256 } = photo;
  if (task.faces.kind === 'given' && task.faces.sourceSha256 !== sourceSha256) return changed(sourceSha256);
  const plan = await planOf(photo, task, settings.embedder.model, parts.detector);
  if (plan === null) return { kind: 'no-face', sourceSha256 };
  signal.throwIfAborted();
  const inside = plan.cuts.filter((cut) => cut !== null);
  const vectors = [...(await vectorsOf(photo, inside, settings, parts))];
  return {
    kind: 'embedded',
    sourceSha256,
    vectors: plan.cuts.map((cut) => (cut === null ? null : (vectors.shift() ?? null))),
    face: plan.face,
  };
};

/**
 * Makes the vectors of one picture's faces. A picture that cannot be used is an outcome, not an error. Calls `opened` once its pixels are held.
 * @throws the signal's reason when it was aborted
 */
export const embedPicture = async (
  task: EmbedTask,
  settings: Settings,
  parts: Parts,
  signal: AbortSignal,
  opened: () => void,
): Promise<Embedded> => {
  const { pool, detector } = parts;
  const pyramid =
    task.faces.kind === 'found'
      ? {
          minFaceSizePx: task.faces.detect.minFaceSizePx,
          scaleFactor: task.faces.detect.scaleFactor,
          asOpenCv: task.faces.detect.mode === 'facenet',
        }
      : null;
  for (let attempt = 1; ; attempt += 1) {
    detector.scheduler.enter();
    let photo: OpenedPhoto | null = null;
    try {
      signal.throwIfAborted();
      const answer = await pool.open({ file: task.file, known: null, pyramid });
      if (answer === 'unchanged') throw new Error('Nothing was known of the picture.');
      photo = answer;
      opened();
      signal.throwIfAborted();
      return await embedOpened(photo, task, settings, parts, signal);
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
