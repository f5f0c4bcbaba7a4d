import * as z from 'zod';
import { FileProblem } from './embedding.ts';
import { FacesOfFolder } from './folder-faces.ts';
import { procedure, workStream } from './procedure.ts';

/** Lists of what may be wrong with the labels of a dataset, most suspicious first. */
export const CleaningQueue = z.enum(['mislabels', 'duplicates', 'identities', 'mixed', 'quality']);
export type CleaningQueue = z.infer<typeof CleaningQueue>;

/** A face's file, relative to the folder, and its distance from that which the item is about, in the unit of the embeddings. */
const Reference = z.strictObject({ file: z.string(), distance: z.number() });
const Proposed = z.strictObject({ identity: z.string(), distance: z.number() }).nullable();

/** In a workspace the face; left out of a folder, where the file names it. */
const face = z.int().positive().optional();

export const MislabelItem = z.strictObject({
  face,
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
  face,
  file: z.string(),
  identity: z.string(),
  kind: z.enum(['exact', 'same-face']),
  /** The distance, so that less is more suspicious. */
  score: z.number(),
  evidence: z.strictObject({
    face,
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
  face,
  file: z.string(),
  identity: z.string(),
  kind: z.enum(['low-score', 'small', 'blurred', 'dark', 'bright', 'turned', 'truncated']),
  /** Deviations from the middle face. */
  score: z.number(),
  evidence: z.strictObject({ value: z.number(), middle: z.number() }),
  proposed: z.null(),
});

/** What has no vector, and so is in no queue. */
const Lacking = z.strictObject({
  /** Photos in which no face was found. */
  noFace: z.array(z.string()),
  failed: z.array(FileProblem),
});
export type Lacking = z.infer<typeof Lacking>;

const reportOf = <Queue extends CleaningQueue, Item extends z.ZodType>(queue: Queue, item: Item) =>
  Lacking.extend({ queue: z.literal(queue), total: z.int().nonnegative(), items: z.array(item) });

export const CleaningReport = z.discriminatedUnion('queue', [
  reportOf('mislabels', MislabelItem),
  reportOf('duplicates', DuplicateItem),
  reportOf('identities', IdentityPairItem),
  reportOf('mixed', MixedItem),
  reportOf('quality', QualityItem),
]);
export type CleaningReport = z.infer<typeof CleaningReport>;

/** How faces are left out by their distance to the centre of their identity. */
export const CentreFilterWish = z.strictObject({
  percentile: z.number().min(0).max(100),
  leastFaces: z.int().nonnegative(),
  isAsSeed: z.boolean(),
});
export type CentreFilterWish = z.infer<typeof CentreFilterWish>;

export const CentreFilterReport = Lacking.extend({
  thresholdDistance: z.number(),
  faces: z.int(),
  facesLeft: z.int(),
  identities: z.int(),
  identitiesLeft: z.int(),
  /** Files that go, in the order of the rows. */
  removed: z.array(z.string()),
});
export type CentreFilterReport = z.infer<typeof CentreFilterReport>;

export const CentreMetricsReport = Lacking.extend({
  faces: z.array(z.strictObject({ file: z.string(), identity: z.string(), distance: z.number() })),
  histogram: z.strictObject({ least: z.number(), width: z.number(), counts: z.array(z.int()) }),
});
export type CentreMetricsReport = z.infer<typeof CentreMetricsReport>;

/** Clean labels of folders. Nothing is changed; leaving a stream stops the work. */
export const cleaningContract = {
  /** Ranks what may be wrong. Quality needs no vectors: only the folder of `of` is looked at. */
  rank: procedure
    .input(z.strictObject({ queue: CleaningQueue, of: FacesOfFolder, limit: z.int().positive() }))
    .output(workStream(CleaningReport)),
  /** Distance of each face to the centre of its identity, as the seed measures it. */
  centreMetrics: procedure
    .input(z.strictObject({ of: FacesOfFolder }))
    .output(workStream(CentreMetricsReport)),
  /** What would stay and go. */
  centreFilter: procedure
    .input(z.strictObject({ of: FacesOfFolder, filter: CentreFilterWish }))
    .output(workStream(CentreFilterReport)),
};
