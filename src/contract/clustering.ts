import * as z from 'zod';
import { FileProblem, Remade } from './embedding.ts';
import { FacesOfFolder } from './folder-faces.ts';
import { procedure, workStream } from './procedure.ts';

export const ClusterAlgorithm = z.enum(['dbscan', 'chinese-whispers', 'hdbscan']);
export type ClusterAlgorithm = z.infer<typeof ClusterAlgorithm>;

const MOST_SAMPLES = 1000;
const samples = z.int().min(1).max(MOST_SAMPLES);

/** An algorithm with its parameters, as results name them. */
export const ClusterParameters = z.discriminatedUnion('algorithm', [
  z.strictObject({
    algorithm: z.literal('dbscan'),
    /** Euclidean distance, in the unit of the embeddings. */
    eps: z.number().positive(),
    minSamples: samples,
  }),
  z.strictObject({
    algorithm: z.literal('chinese-whispers'),
    /** Cosine of the angle between two vectors. */
    threshold: z.number().min(-1).max(1),
    iterations: z.int().min(1).max(MOST_SAMPLES),
    seed: z.int().nonnegative().max(0xffffffff),
  }),
  z.strictObject({
    algorithm: z.literal('hdbscan'),
    minClusterSize: z.int().min(2).max(MOST_SAMPLES),
    minSamples: samples,
  }),
]);
export type ClusterParameters = z.infer<typeof ClusterParameters>;

/** The same as it is asked for: null leaves a distance to the model that made the vectors. */
export const ClusterWish = z.discriminatedUnion('algorithm', [
  z.strictObject({
    algorithm: z.literal('dbscan'),
    eps: z.number().positive().nullable(),
    minSamples: samples,
  }),
  z.strictObject({
    algorithm: z.literal('chinese-whispers'),
    threshold: z.number().min(-1).max(1).nullable(),
    iterations: z.int().min(1).max(MOST_SAMPLES),
    seed: z.int().nonnegative().max(0xffffffff),
  }),
  ClusterParameters.options[2],
]);
export type ClusterWish = z.infer<typeof ClusterWish>;

/** How often a run is done again with a part of the faces, to see how little its clusters change; null does it as often as that is quick. */
export const StabilityRounds = z.int().nonnegative().max(100).nullable();

/** From 0 to 1, but for the last bit of a sum. */
const Share = z.number();

/** How well clusters agree with the names that faces bear, of those that bear one; see `ClusterQuality` of the core for what each is. */
export const ClusterQuality = z.strictObject({
  faces: z.int().positive(),
  identities: z.int().positive(),
  pairwisePrecision: Share,
  pairwiseRecall: Share,
  pairwiseF: Share,
  bcubedPrecision: Share,
  bcubedRecall: Share,
  bcubedF: Share,
  nmi: Share,
});
export type ClusterQuality = z.infer<typeof ClusterQuality>;

export const ClusterReport = z.strictObject({
  parameters: ClusterParameters,
  /** Which model made the vectors; null for vectors of a file. */
  model: z.string().nullable(),
  /** The largest first; a face alone is a cluster of one. Files are the folder as given, joined with their path in it. */
  clusters: z.array(z.strictObject({ id: z.int().nonnegative(), faces: z.array(z.string()) })),
  singletons: z.int(),
  /** Photos in which no face was found. */
  noFace: z.array(z.string()),
  /** Files that could not be embedded, or not be copied into the output. */
  failed: z.array(FileProblem),
  remade: z.array(Remade),
  /** From 0 to 1: how alike clusters of parts of the faces are to those of all; null where nobody asked. */
  stability: z.number().nullable(),
  /** By the folders that the files lie in, or by the names of a workspace; null where no face bears a name. */
  quality: ClusterQuality.nullable(),
  seconds: z.number(),
});
export type ClusterReport = z.infer<typeof ClusterReport>;

export const clusteringContract = {
  /** Groups faces by who they look like. Leaving the stream stops the work. */
  run: procedure
    .input(
      z.strictObject({
        of: FacesOfFolder,
        wish: ClusterWish,
        stabilityRounds: StabilityRounds,
        /** A new or an empty folder that gets a folder for each cluster, with copies of its files; null for none. */
        output: z.string().nullable(),
      }),
    )
    .output(workStream(ClusterReport)),
};
