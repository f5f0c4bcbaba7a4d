import type { ClusterConflict } from '../../contract/workspace-clusters.ts';
import type { FaceTile } from '../../contract/workspace-facets.ts';
import { sentenceOf } from '../link/calls.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** The studio gives so many at once at most. */
const MOST = 100;

/** Decisions that were set aside because others say the opposite. */
export class ConflictList {
  /** null until it is known. */
  total = $state.raw<number | null>(null);
  conflicts = $state.raw<readonly ClusterConflict[]>([]);
  failure = $state.raw<string | null>(null);
  readonly #workspace: Workspace;
  #asked = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Reads them anew. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const { client, folder } = this.#workspace;
    try {
      const { total, conflicts } = await client.workspace.clusters.conflicts({
        workspace: folder,
        limit: MOST,
      });
      if (asked !== this.#asked) return;
      this.total = total;
      this.conflicts = conflicts;
      this.failure = null;
    } catch (error) {
      if (asked === this.#asked) this.failure = sentenceOf(error);
    }
  }

  /** Forgets what was said of two faces, as a step that undo takes back. */
  async takeBack([one, other]: readonly [FaceTile, FaceTile]): Promise<void> {
    await this.#workspace.edit({ kind: 'decide-pairs', pairs: [[one.id, other.id]], isSame: null });
    await this.refresh();
  }
}
