import * as z from 'zod';
import { FileProblem, VectorOutput } from './embedding.ts';
import { EngineChoice, EngineInfo } from './engine.ts';
import { ModelId } from './models.ts';
import { procedure, workStream } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

/** How the kept faces of a workspace stand; the three that follow add up to `faces`. */
export const VectorCounts = z.strictObject({
  faces: z.int(),
  /** With a vector that is still right. */
  embedded: z.int(),
  /** Without one, and why is known. */
  failed: z.int(),
  waiting: z.int(),
});
export type VectorCounts = z.infer<typeof VectorCounts>;

/** What a run that makes vectors did; the first three add up to the kept faces. */
export const EmbeddingSummary = z.strictObject({
  /** Vectors made now. */
  embedded: z.int(),
  /** Vectors that were there and are still right. */
  fresh: z.int(),
  /** Faces without one. */
  failed: z.int(),
  seconds: z.number(),
  facesPerSecond: z.number(),
  engine: EngineInfo,
});
export type EmbeddingSummary = z.infer<typeof EmbeddingSummary>;

/** What became of a workspace's kept faces. `embedded`, `fresh` and the failed faces add up to `faces`. */
export const WorkspaceEmbedReport = z.strictObject({
  model: ModelId,
  /** Numbers in a row. */
  dimensions: z.int(),
  /** Faces that are kept. */
  faces: z.int(),
  /** Vectors made now. */
  embedded: z.int(),
  /** Vectors that were there and are still right. */
  fresh: z.int(),
  /** Photos of the faces with a vector, in the order of the rows of `output`. */
  files: z.array(z.string()),
  /** Faces without a vector, by their photo. */
  failed: z.array(FileProblem),
  output: z.string().nullable(),
  seconds: z.number(),
  facesPerSecond: z.number(),
  engine: EngineInfo,
});
export type WorkspaceEmbedReport = z.infer<typeof WorkspaceEmbedReport>;

/** Which vectors. */
const Asked = Workspace.extend({
  /** Left out: the default model. */
  model: z.string().optional(),
  isFlipped: z.boolean().default(false),
});
const AskedOfEngine = Asked.extend({ engine: EngineChoice.default('auto') });

/** Vectors of a workspace's faces. */
export const workspaceEmbedContract = {
  /** How many kept faces have a vector of a model that is still right. */
  vectors: procedure.input(Asked).output(
    z.strictObject({
      model: ModelId,
      /** The model's name for people. */
      title: z.string(),
      counts: VectorCounts,
    }),
  ),
  /**
   * Queues the job that makes the vectors of kept faces that have none of this model, or whose face was changed since; `jobs` tells of it and stops
   * it. It goes on when nobody listens, and what it made is kept.
   */
  startEmbed: procedure.input(AskedOfEngine).output(z.strictObject({ job: z.string() })),
  /** The same for somebody who waits for it: leaving the stream cancels the job. */
  embed: procedure
    .input(
      AskedOfEngine.extend({
        /** Where to write all vectors, absolute, with the identity of each as its label; null for nowhere but the workspace. */
        output: VectorOutput.nullable(),
      }),
    )
    .output(workStream(WorkspaceEmbedReport)),
};
