import type { PurgeReport, PurgeView } from '../../contract/workspace-purge.ts';
import { sentenceOf } from '../link/calls.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import type { Reopening } from './restoring.svelte.ts';

type Person = { readonly id: number; readonly name: string };

/** A person who is to be removed for good: who, what that would take away, what became of it. */
export class Removing {
  readonly workspace: Workspace;
  readonly work = new RunningWork<PurgeReport>();
  /** null until somebody was chosen. */
  person = $state.raw<Person | null>(null);
  /** What would go; null until it is known. */
  view = $state.raw<PurgeView | null>(null);
  typed = $state('');
  /** The person is gone, and the search for what is left was stopped. */
  isStopped = $state(false);
  failure = $state.raw<string | null>(null);
  readonly #reopening: Reopening;

  readonly isNameTyped = $derived.by(() => this.person !== null && this.typed === this.person.name);

  constructor(workspace: Workspace, reopening: Reopening) {
    this.workspace = workspace;
    this.#reopening = reopening;
  }

  /** Looks at what removing somebody would take away. */
  async choose(person: Person): Promise<void> {
    this.person = person;
    this.view = null;
    this.typed = '';
    this.failure = null;
    try {
      const { client, folder } = this.workspace;
      const view = await client.workspace.previewPurge({ workspace: folder, identity: person.name });
      if (this.person === person) this.view = view;
    } catch (error) {
      if (this.person === person) this.failure = sentenceOf(error);
    }
  }

  /** Goes back to the question who. */
  forget(): void {
    this.person = null;
    this.view = null;
    this.failure = null;
  }

  /** Removes the person, then searches every byte of the workspace for what is left. */
  async remove(): Promise<void> {
    const { person, typed, workspace } = this;
    if (person === null || !this.isNameTyped || this.work.isRunning) return;
    const input = { workspace: workspace.folder, identity: person.name, typed };
    const report = await this.#reopening.around(workspace.folder, () =>
      this.work.run((signal) => workspace.client.workspace.purge(input, { signal })),
    );
    this.isStopped = report === null && this.work.failure === null;
  }
}
