import * as z from 'zod';
import { EmbeddedFolder } from './cleaning.ts';
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

export const ClusterReport = z.strictObject({
  parameters: ClusterParameters,
  /** The largest first; a face alone is a cluster of one. Files are relative to the folder. */
  clusters: z.array(z.strictObject({ id: z.int().nonnegative(), faces: z.array(z.string()) })),
  singletons: z.int(),
  /** Files that could not be copied into the output. */
  failed: z.array(z.string()),
  seconds: z.number(),
});
export type ClusterReport = z.infer<typeof ClusterReport>;

export const clusteringContract = {
  /** Groups faces by who they look like. Leaving the stream stops the work. */
  run: procedure
    .input(
      z.strictObject({
        of: EmbeddedFolder,
        parameters: ClusterParameters,
        /** A new or an empty folder that gets a folder for each cluster, with copies of its files; null for none. */
        output: z.string().nullable(),
      }),
    )
    .output(workStream(ClusterReport)),
};
