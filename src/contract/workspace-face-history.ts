import * as z from 'zod';
import { procedure } from './procedure.ts';
import { HistoryStep } from './workspace-edits.ts';
import { Workspace } from './workspace-input.ts';

/** What was decided of one face. */
export const workspaceFaceHistoryContract = {
  /** Steps that changed the face, newest first; those of long ago, behind a thousand others, are left out. */
  faceHistory: procedure
    .input(Workspace.extend({ face: z.int().positive(), limit: z.int().positive().max(100).default(20) }))
    .output(z.array(HistoryStep)),
};
