import type { Progress } from '../../contract/procedure.ts';
import type { StudioClient } from '../../contract/studio.ts';
import type { ExportReport, ExportSettings } from '../../contract/workspace-export.ts';
import { sentenceOf } from '../link/calls.ts';
import type { Workspace } from './workspace.svelte.ts';

export type ExportChoice = Omit<ExportSettings, 'folder'>;

/** One export of a workspace into a folder: what is asked, how far it has come, what it wrote. */
export class Exporting {
  readonly workspace: Workspace;
  folder = $state.raw('');
  /** null until it runs. */
  progress = $state.raw<Progress | null>(null);
  report = $state.raw<ExportReport | null>(null);
  failure = $state.raw<string | null>(null);
  readonly #client: StudioClient;
  #stop = new AbortController();

  constructor(client: StudioClient, workspace: Workspace, folder: string) {
    this.#client = client;
    this.workspace = workspace;
    this.folder = folder;
  }

  get isRunning(): boolean {
    return this.progress !== null && this.report === null;
  }

  /** Writes the export: complete, or nothing. */
  async start(choice: ExportChoice): Promise<void> {
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    this.failure = null;
    this.progress = { done: 0, total: null, ratePerSecond: null, secondsLeft: null };
    try {
      const input = { workspace: this.workspace.folder, folder: this.folder, ...choice };
      for await (const event of await this.#client.workspace.export(input, { signal })) {
        if (event.kind === 'progress') this.progress = event.progress;
        else this.report = event.report;
      }
    } catch (error) {
      if (!signal.aborted) this.failure = sentenceOf(error);
    } finally {
      if (this.report === null) this.progress = null;
    }
  }

  /** Takes another folder; what was wrong with the one before is forgotten. */
  useFolder(folder: string): void {
    this.folder = folder;
    this.failure = null;
  }

  /** Stops it; nothing is left in the folder. */
  cancel(): void {
    this.#stop.abort();
  }
}
