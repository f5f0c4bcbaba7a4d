import { userInfo } from 'node:os';
import type { StudioClient } from '../../contract/studio.ts';
import type { CommandContext } from '../context.ts';

/** Procedures about workspaces. */
export type WorkspaceClient = StudioClient['workspace'];

/** Who works here, for the history: the name that the system knows the person by. */
export const whoAmI = (): string => {
  try {
    return userInfo().username;
  } catch {
    // A process without an entry in the system's list of users.
    return process.env['USER'] ?? 'unknown';
  }
};

/** Opens a workspace for one command and closes it after, so that its lock is free and its log is folded in. */
export const withWorkspace = <Result>(
  context: CommandContext,
  folder: string,
  access: 'read' | 'write',
  work: (client: WorkspaceClient, lost: AbortSignal) => Promise<Result>,
): Promise<Result> =>
  context.withStudio(async ({ workspace: client }, lost) => {
    await client.open({ workspace: folder, access }, { signal: lost });
    try {
      return await work(client, lost);
    } finally {
      if (!lost.aborted) await client.close({ workspace: folder });
    }
  });
