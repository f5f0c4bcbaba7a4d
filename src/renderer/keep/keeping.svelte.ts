import { SvelteMap } from 'svelte/reactivity';
import type { StudioClient } from '../../contract/studio.ts';
import type {
  Backup,
  CheckedBackup,
  LastVerify,
  MadeBackup,
  VerifyReport,
} from '../../contract/workspace-care.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** What is known of the health of the open workspace, and the checks of it that run. */
export class Keeping {
  readonly workspace: Workspace;
  readonly verification = new RunningWork<VerifyReport>();
  readonly checking = new RunningWork<CheckedBackup[]>();
  /** null when it was not verified yet; undefined until that is known. */
  last = $state.raw<LastVerify | null | undefined>(undefined);
  isRepairing = $state(false);
  /** null until they are known. */
  backups = $state.raw<readonly Backup[] | null>(null);
  readonly backingUp = new RunningWork<MadeBackup>();
  failure = $state.raw<string | null>(null);
  readonly #ending = new AbortController();

  /** What a check of the backups found of each, by its name; those that were not checked since are not in it. */
  readonly damages = $derived.by(
    (): ReadonlyMap<string, string | null> =>
      new SvelteMap((this.checking.report ?? []).map(({ name, damage }) => [name, damage])),
  );

  constructor(workspace: Workspace) {
    this.workspace = workspace;
  }

  get #client(): StudioClient['workspace'] {
    return this.workspace.client.workspace;
  }

  /** Reads what is shown. */
  async refresh(): Promise<void> {
    const input = { workspace: this.workspace.folder };
    try {
      const { signal } = this.#ending;
      this.last = await ask((inner) => this.#client.lastVerify(input, { signal: inner }), signal);
      this.backups = await ask((inner) => this.#client.backups(input, { signal: inner }), signal);
      this.failure = null;
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  /** Compares the catalogue with itself, its history and its crops; a repair has crops made again that are not whole. */
  async verify({ isRepaired = false }: { readonly isRepaired?: boolean } = {}): Promise<void> {
    if (this.verification.isRunning) return;
    this.isRepairing = isRepaired;
    const input = { workspace: this.workspace.folder, isRepaired };
    const report = await this.verification.run((signal) => this.#client.verify(input, { signal }));
    this.isRepairing = false;
    if (report !== null) this.last = { atMs: Date.now(), sample: { part: 1, of: 1 }, report };
  }

  /** Makes a backup in the workspace's folder, or in another one; gives its file, null when it could not be made. */
  async backUp(to: string | null): Promise<string | null> {
    const input = { workspace: this.workspace.folder, to };
    const made = await this.backingUp.run((signal) => this.#client.backUp(input, { signal }));
    if (made === null) return null;
    await this.refresh();
    return made.file;
  }

  /** Reads every page of every backup. */
  async checkBackups(): Promise<void> {
    const input = { workspace: this.workspace.folder };
    await this.checking.run((signal) => this.#client.checkBackups(input, { signal }));
  }

  /** Stops what runs. */
  close(): void {
    this.#ending.abort();
    this.verification.cancel();
    this.checking.cancel();
    this.backingUp.cancel();
  }
}
