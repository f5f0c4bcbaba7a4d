import type { WorkspaceNow } from '../../contract/workspace.ts';
import { follow } from '../streams.ts';
import type { Workspace } from './open.ts';
import type { Workspaces } from './registry.ts';
import { readStatus } from './status.ts';

const SPACING_MS = 200;

const readNow = (workspace: Workspace): WorkspaceNow | null =>
  workspace.ended.aborted ? null : { revision: workspace.revision(), status: readStatus(workspace) };

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
    yield* follow(shown.changes, () => readNow(shown), { spacingMs: SPACING_MS, signal: isOver });
    workspace = await workspaces.current(folder);
  }
}
