import * as z from 'zod';
import { procedure } from './procedure.ts';
import { Workspace } from './workspace-input.ts';

/** What a decision list says of one thing, counted. */
export const DecisionListSize = z.strictObject({
  /** Absolute path of the list. */
  file: z.string(),
  decisions: z.int(),
  photos: z.int(),
  /** Decisions that hang on this workspace alone: on files that were never read, or on one of several copies. */
  notPortable: z.int(),
});
export type DecisionListSize = z.infer<typeof DecisionListSize>;

/** A decision that was made here and that the list has otherwise. */
export const DecisionConflict = z.strictObject({
  /** The photo's file here. */
  file: z.string(),
  face: z.int().nullable(),
  what: z.string(),
  here: z.string(),
  list: z.string(),
});
export type DecisionConflict = z.infer<typeof DecisionConflict>;

/** What applying a list did, or would do. The five counts after `decisions` add up to it. */
export const AppliedDecisions = z.strictObject({
  decisions: z.int(),
  applied: z.int(),
  /** The same was decided here. */
  alreadySo: z.int(),
  /** Decided otherwise here, and kept so. */
  kept: z.int(),
  noSuchPhoto: z.int(),
  noSuchFace: z.int(),
  /** Of those applied: decided otherwise here, and overwritten. */
  overwritten: z.int(),
  /** The first hundred decisions that were made here otherwise. */
  conflicts: z.array(DecisionConflict),
  /** The first ten thousand faces here of which something changes. */
  faces: z.array(z.int()),
  /** The step in the history; null when nothing was to be changed. */
  sequence: z.int().nullable(),
});
export type AppliedDecisions = z.infer<typeof AppliedDecisions>;

/** What a person decided, as a list that another copy of the dataset understands. */
export const workspaceDecisionsContract = {
  /** Writes the list into a new file. */
  exportDecisions: procedure.input(Workspace.extend({ file: z.string() })).output(DecisionListSize),
  /** Applies a list, as one step of the history. */
  applyDecisions: procedure
    .input(
      Workspace.extend({
        file: z.string(),
        /** What was decided otherwise here gives way to the list. */
        isOverwriting: z.boolean().default(false),
        /** Says what would change, and changes nothing. */
        isPreview: z.boolean().default(false),
        who: z.string(),
      }),
    )
    .output(AppliedDecisions),
};
