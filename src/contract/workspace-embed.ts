import * as z from 'zod';
import { FileProblem, VectorOutput } from './embedding.ts';
import { EngineChoice, EngineInfo } from './engine.ts';
import { ModelId } from './models.ts';
import { procedure, workStream } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

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

/** Vectors of a workspace's faces. */
export const workspaceEmbedContract = {
  /**
   * Makes the vectors of kept faces that have none of this model, or whose face was changed since. What is made is kept when the stream is left:
   * the next call goes on.
   */
  embed: procedure
    .input(
      Workspace.extend({
        /** Left out: the default model. */
        model: z.string().optional(),
        isFlipped: z.boolean().default(false),
        engine: EngineChoice.default('auto'),
        /** Where to write all vectors, absolute, with the identity of each as its label; null for nowhere but the workspace. */
        output: VectorOutput.nullable(),
      }),
    )
    .output(workStream(WorkspaceEmbedReport)),
};
