import { SvelteMap } from 'svelte/reactivity';
import type { EvaluatedPair } from '../../contract/evaluation.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** A threshold that moves is followed when it rests. */
const PAUSE_MS = 120;

/** What pairs of a list are called, read as they are needed. */
export class PairNames {
  readonly #pairs = new SvelteMap<number, EvaluatedPair>();
  #evaluation = '';
  #pause: ReturnType<typeof setTimeout> | null = null;

  /** The pair at a place of the list; null until it was read. */
  of(pair: number): EvaluatedPair | null {
    return this.#pairs.get(pair) ?? null;
  }

  /** Reads those that are missing, a moment later. Without them a list goes on: nobody is told of a failure. */
  want(workspace: Workspace, evaluation: string, pairs: readonly number[]): void {
    if (this.#evaluation !== evaluation) this.#pairs.clear();
    this.#evaluation = evaluation;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      void this.#read(workspace, evaluation, pairs);
    }, PAUSE_MS);
  }

  async #read(workspace: Workspace, evaluation: string, pairs: readonly number[]): Promise<void> {
    const missing = pairs.filter((pair) => !this.#pairs.has(pair));
    if (missing.length === 0) return;
    try {
      const input = { workspace: workspace.folder, evaluation, pairs: missing };
      const found = await workspace.client.evaluation.describe(input);
      if (this.#evaluation !== evaluation) return;
      for (const pair of found) this.#pairs.set(pair.pair, pair);
    } catch {
      // The next threshold asks again.
    }
  }
}
