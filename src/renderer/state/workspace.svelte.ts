import { untrack } from 'svelte';
import { toast } from 'svelte-sonner';
import type { StudioClient } from '../../contract/studio.ts';
import type { EditCommand, EditEffect } from '../../contract/workspace-edits.ts';
import type { FaceFilter, FaceSelection, FaceSort } from '../../contract/workspace-faces.ts';
import type { Applied, ScanReport, WorkspaceStatus } from '../../contract/workspace.ts';
import { ask, follow, sentenceOf } from '../link/calls.ts';
import { baseName } from '../words/photos.ts';
import { Faces } from './faces.svelte.ts';
import { Selection } from './selection.svelte.ts';

const ERROR_TOAST_MS = 12_000;
/** The next result of an edit takes the place of the one before, whose Undo would undo something else. */
const EDIT_TOAST = 'edit';

/** What the studio says of a workspace when it is opened. */
export type OpenedWorkspace = Awaited<ReturnType<StudioClient['workspace']['open']>>;
export type WorkspaceIdentity = Awaited<ReturnType<StudioClient['workspace']['identities']>>[number];

/** The workspace that is open: what it holds, what of it is shown and selected, and what a person can do with it. */
export class Workspace {
  /** Stands for it in the addresses of pictures. */
  readonly id: string;
  readonly folder: string;
  readonly name: string;
  readonly isReadOnly: boolean;
  readonly client: StudioClient;
  readonly faces: Faces;
  readonly selection = new Selection();

  /** null until it is known. */
  status = $state.raw<WorkspaceStatus | null>(null);
  /** By name; null until they are known. */
  identities = $state.raw<readonly WorkspaceIdentity[] | null>(null);
  filter = $state.raw<FaceFilter>({});
  sort = $state.raw<FaceSort>({ by: 'identity', isDescending: false });
  failure = $state.raw<string | null>(null);
  /** Grows with each change of the catalogue that this window knows of. */
  changes = $state.raw(0);

  readonly active = $derived.by(() => this.faces.at(this.selection.activeIndex));
  readonly isFiltered = $derived(Object.keys(this.filter).length > 0);
  readonly selectedCount = $derived.by(() => this.selection.count(this.faces.total ?? 0));

  readonly #who: string;
  readonly #ending = new AbortController();
  readonly #endEffects: () => void;
  #isReading = false;
  #isOutdated = false;

  constructor(client: StudioClient, opened: OpenedWorkspace) {
    this.client = client;
    ({ id: this.id, folder: this.folder, isReadOnly: this.isReadOnly } = opened);
    this.#who = opened.who;
    this.name = baseName(opened.folder);
    this.faces = new Faces(client, opened.folder);
    this.#endEffects = $effect.root(() => {
      $effect(() => {
        this.#openQuery();
      });
      $effect(() => {
        this.#followActive();
      });
    });
    this.#follow();
  }

  /** Faces by id, or the filter but some: what an edit of the selection is given. */
  get selected(): FaceSelection {
    const { isAll, ids } = this.selection.chosen();
    return isAll ? { filter: this.filter, except: [...ids] } : { faces: [...ids] };
  }

  /**
   * Does an edit and tells of it, with Undo, unless the screen says enough. null when it was refused, which is told in any case.
   */
  async edit(
    command: EditCommand,
    { isQuiet = false }: { readonly isQuiet?: boolean } = {},
  ): Promise<Applied | null> {
    const applied = await this.#attempt(() =>
      this.client.workspace.edit({ workspace: this.folder, command, who: this.#who }),
    );
    if (applied === null) return null;
    // Who asks for quiet looks at something else than the list, which follows a moment later.
    if (!isQuiet) this.faces.outdate();
    // The next picture says enough of one face that was judged.
    if (applied.sequence !== null && !isQuiet && !(command.kind === 'mark' && applied.faces === 1)) {
      const undo = { label: 'Undo', onClick: () => void this.undo() };
      toast(applied.label, { id: EDIT_TOAST, action: undo });
    } else toast.dismiss(EDIT_TOAST);
    return applied;
  }

  /** What an edit would change. null when it is refused, which is told. */
  preview(command: EditCommand): Promise<EditEffect | null> {
    return this.#attempt(() => this.client.workspace.preview({ workspace: this.folder, command }));
  }

  /** Takes the last step back. */
  undo(): Promise<void> {
    return this.#step('undo', 'There is nothing to undo.', 'Undone');
  }

  /** Does again what was undone last. */
  redo(): Promise<void> {
    return this.#step('redo', 'There is nothing to redo.', 'Redone');
  }

  /** Takes back every step down to one, and that one. */
  async undoTo(sequence: number): Promise<void> {
    const input = { workspace: this.folder, sequence, who: this.#who };
    const undone = await this.#attempt(() => this.client.workspace.undoTo(input));
    if (undone === null) return;
    this.faces.outdate();
    toast(undone.steps === 1 ? 'Undone: 1 step.' : `Undone: ${String(undone.steps)} steps.`, {
      id: EDIT_TOAST,
    });
  }

  /** Adds a folder of photos; what is in it is aligned by itself, as its rule says. True when it was added. */
  async addSource(folder: string): Promise<boolean> {
    const input = { workspace: this.folder, folder, who: this.#who };
    const report = await this.#attempt(() => this.client.workspace.addSource(input));
    if (report === null) return false;
    this.faces.outdate();
    return true;
  }

  /** Compares every source with its folder at once, and does with what is new as the rules say. */
  async scan(): Promise<readonly ScanReport[] | null> {
    const reports = await this.#attempt(() => this.client.workspace.scan({ workspace: this.folder }));
    if (reports === null) return null;
    this.faces.outdate();
    return reports;
  }

  /** Has everything that waits aligned, whatever the rules of the folders say; the job of it is told of in Activity. */
  async align(): Promise<void> {
    await this.#attempt(() => this.client.workspace.startAlign({ workspace: this.folder }));
  }

  /** Ends what the window follows of it, and gives its lock back. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#endEffects();
    this.faces.close();
    toast.dismiss(EDIT_TOAST);
    await this.client.workspace.close({ workspace: this.folder });
  }

  #openQuery(): void {
    const { filter, sort } = this;
    // What this reads while it opens is no reason to open again.
    untrack(() => {
      this.selection.reset();
      this.faces.open({ filter, sort });
    });
  }

  /** Keeps the active face the active one when the list moves below it. */
  #followActive(): void {
    if (this.faces.refreshes === 0) return;
    this.selection.follow(this.faces);
  }

  async #step(name: 'undo' | 'redo', nothing: string, done: string): Promise<void> {
    const input = { workspace: this.folder, who: this.#who };
    const outcome = await this.#attempt(async () => ({ step: await this.client.workspace[name](input) }));
    if (outcome === null) return;
    if (outcome.step === null) {
      toast(nothing, { id: EDIT_TOAST });
      return;
    }
    this.faces.outdate();
    toast(`${done}: ${outcome.step.label}`, { id: EDIT_TOAST });
  }

  #follow(): void {
    const { signal } = this.#ending;
    follow(
      async (inner) => {
        // Revisions of a studio that was started anew begin again, and it has nothing open.
        this.faces.changedTo(0);
        const access = this.isReadOnly ? 'read' : 'write';
        await this.client.workspace.open({ workspace: this.folder, access }, { signal: inner });
        return this.client.workspace.watch({ workspace: this.folder }, { signal: inner });
      },
      {
        signal,
        take: ({ revision, status }) => {
          this.status = status;
          this.failure = null;
          this.changes += 1;
          this.faces.changedTo(revision);
          this.#isOutdated = true;
          if (!this.#isReading) void this.#readIdentities();
        },
        refused: (sentence) => {
          this.failure = sentence;
        },
      },
    );
  }

  /** As often as they change, and not more than once at a time. */
  async #readIdentities(): Promise<void> {
    this.#isReading = true;
    const { signal: ending } = this.#ending;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        this.identities = await ask(
          (signal) => this.client.workspace.identities({ workspace: this.folder }, { signal }),
          ending,
        );
      }
    } catch (error) {
      if (!ending.aborted) this.failure = sentenceOf(error);
    } finally {
      this.#isReading = false;
    }
  }

  async #attempt<Result>(act: () => Promise<Result>): Promise<Result | null> {
    try {
      return await act();
    } catch (error) {
      if (!this.#ending.signal.aborted) toast.error(sentenceOf(error), { duration: ERROR_TOAST_MS });
      return null;
    }
  }
}
