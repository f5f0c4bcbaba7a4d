import type { StudioClient } from '../../contract/studio.ts';
import type { RecentWorkspace } from '../../contract/workspace-recent.ts';
import { follow } from '../link/calls.ts';

/** The workspaces that were opened before, most recent first. */
export class Recent {
  /** null until the studio told. */
  all = $state.raw<readonly RecentWorkspace[] | null>(null);

  constructor(client: StudioClient, signal: AbortSignal) {
    follow((inner) => client.workspace.recent({}, { signal: inner }), {
      signal,
      take: (recent) => {
        this.all = recent;
      },
      // Without the list every workspace can still be opened by its folder.
      refused: () => {
        this.all = [];
      },
    });
  }
}
