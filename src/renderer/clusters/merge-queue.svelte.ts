import { SvelteSet } from 'svelte/reactivity';
import type { MergeSuggestion } from '../../contract/workspace-clusters.ts';
import { sentenceOf } from '../link/calls.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** The studio gives so many at once at most. */
const MOST = 100;
/** The next ones are there before they are asked for. */
const AHEAD = 4;

const keyOf = ({ groups: [one, other] }: MergeSuggestion): string =>
  [one.id, other.id].toSorted((a, b) => a - b).join(' ');

/** Groups that may be one person, one question after the other, the nearest first. */
export class MergeQueue {
  readonly workspace: Workspace;
  /** null until it is known. */
  total = $state.raw<number | null>(null);
  failure = $state.raw<string | null>(null);
  /** An answer is being kept. */
  isAnswering = $state(false);
  #suggestions = $state.raw<readonly MergeSuggestion[]>([]);
  /** Those that were put off, until the queue is opened again. */
  readonly #later = new SvelteSet<string>();
  #asked = 0;

  /** The one in question. */
  readonly current = $derived.by(
    () => this.#suggestions.find((suggestion) => !this.#later.has(keyOf(suggestion))) ?? null,
  );
  readonly left = $derived.by(() => Math.max(0, (this.total ?? 0) - this.#later.size));

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  /** Reads the next questions. */
  async refresh(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const { client, folder } = this.workspace;
    try {
      const limit = Math.min(MOST, this.#later.size + AHEAD);
      const input = { workspace: folder, offset: 0, limit };
      const { total, suggestions } = await client.workspace.clusters.suggestions(input);
      if (asked !== this.#asked) return;
      this.#suggestions = suggestions;
      this.total = total;
      this.failure = null;
    } catch (error) {
      if (asked === this.#asked) this.failure = sentenceOf(error);
    }
  }

  /** Says whether the two are one person; the studio remembers it, and undo takes it back. */
  async answer(isSame: boolean): Promise<void> {
    const [closest] = this.current?.pairs ?? [];
    if (closest === undefined || this.isAnswering) return;
    this.isAnswering = true;
    try {
      const [one, other] = closest.faces;
      await this.workspace.edit({ kind: 'decide-pairs', pairs: [[one.id, other.id]], isSame });
      await this.refresh();
    } finally {
      this.isAnswering = false;
    }
  }

  /** Puts the question off. */
  later(): void {
    const { current } = this;
    if (current === null) return;
    this.#later.add(keyOf(current));
    void this.refresh();
  }
}
