import * as z from 'zod';
import { CropStyle } from './faces.ts';
import { procedure } from './procedure.ts';

/**
 * How pixels 0..255 become what a network takes. `fixed`: (v - mean of its channel) / scale. `per-image`: (v - mean) / max(standard
 * deviation, 1 / sqrt(values)) of each picture by itself, facenet's `prewhiten`.
 */
export const Standardisation = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('fixed'),
    mean: z.tuple([z.number(), z.number(), z.number()]),
    scale: z.number().positive(),
  }),
  z.strictObject({ kind: z.literal('per-image') }),
]);

/** How a crop is cut out of a photo. */
export const CropContract = z.strictObject({
  style: CropStyle,
  imageSizePx: z.int().positive().max(4096),
  marginPx: z.number().min(0),
});
export type CropContract = z.infer<typeof CropContract>;

/**
 * What a model was trained to see, and so part of it: how a face is cut out, how large it is, and how its pixels are scaled. Vectors of crops
 * that were made otherwise mean nothing beside it.
 */
export const Preprocessing = z.strictObject({
  crop: CropContract,
  /** Other crops that the model was trained or published with, and takes as they are. */
  alsoTakes: z.array(CropContract),
  /** Side of the square that the network takes: the middle of the crop. */
  inputSizePx: z.int().positive().max(1024),
  colour: z.literal('rgb'),
  standardisation: Standardisation,
});
export type Preprocessing = z.infer<typeof Preprocessing>;

/** The networks that this program builds. */
export const Architecture = z.enum(['inception-resnet-v1', 'face-recognition-resnet']);
export type Architecture = z.infer<typeof Architecture>;

/** What makes the vectors: enough to build the network and to prepare its pictures. */
export const EmbeddingModel = z.strictObject({
  architecture: Architecture,
  dimensions: z.int().positive().max(4096),
  /** Whether vectors are divided by their length, as the seed's are. */
  isUnitLength: z.boolean(),
  preprocessing: Preprocessing,
});
export type EmbeddingModel = z.infer<typeof EmbeddingModel>;

/** A file of weights, and what it must be. */
export const WeightsFile = z.strictObject({
  /** `safetensors`: tensors by the seed's names. `tfjs`: a weight manifest of TensorFlow.js with its files beside it. */
  kind: z.enum(['safetensors', 'tfjs']),
  /** Relative to the folder of the manifest, or inside the npm package that ships it. */
  file: z.string(),
  package: z.string().nullable(),
  /** Of the file, or for `tfjs` of the manifest and its files one after the other. */
  sha256: z.string(),
});
export type WeightsFile = z.infer<typeof WeightsFile>;

/** A model as the engine is told of it. */
export const LoadableModel = z.strictObject({
  model: EmbeddingModel,
  weights: z.strictObject({
    kind: z.enum(['safetensors', 'tfjs']),
    /** Absolute path. */
    file: z.string(),
    sha256: z.string(),
  }),
});
export type LoadableModel = z.infer<typeof LoadableModel>;

/** Safe as the name of a folder on every system. */
export const ModelId = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/);

/** Where a model comes from, in sentences for people. */
export const ModelOrigin = z.strictObject({
  /** Who made it, and where it is published. */
  published: z.string(),
  /** Whose pictures it was trained on. */
  trainedOn: z.string(),
  terms: z.string(),
  /** SHA-256 of the file that was imported; null for a model that came with the program or was trained here. */
  importedSha256: z.string().nullable(),
});
export type ModelOrigin = z.infer<typeof ModelOrigin>;

/** `model.json` in a model's folder. */
export const ModelManifest = z.strictObject({
  format: z.literal(1),
  id: ModelId,
  title: z.string(),
  model: EmbeddingModel,
  /** Euclidean distance below which two faces are taken for one person, and where that number comes from; null where nobody measured it. */
  threshold: z.strictObject({ distance: z.number().positive(), source: z.string() }).nullable(),
  /**
   * How near faces are that clusters join by, and where these numbers come from: Euclidean distance for DBSCAN, the cosine of the angle for Chinese
   * whispers. Left out where nobody measured them.
   */
  clustering: z
    .strictObject({ eps: z.number().positive(), cosine: z.number().min(-1).max(1), source: z.string() })
    .optional(),
  weights: WeightsFile,
  origin: ModelOrigin,
});
export type ModelManifest = z.infer<typeof ModelManifest>;

/** Where a model lies: with the program, in the person's data folder, or in a workspace. */
export const ModelPlace = z.enum(['program', 'user', 'workspace']);

export const ListedModel = z.strictObject({
  id: ModelId,
  title: z.string(),
  place: ModelPlace,
  isDefault: z.boolean(),
  dimensions: z.int(),
  preprocessing: Preprocessing,
  threshold: ModelManifest.shape.threshold,
  origin: ModelOrigin,
});
export type ListedModel = z.infer<typeof ListedModel>;

/** What a person should know before a file is imported. */
export const ModelTerms = z.strictObject({
  /** The name that the model gets unless another is given. */
  id: ModelId,
  title: z.string(),
  published: z.string(),
  trainedOn: z.string(),
  terms: z.string(),
});
export type ModelTerms = z.infer<typeof ModelTerms>;

const MaybeWorkspace = z.strictObject({ workspace: z.string().nullable() });

/** Models: which there are, and how others come in. */
export const modelsContract = {
  /** Those of the program, of the person, and of a workspace where one is named; `problems` tells of folders that cannot be used. */
  list: procedure
    .input(MaybeWorkspace)
    .output(z.strictObject({ models: z.array(ListedModel), problems: z.array(z.string()) })),
  /** What is known of a file by its name; the file is not read. */
  terms: procedure.input(z.strictObject({ file: z.string() })).output(ModelTerms),
  /** Imports a frozen graph of the seed, as data. Where the model is there already with the same weights, nothing is done. */
  import: procedure
    .input(
      MaybeWorkspace.extend({
        file: z.string(),
        /** Left out: by the file's name. */
        id: z.string().optional(),
        /** Left out: what is known of the model, else fixed for 512 numbers and per image for others. */
        standardisation: z.enum(['fixed', 'per-image']).optional(),
        /** The person has read the terms. */
        acceptsTerms: z.literal(true),
      }),
    )
    .output(z.strictObject({ model: ListedModel, folder: z.string(), isNew: z.boolean() })),
};
