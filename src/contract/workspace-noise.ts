import * as z from 'zod';
import { procedure } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

/** How many labels of a workspace are wrong, by a random sample that somebody reviews. */
export const NoiseReport = z.strictObject({
  /** Faces that bear the name that their file was given. */
  labelled: z.int(),
  /** The faces drawn; the same for the same seed and size as long as the same files are there. */
  sample: z.array(z.int()),
  reviewed: z.int(),
  wrong: z.int(),
  /** Share of wrong labels from 0 to 1 with its 95 % interval (Clopper and Pearson); null before anything was reviewed. */
  share: z.strictObject({ share: z.number(), low: z.number(), high: z.number() }).nullable(),
  /** The first of the sample that nobody has reviewed. */
  waiting: z.array(z.strictObject({ face: z.int(), file: z.string(), identity: z.string() })),
});
export type NoiseReport = z.infer<typeof NoiseReport>;

export const workspaceNoiseContract = {
  /** `size` null draws as many as tell a share of a tenth to within three hundredths. */
  noise: procedure
    .input(
      Workspace.extend({
        size: z.int().positive().max(100_000).nullable(),
        seed: z.int(),
        limit: z.int().nonnegative().max(1000),
      }),
    )
    .output(NoiseReport),
};
