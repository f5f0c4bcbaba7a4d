import type { StudioClient } from '../../contract/studio.ts';
import type { FaceFilter } from '../../contract/workspace-faces.ts';
import type { Facets } from '../../contract/workspace-facets.ts';
import { ask, sentenceOf } from '../link/calls.ts';

/** What the faces of a filter are like: asked for anew when filter or faces change, and never twice at a time. */
export class FaceFacets {
  /** Of the filter before until those of this one are there; null before the first. */
  now = $state.raw<Facets | null>(null);
  failure = $state.raw<string | null>(null);
  readonly #client: StudioClient;
  readonly #workspace: string;
  readonly #ending: AbortSignal;
  #wanted: FaceFilter | null = null;
  #isReading = false;

  constructor(client: StudioClient, workspace: string, ending: AbortSignal) {
    this.#client = client;
    this.#workspace = workspace;
    this.#ending = ending;
  }

  /** Asks for the facets of a filter; what was asked for before and is not there yet is skipped. */
  read(filter: FaceFilter): void {
    this.#wanted = filter;
    if (!this.#isReading) void this.#readWanted();
  }

  async #readWanted(): Promise<void> {
    this.#isReading = true;
    try {
      while (this.#wanted !== null) {
        const filter = this.#wanted;
        this.#wanted = null;
        const input = { workspace: this.#workspace, filter, identities: { limit: 1 } };
        this.now = await ask((signal) => this.#client.workspace.facets(input, { signal }), this.#ending);
        this.failure = null;
      }
    } catch (error) {
      if (!this.#ending.aborted) this.failure = sentenceOf(error);
    } finally {
      this.#isReading = false;
    }
  }
}
