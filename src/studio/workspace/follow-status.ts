import type { WorkspaceNow } from '../../contract/workspace.ts';
import { follow } from '../streams.ts';
import type { Workspace } from './open.ts';
import type { Workspaces } from './registry.ts';
import { readStatus } from './status.ts';

const SPACING_MS = 200;

const revisionOf = (workspace: Workspace): number | null =>
  workspace.ended.aborted ? null : workspace.revision();

/** null when it was closed while it was counted. What changes meanwhile comes with the next revision. */
const readNow = async (workspace: Workspace, revision: number): Promise<WorkspaceNow | null> => {
  try {
    return { revision, status: await readStatus(workspace) };
  } catch (error) {
    if (workspace.ended.aborted) return null;
    throw error;
  }
};

/**
 * The state of a workspace at once and after every change, with some time between. Goes on when it is opened anew for writing; ends when it is
 * closed. @throws a failure when there is no workspace
 */
export async function* followStatus(
  workspaces: Workspaces,
  folder: string,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<WorkspaceNow, void, void> {
  let workspace: Workspace | null = await workspaces.use(folder, 'read', (opened) => opened);
  while (workspace !== null && !signal.aborted) {
    const shown: Workspace = workspace;
    const isOver = AbortSignal.any([signal, shown.ended]);
    for await (const revision of follow(shown.changes, () => revisionOf(shown), {
      spacingMs: SPACING_MS,
      signal: isOver,
    })) {
      const now = await readNow(shown, revision);
      if (now !== null) yield now;
    }
    workspace = await workspaces.current(folder);
  }
}
