import { createContext, untrack } from 'svelte';
import { toast } from 'svelte-sonner';
import { innerWidth } from 'svelte/reactivity/window';
import type { PhotoStatus } from '../../contract/faces.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Shell } from '../../contract/shell.ts';
import type { FolderPlan, PhotoSort, Source, StudioClient } from '../../contract/studio.ts';
import type { FileStatus } from '../../contract/workspace-file-status.ts';
import type { ConnectionState } from '../link/connection.ts';
import type { PictureUrl } from '../link/shell.ts';
import { bringPicture, choosePicture } from '../search/brought-picture.ts';
import { baseName } from '../words/photos.ts';
import { Suspects } from '../clean/suspects.svelte.ts';
import { Clustering } from '../clusters/clustering.svelte.ts';
import { isAsking } from './asking.ts';
import { Curation } from './curation.svelte.ts';
import { Engine } from './engine.svelte.ts';
import { Evaluate } from './evaluate.svelte.ts';
import { Exporting } from './exporting.svelte.ts';
import { Keep } from './keep.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { FolderAsking } from './folder-asking.svelte.ts';
import { Opening } from './opening.svelte.ts';
import { Photos } from './photos.svelte.ts';
import { Recent } from './recent.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { followNotices } from './notify.ts';
import type { Screen } from './saved-view.ts';
import type { ProgramSettings } from './settings.svelte.ts';
import { attempt, ERROR_TOAST_MS, tellOfEnd } from './tell.ts';
import { Sources, type OpenChoice } from './sources.svelte.ts';
import { Training } from '../train/training.svelte.ts';
import type { View } from './view.svelte.ts';
import { Workspace } from './workspace.svelte.ts';

export type DialogName = 'palette' | 'keys';

/** Below these widths the panes fold and open over the pictures instead (UI.md). */
const INSPECTOR_FOLDS_BELOW_PX = 1025;
const FACETS_FOLD_BELOW_PX = 801;

type Parts = {
  readonly client: StudioClient;
  readonly shell: Shell | null;
  readonly pictureUrl: PictureUrl;
  readonly view: View;
  readonly settings: ProgramSettings;
};

/** The window's state as a whole, and what a person can do with it. */
export class Studio {
  readonly client: StudioClient;
  readonly shell: Shell | null;
  readonly pictureUrl: PictureUrl;
  readonly view: View;
  readonly settings: ProgramSettings;
  readonly engine: Engine;
  readonly jobs: Jobs;
  readonly sources: Sources;
  readonly photos: Photos;
  readonly selection = new Selection();
  readonly recent: Recent;
  readonly curation: Curation;
  readonly folders: FolderAsking;
  readonly keep: Keep;
  readonly evaluate: Evaluate;
  readonly training: Training;
  readonly #opening = new Opening();

  connection = $state<ConnectionState>('connecting');
  dialog = $state<DialogName | null>(null);
  /** The workspace that is open: the Library shows its faces then. */
  workspace = $state.raw<Workspace | null>(null);
  /** Faces of that workspace whose labels may be wrong; null without one. */
  clean = $state.raw<Suspects | null>(null);
  /** Its clusters. */
  clustering = $state.raw<Clustering | null>(null);
  /** The export that is asked for or runs. */
  exporting = $state.raw<Exporting | null>(null);
  /** The folder whose settings are being chosen. */
  planned = $state.raw<FolderPlan | null>(null);
  /** The active photo is shown large. */
  isPhotoOpen = $state(false);
  statuses = $state.raw<readonly PhotoStatus[]>([]);
  search = $state('');
  sort = $state<PhotoSort>('file');
  /** Which folded pane lies over the pictures. */
  floatingPane = $state<'facets' | 'inspector' | null>(null);
  /** Grows when the search field is to be entered. */
  searchRequests = $state(0);

  /** Something is being opened; nothing else can be asked for meanwhile. */
  readonly isOpening = $derived.by(() => this.#opening.isRunning);
  readonly screen = $derived.by(() => this.view.screen);
  readonly source = $derived.by((): Source | null => {
    const all = this.sources.all ?? [];
    return all.find(({ id }) => id === this.view.source) ?? all[0] ?? null;
  });
  readonly isDialogOpen = $derived.by(() => isAsking(this));
  readonly active = $derived.by(() => this.photos.at(this.selection.activeIndex));
  readonly isFiltered = $derived(this.statuses.length > 0 || this.search !== '');
  readonly hasNoSource = $derived.by(() => this.sources.all?.length === 0);
  readonly foldsInspector = $derived((innerWidth.current ?? Infinity) < INSPECTOR_FOLDS_BELOW_PX);
  readonly foldsFacets = $derived((innerWidth.current ?? Infinity) < FACETS_FOLD_BELOW_PX);
  readonly showsInspector = $derived.by(() =>
    this.foldsInspector ? this.floatingPane === 'inspector' : this.view.inspector,
  );
  readonly showsFacets = $derived.by(() =>
    this.foldsFacets ? this.floatingPane === 'facets' : this.view.facets,
  );

  constructor(parts: Parts, signal: AbortSignal) {
    ({ client: this.client, shell: this.shell, pictureUrl: this.pictureUrl, view: this.view } = parts);
    this.settings = parts.settings;
    this.folders = new FolderAsking(parts.shell);
    this.engine = new Engine(parts.client, signal);
    this.jobs = new Jobs(parts.client, signal, (job) => {
      tellOfEnd(job, () => {
        this.go('activity');
      });
    });
    this.sources = new Sources(parts.client, signal);
    this.photos = new Photos(parts.client);
    this.recent = new Recent(parts.client, signal);
    this.curation = new Curation(() => this.workspace, parts.view);
    this.evaluate = new Evaluate({
      curation: this.curation,
      askForFolder: (purpose, take) => this.folders.ask(purpose, take),
    });
    this.training = new Training({
      client: parts.client,
      jobs: this.jobs,
      workspace: () => this.workspace,
      askForFolder: (purpose, take) => this.folders.ask(purpose, take),
    });
    this.keep = new Keep({
      client: parts.client,
      screen: () => this.screen,
      go: (screen) => {
        this.go(screen);
      },
      askForFolder: (purpose, take) => this.folders.ask(purpose, take),
      openWorkspace: (folder) => this.openWorkspace(folder),
      closeWorkspace: () => this.closeWorkspace(),
    });
    $effect.root(() => {
      $effect(() => {
        this.#openQuery();
      });
      $effect(() => {
        this.#followActive();
      });
    });
    // In Electron main tells, also while the window is hidden.
    if (parts.shell === null)
      followNotices(parts.client, signal, () => {
        this.go('activity');
      });
    if (this.view.workspace !== null) void this.#openLast(this.view.workspace);
  }

  /** Opens the workspace that was open last, below the screen that was shown last. */
  async #openLast(folder: string): Promise<void> {
    const { screen } = this;
    if (await this.openWorkspace(folder)) this.go(screen);
  }

  #openQuery(): void {
    const { source, statuses, search, sort } = this;
    // What this reads while it opens is no reason to open again.
    untrack(() => {
      this.selection.reset();
      this.photos.open(
        source === null ? null : { source: source.id, filter: { statuses: [...statuses], search }, sort },
      );
    });
  }

  /** Keeps the active photo the active one when the list moves below it. */
  #followActive(): void {
    if (this.photos.refreshes === 0) return;
    this.selection.follow(this.photos);
  }

  /** Goes to a screen. */
  go(screen: Screen): void {
    this.view.screen = screen;
    this.floatingPane = null;
    if (screen !== 'library') this.isPhotoOpen = false;
  }

  /** Shows the photos of a source with one of these statuses; none means all. */
  show(source: string, statuses: readonly PhotoStatus[]): void {
    this.view.source = source;
    this.statuses = statuses;
    this.search = '';
    this.isPhotoOpen = false;
    this.go('library');
  }

  /** Shows the files of a workspace with a status; opens it if it is not open. */
  async showWorkspace(folder: string, status: FileStatus): Promise<void> {
    if (this.workspace?.folder !== folder && !(await this.openWorkspace(folder))) return;
    this.workspace?.showFiles(status);
    this.isPhotoOpen = false;
    this.go('library');
  }

  /** Shows the active photo large. */
  openPhoto(): void {
    if (this.active !== null) this.isPhotoOpen = true;
  }

  /** Takes the filter away. */
  clearFilter(): void {
    this.statuses = [];
    this.search = '';
  }

  toggleFacets(): void {
    if (this.foldsFacets) this.floatingPane = this.floatingPane === 'facets' ? null : 'facets';
    else this.view.facets = !this.view.facets;
  }

  toggleInspector(): void {
    if (this.foldsInspector) this.floatingPane = this.floatingPane === 'inspector' ? null : 'inspector';
    else this.view.inspector = !this.view.inspector;
  }

  /** Asks for the folder that crops go to from now on. */
  chooseCropsFolder(): Promise<void> {
    return this.folders.ask('crops', (folder) => this.changeSettings({ cropsFolder: folder }));
  }

  /** Asks for a folder of photos: for the open workspace, else to be aligned by itself, with settings. */
  openFolder(): Promise<void> {
    return this.folders.ask('photos', (folder) => this.takeFolder(folder));
  }

  /** Takes a folder of photos into the open workspace, or asks what it is to be aligned with. True when it could be used. */
  takeFolder(folder: string): Promise<boolean> {
    return this.workspace === null ? this.planSource(folder) : this.workspace.addSource(folder);
  }

  /** Asks for a folder, makes a workspace in it and opens it. */
  newWorkspace(): Promise<void> {
    return this.folders.ask('new-workspace', (folder) =>
      this.#opening.run(
        async () => {
          const made = await this.client.workspace.create({ folder });
          await this.#useWorkspace(made.folder, 'write');
        },
        {
          problem: `Could not make a workspace in ${baseName(folder)}.`,
          again: { label: 'Choose another folder', onClick: () => void this.newWorkspace() },
        },
      ),
    );
  }

  /** Asks which workspace to open. */
  chooseWorkspace(): Promise<void> {
    return this.folders.ask('workspace', (folder) => this.openWorkspace(folder));
  }

  /** Opens a workspace instead of the one that is open; offers to read it when somebody else changes it. True when it is open. */
  openWorkspace(folder: string, access: 'read' | 'write' = 'write'): Promise<boolean> {
    const again =
      access === 'write'
        ? { label: 'Open read-only', onClick: () => void this.openWorkspace(folder, 'read') }
        : { label: 'Choose another', onClick: () => void this.chooseWorkspace() };
    return this.#opening.run(() => this.#useWorkspace(folder, access), {
      problem: `Could not open the workspace ${baseName(folder)}.`,
      again,
      restore: () => {
        this.folders.question = null;
        this.keep.askRestore(folder);
      },
    });
  }

  async #useWorkspace(folder: string, access: 'read' | 'write'): Promise<void> {
    const opened = await this.client.workspace.open({ workspace: folder, access, isRemembered: true });
    await this.closeWorkspace();
    this.workspace = new Workspace(this.client, this.view, opened);
    this.keep.follow(this.workspace);
    this.evaluate.follow(this.workspace);
    this.clean = new Suspects(this.workspace);
    this.clustering = new Clustering(this.workspace);
    this.view.workspace = opened.folder;
    this.isPhotoOpen = false;
    this.go('library');
  }

  /** Asks which identity the suspect in question goes to. */
  moveSuspect(): void {
    const { clean } = this;
    const face = clean?.face ?? null;
    if (clean === null || face === null) return;
    this.curation.askWhereOf(face, () => {
      clean.moved(face.id);
    });
  }

  /** Looks for the faces of the open workspace that are nearest to the one in a picture; asks for that where none is given. */
  async searchBy(given: File | null): Promise<void> {
    const file = given ?? (await choosePicture());
    if (file === null) return;
    try {
      this.curation.seek({ kind: 'picture', picture: await bringPicture(file) });
    } catch (error) {
      toast.error(error instanceof Error ? error.message : String(error), { duration: ERROR_TOAST_MS });
      return;
    }
    if (this.screen !== 'clean') this.go('library');
  }

  /** Asks where the dataset goes, then how. */
  exportDataset(workspace: Workspace): Promise<void> {
    return this.folders.ask('export', (folder) => {
      this.exporting = new Exporting(this.client, workspace, folder);
      return Promise.resolve(true);
    });
  }

  /** Asks where an export goes instead; how it is written stays as it was chosen. */
  chooseExportFolder(exporting: Exporting): Promise<void> {
    return this.folders.ask('export', (folder) => {
      exporting.useFolder(folder);
      return Promise.resolve(true);
    });
  }

  /** Leads to the field in which an identity is typed for. */
  findIdentity(workspace: Workspace): void {
    this.go('library');
    if (!this.showsFacets) this.toggleFacets();
    if (this.view.folded.includes('identities')) this.view.fold('identities');
    workspace.searchRequests += 1;
  }

  /** Closes the workspace; the Library shows the opened folders again. */
  async closeWorkspace(): Promise<void> {
    const { workspace } = this;
    if (workspace === null) return;
    this.curation.close();
    this.keep.follow(null);
    this.evaluate.follow(null);
    this.clean?.close();
    this.clean = null;
    this.clustering?.close();
    this.clustering = null;
    this.workspace = null;
    this.view.workspace = null;
    await attempt(() => workspace.close());
  }

  /** Asks what a folder is to be aligned with; says why when it cannot be opened. True when it is asked. */
  async planSource(folder: string): Promise<boolean> {
    let plan: FolderPlan | null = null;
    const isPlanned = await this.#opening.run(
      async () => {
        plan = await this.sources.plan(folder);
      },
      {
        problem: `Could not open ${baseName(folder)}.`,
        again: { label: 'Choose another folder', onClick: () => void this.openFolder() },
      },
    );
    if (isPlanned) this.planned = plan;
    return isPlanned;
  }

  /** Opens a folder as a source and shows it; says why when it cannot be. True when it was opened. */
  async openSource(folder: string, choice: OpenChoice = {}): Promise<boolean> {
    return this.#opening.run(
      async () => {
        this.show((await this.sources.open(folder, choice)).id, []);
      },
      {
        problem: `Could not open ${baseName(folder)}.`,
        again: { label: 'Choose another folder', onClick: () => void this.openFolder() },
      },
    );
  }

  /** Opens the sample photos and shows them. */
  async openSamples(): Promise<boolean> {
    return this.#opening.run(
      async () => {
        this.show((await this.sources.openSamples()).id, []);
      },
      { problem: 'Could not open the sample photos.', again: null },
    );
  }

  /** Forgets a source; the toast offers to open it again. */
  async closeSource(source: Source): Promise<void> {
    const reopen = {
      label: 'Open again',
      onClick: () => void this.openSource(source.folder, { settings: source.settings }),
    };
    const isDone = await attempt(() => this.sources.close(source.id));
    if (isDone) toast(`Closed ${source.name}. Its photos and crops stay where they are.`, { action: reopen });
  }

  /** Changes the program's settings; says why when they cannot be. True when they were. */
  changeSettings(change: Partial<Settings>): Promise<boolean> {
    return attempt(() => this.settings.change(change));
  }
}

export const [useStudio, provideStudio] = createContext<Studio>();
