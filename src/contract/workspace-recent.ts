import { eventIterator } from '@orpc/contract';
import * as z from 'zod';
import { procedure } from './procedure.ts';

/** A workspace that was opened from a window before. */
export const RecentWorkspace = z.strictObject({
  id: z.string(),
  /** Last part of its folder. */
  name: z.string(),
  folder: z.string(),
});
export type RecentWorkspace = z.infer<typeof RecentWorkspace>;

/** Which workspaces were opened before. */
export const workspaceRecentContract = {
  /** Most recently opened first: at once, then at each change. */
  recent: procedure.input(z.strictObject({})).output(eventIterator(z.array(RecentWorkspace))),
  /** Takes one off the list; its folder stays as it is. */
  forget: procedure.input(z.strictObject({ id: z.string() })).output(z.void()),
};
