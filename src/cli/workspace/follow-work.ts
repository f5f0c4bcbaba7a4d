import type { CommandContext } from '../context.ts';
import { follow, type Begin, type Following } from '../follow.ts';
import { withWorkspace, type WorkspaceClient } from './with-workspace.ts';

/** Work on a workspace that takes its time. */
export type Work<Report> = Following & {
  readonly access: 'read' | 'write';
  readonly work: Begin<WorkspaceClient, Report>;
};

/** Follows work on a workspace, which is open for that time; see `follow`. */
export const followWork = <Report>(
  context: CommandContext,
  workspace: string,
  { access, work, ...following }: Work<Report>,
): Promise<Report | null> =>
  follow(context, following, (use) => withWorkspace(context, workspace, access, use), work);
