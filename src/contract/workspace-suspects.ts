import * as z from 'zod';
import { FileProblem } from './embedding.ts';
import { EngineChoice } from './engine.ts';
import { procedure, workStream } from './procedure.ts';
import { FaceTile } from './workspace-facets.ts';
import { Workspace } from './workspace-input.ts';
import { IdentityPair } from './workspace-questions.ts';

const Count = z.int().nonnegative();
const FaceId = z.int().positive();
const IdentityId = z.int().positive();

/** Faces whose evidence is asked for at once. */
const MOST_ASKED = 50;

/** Vectors of a workspace's faces. */
const Asked = Workspace.extend({
  /** Left out: the default model. */
  model: z.string().optional(),
  isFlipped: z.boolean().default(false),
});

/** A `flip` looks like another identity, an `outlier` like nobody here; a `doubtful` one is nearer to another identity than to its own, without being near to it. */
export const SuspectKind = z.enum(['flip', 'outlier', 'doubtful']);
export type SuspectKind = z.infer<typeof SuspectKind>;

/** A face whose label may be wrong. Distances are in the unit of the vectors. */
export const Suspect = z.strictObject({
  face: FaceId,
  kind: SuspectKind,
  /** True when the other identity may be accepted unseen. */
  isSure: z.boolean(),
  /** By how much it is nearer to the other identity than to its own. */
  score: z.number(),
  identity: IdentityId,
  distance: z.number(),
  /** The identity that it is nearest to, where a flip belongs; null where none is near. */
  other: z.strictObject({ identity: IdentityId, distance: z.number() }).nullable(),
});
export type Suspect = z.infer<typeof Suspect>;

/** Where the queue of a workspace stands. */
export const SuspectState = z.strictObject({
  /** Faces of the last ranking since the workspace was opened, and those among them without a vector; null before the first one. */
  ranking: z.strictObject({ faces: Count, failed: z.array(FileProblem) }).nullable(),
  /** Kept faces whose vectors are to be made before they can be ranked. */
  waiting: Count,
  /** Distance below which the model takes two faces for one person; null where nobody measured it. */
  threshold: z.number().nullable(),
});
export type SuspectState = z.infer<typeof SuspectState>;

/** The faces of an identity that are nearest to a suspect, nearest first. */
const Witnesses = z.strictObject({
  identity: z.strictObject({ id: IdentityId, name: z.string() }),
  /** All its kept faces but the suspect. */
  total: Count,
  faces: z.array(z.strictObject({ tile: FaceTile, distance: z.number() })),
});
export type Witnesses = z.infer<typeof Witnesses>;

/** What speaks for a suspect's own identity, and for the other. */
export const SuspectEvidence = z.strictObject({
  face: FaceId,
  own: Witnesses.nullable(),
  other: Witnesses.nullable(),
});
export type SuspectEvidence = z.infer<typeof SuspectEvidence>;

/** Everything of the last ranking that nobody decided since, most suspicious first. */
export const OpenQuestions = z.strictObject({
  revision: z.int(),
  suspects: z.array(Suspect),
  identityPairs: z.array(IdentityPair),
});
export type OpenQuestions = z.infer<typeof OpenQuestions>;

/**
 * What may be wrong with the labels of a workspace, one by one: faces, and pairs of identities. A ranking holds until the workspace is closed; what somebody decided since is not listed
 * any more, and is listed again when that is undone.
 */
export const workspaceSuspectsContract = {
  state: procedure.input(Asked).output(SuspectState),
  /** Makes the vectors that are missing, and ranks the faces. Leaving the stream stops it; then the ranking of before holds. */
  rank: procedure
    .input(Asked.extend({ engine: EngineChoice.default('auto') }))
    .output(workStream(z.strictObject({ faces: Count, failed: z.array(FileProblem) }))),
  list: procedure.input(Workspace).output(OpenQuestions),
  /** In the order asked for; what is no suspect of the last ranking is left out. */
  evidence: procedure
    .input(Asked.extend({ faces: z.array(FaceId).max(MOST_ASKED) }))
    .output(z.array(SuspectEvidence)),
};
