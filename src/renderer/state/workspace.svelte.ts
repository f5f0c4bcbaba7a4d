import { untrack } from 'svelte';
import { toast } from 'svelte-sonner';
import type { StudioClient } from '../../contract/studio.ts';
import type { AppliedDecisions } from '../../contract/workspace-decisions.ts';
import type { EditCommand } from '../../contract/workspace-edits.ts';
import type { FaceFilter, FaceSelection, FaceSort, FaceState } from '../../contract/workspace-faces.ts';
import type { FileStatus } from '../../contract/workspace-file-status.ts';
import type { Applied, ScanReport, WorkspaceStatus } from '../../contract/workspace.ts';
import { ask, follow, sentenceOf } from '../link/calls.ts';
import { STATUSES_WITH_FACES } from '../words/faces.ts';
import { baseName } from '../words/photos.ts';
import { isOpen } from './face-filter.ts';
import { Faces } from './faces.svelte.ts';
import { FaceFacets } from './facets.svelte.ts';
import { Files } from './files.svelte.ts';
import { IdentityList, type IdentityOrder } from './identity-list.svelte.ts';
import { isSmall, type Proposal } from './proposal.ts';
import { SavedViews } from './saved-views.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { ERROR_TOAST_MS } from './tell.ts';
import type { View } from './view.svelte.ts';

/** The next result of an edit takes the place of the one before, whose Undo would undo something else. */
const EDIT_TOAST = 'edit';
/** What is told of edits that nothing takes back. */
const PLAIN_TOAST = 'edit-plain';

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
  readonly view: View;
  readonly faces: Faces;
  readonly files: Files;
  /** The identities of the faces that the filter takes. */
  readonly identityList: IdentityList;
  readonly facets: FaceFacets;
  readonly views: SavedViews;
  readonly selection = new Selection();
  readonly fileSelection = new Selection();

  /** null until it is known. */
  status = $state.raw<WorkspaceStatus | null>(null);
  /** All of them, by name; null until they are known. */
  identities = $state.raw<readonly WorkspaceIdentity[] | null>(null);
  filter = $state.raw<FaceFilter>({});
  sort = $state.raw<FaceSort>({ by: 'identity', isDescending: false });
  /** The grid shows the files with these statuses instead of faces. */
  shownFiles = $state.raw<readonly FileStatus[] | null>(null);
  /** The edit that waits for a yes. */
  proposal = $state.raw<Proposal | null>(null);
  identitySearch = $state('');
  identityOrder = $state<IdentityOrder>('name');
  /** Grows when an identity is to be typed for. */
  searchRequests = $state(0);
  failure = $state.raw<string | null>(null);
  /** Grows with each edit, undo and redo of this window. */
  edits = $state.raw(0);
  /** Grows with each change of the catalogue that this window knows of. */
  changes = $state.raw(0);

  readonly active = $derived.by(() => this.faces.at(this.selection.activeIndex));
  readonly isFiltered = $derived(!isOpen(this.filter));
  readonly selectedCount = $derived.by(() => this.selection.count(this.faces.total ?? 0));

  /** Whose edits these are. */
  readonly who: string;
  readonly #ending = new AbortController();
  readonly #endEffects: () => void;
  #isReading = false;
  #isOutdated = false;
  /** Faces that are gone from the list after an edit are not selected any more. */
  #dropsVanished = false;

  constructor(client: StudioClient, view: View, opened: OpenedWorkspace) {
    this.client = client;
    this.view = view;
    const { folder } = opened;
    ({ id: this.id, isReadOnly: this.isReadOnly } = opened);
    this.folder = folder;
    this.who = opened.who;
    this.name = baseName(folder);
    this.faces = new Faces(client, folder);
    this.files = new Files(client, folder);
    this.identityList = new IdentityList(client, folder);
    this.facets = new FaceFacets(client, folder, this.#ending.signal);
    this.views = new SavedViews(client, folder, this.#ending.signal);
    this.#endEffects = $effect.root(() => {
      $effect(() => {
        this.#openQuery();
      });
      $effect(() => {
        const statuses = this.shownFiles;
        untrack(() => {
          this.fileSelection.reset();
          this.files.open(statuses === null ? null : { statuses }, true);
        });
      });
      $effect(() => {
        const { filter, identitySearch: search, identityOrder: by } = this;
        untrack(() => {
          this.identityList.list.open({ filter, search: search.trim(), by });
        });
      });
      $effect(() => {
        const { filter, changes } = this;
        if (changes > 0)
          untrack(() => {
            this.facets.read(filter);
          });
      });
      $effect(() => {
        this.#followActive();
      });
    });
    this.#follow();
  }

  /**
   * What an edit of the selection is given: faces by id, or the filter but some; the active face where nothing is
   * selected. null where there is no face.
   */
  get selected(): FaceSelection | null {
    const { isAll, ids } = this.selection.chosen();
    if (isAll) return { filter: this.filter, except: [...ids] };
    if (ids.size > 0) return { faces: [...ids] };
    return this.active === null ? null : { faces: [this.active.id] };
  }

  /** Shows the faces that a filter takes. */
  show(filter: FaceFilter): void {
    this.shownFiles = null;
    this.filter = filter;
  }

  /** Shows the files with a status, or the faces of those that have some. */
  showFiles(status: FileStatus): void {
    if (STATUSES_WITH_FACES.has(status)) this.show({ fileStatuses: [status] });
    else this.shownFiles = [status];
  }

  /** The name of an identity for people. */
  nameOf(id: number): string {
    return this.identities?.find((identity) => identity.id === id)?.name ?? '…';
  }

  /** Says of the selected faces what they are. */
  mark(state: FaceState, verb: string): void {
    const selection = this.selected;
    if (selection === null) return;
    const isOne = 'faces' in selection && selection.faces.length === 1;
    void this.propose({ kind: 'mark', selection, state }, verb);
    if (isOne && this.view.autoAdvance) this.#advance();
  }

  /** Does an edit at once where it is small; shows what it would change, and asks, where it is not. */
  async propose(command: EditCommand, verb: string): Promise<void> {
    if (this.isReadOnly) {
      this.#tell(`${this.name} is open for reading only: nothing was changed.`, null);
      return;
    }
    if (isSmall(command, this.view.asksFrom)) {
      await this.edit(command);
      return;
    }
    const input = { workspace: this.folder, command };
    const effect = await this.#attempt(() => this.client.workspace.preview(input));
    if (effect !== null) this.proposal = { command, effect, verb };
  }

  /** Does what was proposed. */
  async accept(): Promise<void> {
    const { proposal } = this;
    this.proposal = null;
    if (proposal !== null) await this.edit(proposal.command);
  }

  /**
   * Does an edit and tells of it, with Undo, unless the screen says enough. null when it was refused, which is told in any case.
   */
  async edit(
    command: EditCommand,
    { isQuiet = false }: { readonly isQuiet?: boolean } = {},
  ): Promise<Applied | null> {
    const applied = await this.#attempt(() =>
      this.client.workspace.edit({ workspace: this.folder, command, who: this.who }),
    );
    if (applied === null) return null;
    this.edits += 1;
    // Who asks for quiet looks at something else than the list, which follows a moment later.
    if (!isQuiet) this.#changed();
    // The next picture says enough of one face that was judged.
    if (applied.sequence !== null && !isQuiet && !(command.kind === 'mark' && applied.faces === 1)) {
      this.#tell(applied.label, 'undo');
    } else toast.dismiss(EDIT_TOAST);
    return applied;
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
    const input = { workspace: this.folder, sequence, who: this.who };
    const undone = await this.#attempt(() => this.client.workspace.undoTo(input));
    if (undone === null) return;
    this.edits += 1;
    this.#changed();
    this.#tell(undone.steps === 1 ? 'Undone: 1 step.' : `Undone: ${String(undone.steps)} steps.`, null);
  }

  /** Applies a decision list as one step, or says what that would change. @throws what the studio refuses it with */
  async applyDecisions(
    file: string,
    { isOverwriting, isPreview }: { readonly isOverwriting: boolean; readonly isPreview: boolean },
  ): Promise<AppliedDecisions> {
    const input = { workspace: this.folder, file, isOverwriting, isPreview, who: this.who };
    const applied = await this.client.workspace.applyDecisions(input);
    if (applied.sequence !== null) this.#changed();
    return applied;
  }

  /** Adds a folder of photos; what is in it is aligned by itself, as its rule says. True when it was added. */
  async addSource(folder: string): Promise<boolean> {
    const input = { workspace: this.folder, folder, who: this.who };
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

  /** Has the faces embedded that have no vector of the default model; the job of it is told of in Activity. */
  async embed(): Promise<void> {
    await this.#attempt(() => this.client.workspace.startEmbed({ workspace: this.folder }));
  }

  /** Ends what the window follows of it, and gives its lock back. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#endEffects();
    this.faces.close();
    this.files.close();
    this.identityList.list.close();
    toast.dismiss(EDIT_TOAST);
    await this.client.workspace.close({ workspace: this.folder });
  }

  #advance(): void {
    const next = this.selection.activeIndex + 1;
    if (next < (this.faces.total ?? 0)) this.selection.choose(next, this.faces.at(next)?.id ?? null);
  }

  #changed(): void {
    this.#dropsVanished = true;
    this.faces.outdate();
  }

  #openQuery(): void {
    const { filter, sort } = this;
    // What this reads while it opens is no reason to open again.
    untrack(() => {
      this.selection.reset();
      this.faces.open({ filter, sort });
    });
  }

  /** Keeps the active face the active one when the list moves below it; one that an edit took out of the list is left. */
  #followActive(): void {
    const { refreshes, total } = this.faces;
    if (refreshes === 0 || total === null) return;
    untrack(() => {
      const { selection, faces } = this;
      const dropsVanished = this.#dropsVanished;
      this.#dropsVanished = false;
      if (selection.follow(faces) || !dropsVanished) return;
      const place = Math.max(0, Math.min(selection.activeIndex, total - 1));
      selection.choose(place, faces.at(place)?.id ?? null);
    });
  }

  async #step(name: 'undo' | 'redo', nothing: string, done: string): Promise<void> {
    const input = { workspace: this.folder, who: this.who };
    const outcome = await this.#attempt(async () => ({ step: await this.client.workspace[name](input) }));
    if (outcome === null) return;
    if (outcome.step === null) {
      this.#tell(nothing, null);
      return;
    }
    this.edits += 1;
    this.#changed();
    this.#tell(`${done}: ${outcome.step.label}`, name === 'undo' ? 'redo' : 'undo');
  }

  /** Tells of an edit, with the step that takes it back; what was told before gives way. */
  #tell(text: string, back: 'undo' | 'redo' | null): void {
    // A toast that is told anew keeps its button.
    toast.dismiss(back === null ? EDIT_TOAST : PLAIN_TOAST);
    if (back === null) toast(text, { id: PLAIN_TOAST });
    else {
      const label = back === 'undo' ? 'Undo' : 'Redo';
      toast(text, { id: EDIT_TOAST, action: { label, onClick: () => void this[back]() } });
    }
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
          this.files.changedTo(revision);
          this.identityList.list.outdate();
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
