import type { StudioClient } from '../contract/studio.ts';
import type { RecentWorkspace } from '../contract/workspace-recent.ts';

const RETRY_MS = 1000;

/** Follows the list of recent workspaces, through restarts of the service, until aborted. */
export const followRecent = (
  workspaces: StudioClient['workspace'],
  changed: (recent: readonly RecentWorkspace[]) => void,
  signal: AbortSignal,
): void => {
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const recent of await workspaces.recent({}, { signal })) changed(recent);
      } catch {
        // The service went down: its next life tells the list anew.
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  };
  void follow();
};
