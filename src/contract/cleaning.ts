import * as z from 'zod';
import { procedure, workStream } from './procedure.ts';

/** Lists of what may be wrong with the labels of a dataset, most suspicious first. */
export const CleaningQueue = z.enum(['mislabels', 'duplicates', 'identities', 'mixed', 'quality']);
export type CleaningQueue = z.infer<typeof CleaningQueue>;

/** A face's file, relative to the folder, and its distance from that which the item is about, in the unit of the embeddings. */
const Reference = z.strictObject({ file: z.string(), distance: z.number() });
const Proposed = z.strictObject({ identity: z.string(), distance: z.number() }).nullable();

export const MislabelItem = z.strictObject({
  file: z.string(),
  identity: z.string(),
  kind: z.enum(['flip', 'outlier', 'doubtful', 'likely-right', 'alone']),
  /** By how much the face is nearer to another identity than to its own; null where it is alone in its own. */
  score: z.number().nullable(),
  evidence: z.strictObject({
    /** True when the proposal may be accepted unseen. */
    isSure: z.boolean(),
    own: z.array(Reference),
    other: z.strictObject({ identity: z.string(), faces: z.array(Reference) }).nullable(),
  }),
  proposed: Proposed,
});

export const DuplicateItem = z.strictObject({
  file: z.string(),
  identity: z.string(),
  kind: z.enum(['exact', 'same-face']),
  /** The distance, so that less is more suspicious. */
  score: z.number(),
  evidence: z.strictObject({
    file: z.string(),
    identity: z.string(),
    distance: z.number(),
    place: z.enum(['across-identities', 'across-sources', 'within-identity']),
  }),
  proposed: Proposed,
});

export const IdentityPairItem = z.strictObject({
  identities: z.tuple([z.string(), z.string()]),
  distance: z.number(),
  /** By how much the two are nearer to one another than to those around them. */
  score: z.number(),
  evidence: z.strictObject({
    looksLikeOne: z.boolean(),
    pairs: z.array(z.strictObject({ files: z.tuple([z.string(), z.string()]), distance: z.number() })),
  }),
});

export const MixedItem = z.strictObject({
  identity: z.string(),
  distance: z.number(),
  evidence: z.strictObject({ looksLikeTwo: z.boolean() }),
  /** The smaller group, which would become an identity of its own. */
  split: z.array(z.string()),
  rest: z.array(z.string()),
});

export const QualityItem = z.strictObject({
  file: z.string(),
  identity: z.string(),
  kind: z.enum(['low-score', 'small', 'blurred', 'dark', 'bright', 'turned', 'truncated']),
  /** Deviations from the middle face. */
  score: z.number(),
  evidence: z.strictObject({ value: z.number(), middle: z.number() }),
  proposed: z.null(),
});

const counted = { total: z.int().nonnegative() };
const reportOf = <Queue extends CleaningQueue, Item extends z.ZodType>(queue: Queue, item: Item) =>
  z.strictObject({ queue: z.literal(queue), ...counted, items: z.array(item) });

export const CleaningReport = z.discriminatedUnion('queue', [
  reportOf('mislabels', MislabelItem),
  reportOf('duplicates', DuplicateItem),
  reportOf('identities', IdentityPairItem),
  reportOf('mixed', MixedItem),
  reportOf('quality', QualityItem),
]);
export type CleaningReport = z.infer<typeof CleaningReport>;

/** Where faces and their vectors are: a folder of identities, and rows of a NumPy file for its files. */
export const EmbeddedFolder = z.strictObject({
  /** Folder of identities: `<identity>/<file>`. */
  folder: z.string(),
  /** A `.npy` file [faces, dimensions] float32. */
  embeddings: z.string(),
  /** A file that names the file of each row, relative to the folder: lines, or JSON with `files`. Left out: that beside the embeddings. */
  files: z.string().nullable(),
});
export type EmbeddedFolder = z.infer<typeof EmbeddedFolder>;

export const CentreFilterInput = z.strictObject({
  of: EmbeddedFolder,
  percentile: z.number().min(0).max(100),
  leastFaces: z.int().nonnegative(),
  isAsSeed: z.boolean(),
});

export const CentreFilterReport = z.strictObject({
  thresholdDistance: z.number(),
  faces: z.int(),
  facesLeft: z.int(),
  identities: z.int(),
  identitiesLeft: z.int(),
  /** Files that go, in the order of the rows. */
  removed: z.array(z.string()),
});
export type CentreFilterReport = z.infer<typeof CentreFilterReport>;

export const CentreMetricsReport = z.strictObject({
  faces: z.array(z.strictObject({ file: z.string(), identity: z.string(), distance: z.number() })),
  histogram: z.strictObject({ least: z.number(), width: z.number(), counts: z.array(z.int()) }),
});
export type CentreMetricsReport = z.infer<typeof CentreMetricsReport>;

export const cleaningContract = {
  /** Ranks what may be wrong; nothing is changed. Leaving the stream stops the work. */
  rank: procedure
    .input(
      z.strictObject({
        queue: CleaningQueue,
        folder: z.string(),
        /** Not needed for quality. */
        embeddings: z.string().nullable(),
        files: z.string().nullable(),
        limit: z.int().positive(),
      }),
    )
    .output(workStream(CleaningReport)),
  /** Distance of each face to the centre of its identity, as the seed measures it. */
  centreMetrics: procedure.input(z.strictObject({ of: EmbeddedFolder })).output(CentreMetricsReport),
  /** What would stay and go; nothing is changed. */
  centreFilter: procedure.input(CentreFilterInput).output(CentreFilterReport),
};
