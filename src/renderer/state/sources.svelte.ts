import type { Source, StudioClient } from '../../contract/studio.ts';
import { ask, sentenceOf } from '../link/calls.ts';

/** The folders that are open. */
export class Sources {
  /** null until the studio told. */
  all = $state.raw<readonly Source[] | null>(null);
  failure = $state.raw<string | null>(null);
  readonly #client: StudioClient;
  readonly #signal: AbortSignal;

  constructor(client: StudioClient, signal: AbortSignal) {
    this.#client = client;
    this.#signal = signal;
    void this.refresh();
  }

  /** Asks for the list anew. */
  async refresh(): Promise<void> {
    try {
      this.all = await ask((signal) => this.#client.sources.list({}, { signal }), this.#signal);
      this.failure = null;
    } catch (error) {
      this.failure = sentenceOf(error);
    }
  }

  /** Opens a folder and starts to align it. @throws the studio's refusal */
  async open(folder: string): Promise<Source> {
    const source = await this.#client.sources.open({ folder });
    await this.refresh();
    return source;
  }

  /** Opens the sample photos. @throws the studio's refusal */
  async openSamples(): Promise<Source> {
    const source = await this.#client.samples.open({});
    await this.refresh();
    return source;
  }

  /** Forgets a source; its photos and crops stay. @throws the studio's refusal */
  async close(source: string): Promise<void> {
    await this.#client.sources.close({ source });
    await this.refresh();
  }
}
