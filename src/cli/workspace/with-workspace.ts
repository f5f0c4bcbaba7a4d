import type { StudioClient } from '../../contract/studio.ts';
import type { CommandContext } from '../context.ts';

/** Procedures about workspaces. */
export type WorkspaceClient = StudioClient['workspace'];

/** Opens a workspace for one command and closes it after, so that its lock is free and its log is folded in. */
export const withWorkspace = <Result>(
  context: CommandContext,
  folder: string,
  access: 'read' | 'write',
  work: (client: WorkspaceClient, lost: AbortSignal) => Promise<Result>,
): Promise<Result> =>
  context.withStudio(async ({ workspace: client }, lost) => {
    await client.open({ workspace: folder, access, isKeptCurrent: false }, { signal: lost });
    try {
      return await work(client, lost);
    } finally {
      if (!lost.aborted) await client.close({ workspace: folder });
    }
  });
