import type { AppliedDecisions, DecisionListSize } from '../../contract/workspace-decisions.ts';
import { sentenceOf } from '../link/calls.ts';
import type { Workspace } from '../state/workspace.svelte.ts';

/** A decision list that is to be written into a folder. */
export class ListWriting {
  readonly workspace: Workspace;
  readonly folder: string;
  name = $state('decisions.jsonl');
  isWriting = $state(false);
  size = $state.raw<DecisionListSize | null>(null);
  failure = $state.raw<string | null>(null);

  constructor(workspace: Workspace, folder: string) {
    this.workspace = workspace;
    this.folder = folder;
  }

  /** Writes it into a new file. */
  async write(): Promise<void> {
    const { client, folder: workspace } = this.workspace;
    const separator = this.folder.includes('\\') ? '\\' : '/';
    const base = this.folder.endsWith(separator) ? this.folder : this.folder + separator;
    this.isWriting = true;
    this.failure = null;
    try {
      this.size = await client.workspace.exportDecisions({ workspace, file: base + this.name.trim() });
    } catch (error) {
      this.failure = sentenceOf(error);
    } finally {
      this.isWriting = false;
    }
  }
}

/** A decision list that is to be applied: what would change, then what did. */
export class ListApplying {
  readonly workspace: Workspace;
  readonly file: string;
  isOverwriting = $state(false);
  /** What would change; null until it is known. */
  preview = $state.raw<AppliedDecisions | null>(null);
  applied = $state.raw<AppliedDecisions | null>(null);
  isWorking = $state(false);
  failure = $state.raw<string | null>(null);

  constructor(workspace: Workspace, file: string) {
    this.workspace = workspace;
    this.file = file;
  }

  /** Looks at what would change. */
  look(): Promise<void> {
    return this.#attempt(async () => {
      this.preview = await this.workspace.applyDecisions(this.file, {
        isOverwriting: this.isOverwriting,
        isPreview: true,
      });
    });
  }

  /** Looks again, with what was decided here giving way or not. */
  async overwrite(isOverwriting: boolean): Promise<void> {
    this.isOverwriting = isOverwriting;
    await this.look();
  }

  /** Applies it, as one step. */
  apply(): Promise<void> {
    return this.#attempt(async () => {
      this.applied = await this.workspace.applyDecisions(this.file, {
        isOverwriting: this.isOverwriting,
        isPreview: false,
      });
    });
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    this.isWorking = true;
    this.failure = null;
    try {
      await act();
    } catch (error) {
      this.failure = sentenceOf(error);
    } finally {
      this.isWorking = false;
    }
  }
}
