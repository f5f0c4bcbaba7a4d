import type { StudioClient } from '../../contract/studio.ts';
import type { Backup, RestoredBackup, RestoreView } from '../../contract/workspace-care.ts';
import { sentenceOf } from '../link/calls.ts';
import { RunningWork } from '../state/running-work.svelte.ts';

/** Puts a workspace out of the window and back. */
export type Reopening = {
  /** Does work while the window has no workspace open, then opens it again; gives what the work gives. */
  around<Result>(folder: string, work: () => Promise<Result>): Promise<Result>;
};

/** A backup that is to take the place of a workspace's catalogue: which one, what that would change, what became of it. */
export class Restoring {
  readonly folder: string;
  /** null until they are known. */
  backups = $state.raw<readonly Backup[] | null>(null);
  /** What restoring the chosen backup would change; null while none is chosen. */
  view = $state.raw<RestoreView | null>(null);
  isLooking = $state(false);
  readonly work = new RunningWork<RestoredBackup>();
  failure = $state.raw<string | null>(null);
  readonly #client: StudioClient['workspace'];
  readonly #reopening: Reopening;

  constructor(client: StudioClient, reopening: Reopening, folder: string) {
    this.#client = client.workspace;
    this.#reopening = reopening;
    this.folder = folder;
  }

  /** Reads which backups there are. */
  async list(): Promise<void> {
    this.view = null;
    await this.#attempt(async () => {
      this.backups = await this.#client.backups({ workspace: this.folder });
    });
  }

  /** Looks at what restoring a backup would change. */
  async choose(backup: string): Promise<void> {
    this.isLooking = true;
    await this.#attempt(async () => {
      this.view = await this.#client.previewRestore({ workspace: this.folder, backup });
    });
    this.isLooking = false;
  }

  /** Restores the chosen backup. */
  async restore(): Promise<void> {
    const backup = this.view?.backup.name;
    if (backup === undefined || this.work.isRunning) return;
    const input = { workspace: this.folder, backup };
    await this.#reopening.around(this.folder, () =>
      this.work.run((signal) => this.#client.restore(input, { signal })),
    );
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.failure = null;
    try {
      await act();
    } catch (error) {
      this.failure = sentenceOf(error);
    }
  }
}
