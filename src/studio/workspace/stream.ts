import type { WorkEvent } from '../../contract/procedure.ts';
import { streamWork, type WorkHooks } from '../stream-work.ts';
import type { Workspace } from './open.ts';

/**
 * Does work in a workspace and tells its progress, then its report. Leaving the stream stops it; so does closing the workspace, which waits
 * until the work has ended.
 * @throws what the work throws
 */
export const streamInWorkspace = <Report>(
  workspace: Workspace,
  now: () => number,
  work: (hooks: WorkHooks) => Promise<Report>,
  signal?: AbortSignal,
): AsyncGenerator<WorkEvent<Report>, void, void> =>
  streamWork(
    now,
    (hooks) =>
      workspace.whileOpen((ended) => work({ ...hooks, signal: AbortSignal.any([hooks.signal, ended]) })),
    signal,
  );
