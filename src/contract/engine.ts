import { eventIterator, oc, type ContractRouterClient } from '@orpc/contract';
import * as z from 'zod';
import { LoadableModel } from './models.ts';
import { Box, Conversion, Crop, CropSettings, DetectSettings, Face, Landmarks, ReasonCode } from './faces.ts';

/** Which engine somebody asked for. `auto` takes the best that works; the others refuse anything else. */
export const EngineChoice = z.enum(['auto', 'gpu', 'cpu', 'wasm']);
export type EngineChoice = z.infer<typeof EngineChoice>;

export const EngineInfo = z.strictObject({
  backend: z.enum(['tensorflow', 'wasm']),
  /** `GPU` or `CPU`, with the device's own name where it tells one. */
  device: z.string(),
  /** Of TensorFlow itself, or of the wasm backend. */
  version: z.string(),
  libraries: z.array(z.strictObject({ name: z.string(), version: z.string() })),
  /** Why nothing better runs, and what to do about it; null when this is the best there is. */
  whyNotBetter: z.strictObject({ reason: z.string(), advice: z.string() }).nullable(),
});
export type EngineInfo = z.infer<typeof EngineInfo>;

/** What an earlier run left of this photo: when source and crops are still the same, nothing is done again. */
export const KnownPhoto = z.strictObject({
  sourceSha256: z.string(),
  crops: z.array(z.strictObject({ file: z.string(), bytes: z.int() })),
});
export type KnownPhoto = z.infer<typeof KnownPhoto>;

/** Crops named by content: `<folder>/<first two digits>/<SHA-256 of the photo>-<key>_<face>.png`, the folder absolute. */
export const ContentOutput = z.strictObject({ folder: z.string(), key: z.string() });
export type ContentOutput = z.infer<typeof ContentOutput>;

/** A face that a person put somewhere; its box is turned about its middle, clockwise. */
export const GivenFace = z.strictObject({
  box: Box,
  landmarks: Landmarks,
  rotationDegrees: z.number(),
});
export type GivenFace = z.infer<typeof GivenFace>;

/** A photo is turned clockwise by `rotationDegrees` and enlarged before it is looked at; see `core/images/view.ts`. */
export const PhotoView = z.strictObject({ rotationDegrees: z.number(), scale: z.number().min(1) });
export type PhotoView = z.infer<typeof PhotoView>;

export const FaceTask = z.strictObject({
  id: z.int().nonnegative(),
  /** Absolute path of the photo. */
  file: z.string(),
  /** Absolute path of the crop to write, without `.png`, or where crops are named by content; null when only the faces are wanted. */
  output: z.union([z.string(), ContentOutput]).nullable(),
  known: KnownPhoto.nullable(),
  /** Faces to crop instead of looking for any. */
  given: z.array(GivenFace).optional(),
  /** How to look at the photo; the outcome is in pixels of this view. Nothing is cropped of it. */
  view: PhotoView.optional(),
});
export type FaceTask = z.infer<typeof FaceTask>;

/** How good a crop is as a picture; see `core/quality/measure.ts`. */
export const CropQuality = z.strictObject({ sharpness: z.number(), exposure: z.number() });
export type CropQuality = z.infer<typeof CropQuality>;

export const MeasuredCrop = Crop.extend({ quality: CropQuality });
export type MeasuredCrop = z.infer<typeof MeasuredCrop>;

export const FaceOutcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('unchanged') }),
  z.strictObject({
    kind: z.literal('faces'),
    sourceSha256: z.string(),
    widthPx: z.int().positive(),
    heightPx: z.int().positive(),
    conversions: z.array(Conversion),
    /** Best first. */
    faces: z.array(Face),
    /** Index of the face that the chooser takes for the person of the photo; null without a face. */
    chosen: z.int().nullable(),
    crops: z.array(MeasuredCrop),
  }),
  z.strictObject({
    kind: z.literal('failed'),
    code: ReasonCode,
    message: z.string(),
    sourceSha256: z.string().nullable(),
  }),
]);
export type FaceOutcome = z.infer<typeof FaceOutcome>;

export const FaceResult = z.strictObject({ id: z.int(), outcome: FaceOutcome });
export type FaceResult = z.infer<typeof FaceResult>;

/** Which faces of a picture become vectors. */
export const FacesToEmbed = z.discriminatedUnion('kind', [
  /** The picture is a crop as the model takes it. */
  z.strictObject({ kind: z.literal('crop') }),
  /** Faces that are known, cut out as the model takes them. The picture must still be the one with this content. */
  z.strictObject({ kind: z.literal('given'), faces: z.array(GivenFace).min(1), sourceSha256: z.string() }),
  /** The face that the chooser takes for the person of the photo. */
  z.strictObject({ kind: z.literal('found'), detect: DetectSettings }),
]);
export type FacesToEmbed = z.infer<typeof FacesToEmbed>;

export const EmbedTask = z.strictObject({
  id: z.int().nonnegative(),
  /** Absolute path of the picture. */
  file: z.string(),
  faces: FacesToEmbed,
});
export type EmbedTask = z.infer<typeof EmbedTask>;

export const EmbedOutcome = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('embedded'),
    sourceSha256: z.string(),
    /** For each face its row in the output; null for one of which the network made no vector, or that lies outside the picture. */
    rows: z.array(z.int().nonnegative().nullable()),
    /** The face that was found, where one was looked for. */
    face: Face.nullable(),
  }),
  z.strictObject({ kind: z.literal('no-face'), sourceSha256: z.string() }),
  z.strictObject({
    kind: z.literal('failed'),
    code: ReasonCode,
    message: z.string(),
    sourceSha256: z.string().nullable(),
  }),
]);
export type EmbedOutcome = z.infer<typeof EmbedOutcome>;

export const EmbedResult = z.strictObject({ id: z.int(), outcome: EmbedOutcome });
export type EmbedResult = z.infer<typeof EmbedResult>;

/** Seconds of work since the engine started, per stage, summed over the processes that share it. */
export const StageSeconds = z.strictObject({
  read: z.number(),
  decode: z.number(),
  resample: z.number(),
  pnet: z.number(),
  rnet: z.number(),
  onet: z.number(),
  boxes: z.number(),
  encode: z.number(),
});
export type StageSeconds = z.infer<typeof StageSeconds>;

const errors = {
  /** The engine asked for cannot be had on this machine. */
  ENGINE_UNAVAILABLE: { data: z.strictObject({ reason: z.string(), advice: z.string() }) },
  /** The model's weights cannot be used, as a sentence. */
  MODEL_UNUSABLE: { data: z.strictObject({ message: z.string() }) },
  /** A file is no model that can be imported; the message ends a sentence about it. */
  MODEL_REFUSED: { data: z.strictObject({ message: z.string() }) },
  /** Nothing can be written any more; what was written is whole. */
  CANNOT_WRITE: {
    data: z.strictObject({ code: z.enum(['no-space', 'read-only', 'other']), message: z.string() }),
  },
};

/** What the studio service asks of the engine process. Nothing else crosses. */
export const engineContract = {
  describe: oc.errors(errors).input(z.strictObject({})).output(EngineInfo),
  stages: oc.input(z.strictObject({})).output(StageSeconds),
  /**
   * Finds the faces of a chunk of photos and, where `crop` is given, writes their crops, each whole or not at all.
   * Results come in the order in which they are ready. Several calls share the engine's batches, so a caller keeps
   * a few chunks in flight. Cancelling is heard within a batch.
   */
  findFaces: oc
    .errors(errors)
    .input(
      z.strictObject({
        detect: DetectSettings,
        crop: CropSettings.nullable(),
        tasks: z.array(FaceTask).max(4096),
      }),
    )
    .output(eventIterator(FaceResult)),
  /**
   * Makes vectors of faces: cuts them out as the model takes them and writes the rows of float32 [rows, dimensions] to `output`, whole or not
   * at all, before it tells of the first. With `isFlipped` a row is the vector followed by that of the mirrored crop, as the seed does in
   * validation. Shares batches, limits and cancelling with `findFaces`.
   */
  embed: oc
    .errors(errors)
    .input(
      z.strictObject({
        model: LoadableModel,
        isFlipped: z.boolean(),
        output: z.string(),
        tasks: z.array(EmbedTask).max(4096),
      }),
    )
    .output(eventIterator(EmbedResult)),
  /** Reads a frozen graph of the seed as data, never running it, and writes its weights as safetensors, whole or not at all. */
  importModel: oc
    .errors(errors)
    .input(z.strictObject({ file: z.string(), output: z.string() }))
    .output(
      z.strictObject({
        embeddingSize: z.int().positive(),
        sourceSha256: z.string(),
        weightsSha256: z.string(),
      }),
    ),
};
export type EngineClient = ContractRouterClient<typeof engineContract>;
