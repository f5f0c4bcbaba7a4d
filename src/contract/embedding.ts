import * as z from 'zod';
import { EngineChoice, EngineInfo } from './engine.ts';
import { Reason } from './faces.ts';
import { ModelId } from './models.ts';
import { procedure, workStream } from './procedure.ts';

/** How vectors are written: `npy`, `csv` and `parquet` into one file; `facenet` into a folder, as the seed's three files. */
export const VectorFormat = z.enum(['npy', 'csv', 'parquet', 'facenet']);
export type VectorFormat = z.infer<typeof VectorFormat>;

/** Where vectors are written. */
export const VectorOutput = z.strictObject({
  path: z.string(),
  format: VectorFormat,
  /** Names of the seed's three files, with `facenet`; its own when left out. */
  names: z.strictObject({ embeddings: z.string(), labels: z.string(), labelStrings: z.string() }).optional(),
});
export type VectorOutput = z.infer<typeof VectorOutput>;

const EmbedInput = z.strictObject({
  /** Photos, folders of photos, aligned folders. */
  paths: z.array(z.string()).min(1),
  /** Left out: the default model. */
  model: z.string().optional(),
  engine: EngineChoice.default('auto'),
  /** Each vector is followed by that of the mirrored crop, as the seed does in validation. */
  isFlipped: z.boolean().default(false),
});

/** A file without a vector, and why. */
export const FileProblem = z.strictObject({ file: z.string(), reason: Reason });
export type FileProblem = z.infer<typeof FileProblem>;

/** Crops of other models that were not used, and what was used instead. */
export const Remade = z.strictObject({
  from: z.enum(['originals', 'crops']),
  files: z.int(),
  /** A sentence. */
  why: z.string(),
});
export type Remade = z.infer<typeof Remade>;

const Embedded = z.strictObject({
  model: ModelId,
  /** Numbers in a row. */
  dimensions: z.int(),
  /** As given, or for a folder that folder joined with the relative path: one for each row, in the order of the rows. */
  files: z.array(z.string()),
  /** Photos in which no face was found. */
  noFace: z.array(z.string()),
  failed: z.array(FileProblem),
  remade: z.array(Remade),
  seconds: z.number(),
  imagesPerSecond: z.number(),
  engine: EngineInfo,
});

export const EmbedReport = Embedded.extend({
  /** What was written; null where nobody asked for it. */
  output: z.string().nullable(),
});
export type EmbedReport = z.infer<typeof EmbedReport>;

export const CompareReport = Embedded.extend({
  /** Euclidean distances of all pairs, [files, files]. */
  distances: z.array(z.array(z.number())),
  /** Distance below which the model takes two faces for one person; null where nobody measured it, and for mirrored pairs. */
  threshold: z.number().nullable(),
});
export type CompareReport = z.infer<typeof CompareReport>;

/** Most pictures that are compared at once: their distances are a square. */
export const MOST_COMPARED = 2000;

/** Vectors of faces outside a workspace. */
export const embeddingContract = {
  /** Makes vectors and writes them where an output is named. Ending the stream stops the work; then nothing is written. */
  embed: procedure
    .input(EmbedInput.extend({ output: VectorOutput.nullable() }))
    .output(workStream(EmbedReport)),
  /** Distances between the faces of pictures. */
  compare: procedure.input(EmbedInput).output(workStream(CompareReport)),
};
