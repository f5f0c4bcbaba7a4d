import * as z from 'zod';
import {
  ClusterParameters,
  ClusterQuality,
  ClusterReport,
  ClusterWish,
  StabilityRounds,
} from './clustering.ts';
import { EngineChoice } from './engine.ts';
import { procedure, workStream } from './procedure.ts';
import { FaceTile } from './workspace-facets.ts';
import { Workspace } from './workspace-input.ts';

const Count = z.int().nonnegative();
const FaceId = z.int().positive();

/** Most faces of a group that a summary shows. */
const MOST_TILES = 24;

/** Clusters of a workspace by vectors of a model. */
const Asked = Workspace.extend({
  /** Left out: the default model. */
  model: z.string().optional(),
  isFlipped: z.boolean().default(false),
});

/** Where the clusters of a workspace stand. */
export const ClusterState = z.strictObject({
  /** The run that holds; null before the first one. */
  run: z.strictObject({ parameters: ClusterParameters, madeAtMs: z.number() }).nullable(),
  /** What a run would be asked for where nobody says otherwise, with the model's own distances. */
  proposed: z.strictObject({ eps: z.number(), cosine: z.number() }),
  /** Distance below which the model takes two faces for one person; null where nobody measured it. */
  threshold: z.number().nullable(),
  /** Faces that clusters are made of: all but those that were said to be nobody. */
  faces: Count,
  /** Faces among them that are in no cluster: they came, or were changed, since the run. */
  unclustered: Count,
  /** Whether vectors and neighbours are at hand, so that everything else is answered at once. */
  isReady: z.boolean(),
  /** How well the clusters agree with the names of their faces; null where no face bears one, or they are not at hand. */
  quality: ClusterQuality.nullable(),
  /** Decisions that are set aside because others say the opposite; 0 as long as the clusters are not at hand. */
  conflicts: Count,
});
export type ClusterState = z.infer<typeof ClusterState>;

/** What a run in a workspace did. */
export const WorkspaceClusterReport = ClusterReport.pick({
  parameters: true,
  clusters: true,
  singletons: true,
  failed: true,
  stability: true,
  quality: true,
  seconds: true,
}).extend({
  model: z.string(),
  /** All faces were clustered, or only those that came since the last run. */
  kind: z.enum(['whole', 'arrivals']),
  /** Faces in clusters. */
  faces: Count,
  /** Of these the ones that came since the last run. */
  added: Count,
  /** Decisions that were set aside because others say the opposite. */
  conflicts: Count,
  /** The step in the history; null where nothing was changed. */
  sequence: z.int().nullable(),
});
export type WorkspaceClusterReport = z.infer<typeof WorkspaceClusterReport>;

/** A group of faces that may be one person. */
export const FaceGroup = z.strictObject({
  /** The lowest of its faces, by which it is asked for; any other of them will do as well. */
  id: FaceId,
  size: Count,
  /** From 0 to 1: how much nearer its faces are to one another than to the nearest face outside. */
  certainty: z.number(),
  /** Whose name most of its faces bear, and how many; null where none has a name. */
  identity: z.strictObject({ id: z.int(), name: z.string(), faces: Count }).nullable(),
  /** How many names its faces bear. */
  identities: Count,
  /** The first of its faces, the most typical first. */
  tiles: z.array(FaceTile),
});
export type FaceGroup = z.infer<typeof FaceGroup>;

export const GroupOrder = z.enum(['size', 'least-certain', 'most-certain']);
export type GroupOrder = z.infer<typeof GroupOrder>;

/** `unnamed` are groups with a face that bears no name. */
export const GroupsShown = z.enum(['several', 'unnamed', 'alone', 'all']);
export type GroupsShown = z.infer<typeof GroupsShown>;

/** Two faces and how far they are apart, in the unit of the vectors. */
export const FaceDistance = z.strictObject({ faces: z.tuple([FaceTile, FaceTile]), distance: z.number() });
export type FaceDistance = z.infer<typeof FaceDistance>;

/** Two groups that may be one person, with what speaks for it. */
export const MergeSuggestion = z.strictObject({
  groups: z.tuple([FaceGroup, FaceGroup]),
  /** Mean of the shortest distances between both. */
  distance: z.number(),
  /** The closest faces of both, no face twice. */
  pairs: z.array(FaceDistance),
});
export type MergeSuggestion = z.infer<typeof MergeSuggestion>;

/** A rule that was set aside because what stands above it says the opposite. */
export const ClusterConflict = z.strictObject({
  kind: z.enum(['together', 'apart', 'photo']),
  faces: z.tuple([FaceTile, FaceTile]),
  because: z.enum(['identities', 'pairs']),
  /** The pairs that say the opposite; none for identities alone. */
  pairs: z.array(z.tuple([FaceTile, FaceTile])),
});
export type ClusterConflict = z.infer<typeof ClusterConflict>;

const Changed = z.strictObject({
  total: Count,
  /** The first of them: each the most typical faces of the groups that it concerns. */
  samples: z.array(z.array(z.strictObject({ size: Count, tiles: z.array(FaceTile) }))),
});

/** What other parameters would make of the faces; nothing is changed. */
export const ClusterTrial = z.strictObject({
  parameters: ClusterParameters,
  groups: Count,
  alone: Count,
  /** Faces of the largest group. */
  largest: Count,
  /** Groups of now that would be one. */
  joined: Changed,
  /** Groups of now that would be several. */
  parted: Changed,
  /** How well the groups would agree with the names of their faces; null where no face bears one. */
  quality: ClusterQuality.nullable(),
});
export type ClusterTrial = z.infer<typeof ClusterTrial>;

/** A group cut into parts, the largest first. */
export const GroupCut = z.strictObject({
  /** Ids of the faces of each part. */
  parts: z.array(z.array(FaceId)),
  /** The first faces of each. */
  tiles: z.array(z.array(FaceTile)),
  /** Distance from which on the group is whole. */
  whole: z.number(),
});
export type GroupCut = z.infer<typeof GroupCut>;

const Revision = { revision: z.int() };

/**
 * Clusters of a workspace. They follow from the run that holds and from everything that was decided: a run and each decision is a step of the
 * history, so undo takes back whatever it was. All but `state`, `prepare` and `run` need vectors at hand: `prepare` brings them.
 */
export const workspaceClustersContract = {
  state: procedure.input(Asked).output(ClusterState),
  /** Reads vectors and finds neighbours. Ending the stream stops it. */
  prepare: procedure.input(Asked).output(workStream(z.strictObject({ faces: Count }))),
  /**
   * Makes the vectors that are missing, clusters the faces and keeps that as one step. With the parameters of the last run only faces that came since
   * are put into clusters, unless it is asked for anew. Ending the stream stops it; then no cluster was changed.
   */
  run: procedure
    .input(
      Asked.extend({
        engine: EngineChoice.default('auto'),
        wish: ClusterWish,
        stabilityRounds: StabilityRounds,
        isAnew: z.boolean(),
        /** Whether the report lists the clusters. */
        isListed: z.boolean(),
        who: z.string(),
      }),
    )
    .output(workStream(WorkspaceClusterReport)),
  try: procedure.input(Asked.extend({ wish: ClusterWish })).output(workStream(ClusterTrial)),
  groups: procedure
    .input(
      Asked.extend({
        order: GroupOrder,
        shown: GroupsShown,
        offset: Count,
        limit: z.int().positive().max(500),
        tiles: z.int().nonnegative().max(MOST_TILES),
      }),
    )
    .output(z.strictObject({ ...Revision, total: Count, groups: z.array(FaceGroup) })),
  /** The group that a face is in, and its faces, the most typical first. */
  group: procedure
    .input(Asked.extend({ face: FaceId, offset: Count, limit: z.int().positive().max(2000) }))
    .output(z.strictObject({ ...Revision, group: FaceGroup, tiles: z.array(FaceTile) })),
  /** Ids of all faces of the group that a face is in. */
  members: procedure.input(Asked.extend({ face: FaceId })).output(z.array(FaceId)),
  /** Groups that may be one person, the nearest first; those of which somebody said no are not among them. */
  suggestions: procedure
    .input(Asked.extend({ offset: Count, limit: z.int().positive().max(100) }))
    .output(z.strictObject({ ...Revision, total: Count, suggestions: z.array(MergeSuggestion) })),
  /** What speaks for two groups being one, whatever was said of them. */
  compare: procedure.input(Asked.extend({ faces: z.tuple([FaceId, FaceId]) })).output(MergeSuggestion),
  /** The parts of a group whose faces are on average at most so far apart. */
  cut: procedure.input(Asked.extend({ face: FaceId, distance: z.number().nonnegative() })).output(GroupCut),
  conflicts: procedure
    .input(Asked.extend({ limit: z.int().positive().max(100) }))
    .output(z.strictObject({ ...Revision, total: Count, conflicts: z.array(ClusterConflict) })),
};
