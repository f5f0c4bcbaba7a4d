import type { AlignSettings } from '../../contract/faces.ts';
import type { FolderPlan, Source, StudioClient } from '../../contract/studio.ts';
import { ask, sentenceOf } from '../link/calls.ts';

/** What opening a folder may say besides its path. */
export type OpenChoice = {
  /** Left out: those that the folder had, else the default. */
  readonly settings?: AlignSettings;
  /** Makes the settings the default of further folders. */
  readonly asDefault?: boolean;
};

const isSameSource = (one: Source, other: Source): boolean =>
  one.id === other.id && one.output === other.output;

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
      const before = this.all ?? [];
      const now = await ask((signal) => this.#client.sources.list({}, { signal }), this.#signal);
      // A source that stayed the same keeps its object, so that nobody takes it for another one.
      this.all = now.map((source) => before.find((old) => isSameSource(old, source)) ?? source);
      this.failure = null;
    } catch (error) {
      this.failure = sentenceOf(error);
    }
  }

  /** What a folder would be opened with. @throws the studio's refusal */
  plan(folder: string): Promise<FolderPlan> {
    return this.#client.sources.plan({ folder });
  }

  /** Opens a folder and starts to align it. @throws the studio's refusal */
  async open(folder: string, choice: OpenChoice = {}): Promise<Source> {
    const source = await this.#client.sources.open({ folder, ...choice });
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
