import type { HistoryStep } from '../../contract/workspace-edits.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

const PAGE_STEPS = 200;

/** The steps of a workspace's history, newest first, read as far as somebody looked. */
export class History {
  steps = $state.raw<readonly HistoryStep[]>([]);
  isRead = $state(false);
  hasMore = $state(false);
  isUndoing = $state(false);
  failure = $state.raw<string | null>(null);
  readonly #workspace: Workspace;
  readonly #ending = new AbortController();
  /** The newest answer counts. */
  #asked = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Reads again what is shown. */
  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    const limit = Math.min(1000, Math.max(PAGE_STEPS, this.steps.length));
    const steps = await this.#page(null, limit);
    if (steps === null || asked !== this.#asked) return;
    this.steps = steps;
    this.hasMore = steps.length === limit;
    this.isRead = true;
  }

  /** Reads older steps too. */
  async readMore(): Promise<void> {
    const last = this.steps.at(-1);
    if (last === undefined) return;
    const older = await this.#page(last.sequence, PAGE_STEPS);
    if (older === null) return;
    this.steps = [...this.steps, ...older];
    this.hasMore = older.length === PAGE_STEPS;
  }

  /** Takes back every step down to this one. */
  async undoTo(step: HistoryStep): Promise<void> {
    this.isUndoing = true;
    await this.#workspace.undoTo(step.sequence);
    this.isUndoing = false;
    await this.refresh();
  }

  close(): void {
    this.#ending.abort();
  }

  async #page(before: number | null, limit: number): Promise<readonly HistoryStep[] | null> {
    const { client, folder } = this.#workspace;
    try {
      const steps = await ask(
        (signal) => client.workspace.history({ workspace: folder, before, limit }, { signal }),
        this.#ending.signal,
      );
      this.failure = null;
      return steps;
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
      return null;
    }
  }
}
