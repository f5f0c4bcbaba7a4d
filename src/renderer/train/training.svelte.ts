import { SvelteMap } from 'svelte/reactivity';
import { toast } from 'svelte-sonner';
import type { TrainingJob } from '../../contract/jobs.ts';
import type { ListedRun } from '../../contract/runs.ts';
import type { FolderPurpose } from '../../contract/shell.ts';
import type { StudioClient } from '../../contract/studio.ts';
import type { SavedChart } from '../charts/scales.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import type { Jobs } from '../state/jobs.svelte.ts';
import { attempt } from '../state/tell.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { baseName } from '../words/photos.ts';
import { WatchedRun } from './watched-run.svelte.ts';

/** What the Train screen needs of the window. */
export type TrainDesk = {
  readonly client: StudioClient;
  readonly jobs: Jobs;
  readonly workspace: () => Workspace | null;
  readonly askForFolder: (purpose: FolderPurpose, take: (path: string) => Promise<boolean>) => Promise<void>;
};

/** Runs begin and end in other processes too: the list is read so often while it is looked at. */
const LOOK_EVERY_MS = 2000;
/** Runs whose curves are drawn beside that of the selected one. */
export const MOST_PINNED = 4;

/** The runs that the program knows, which of them are looked at, and the one that is about to begin. */
export class Training {
  /** The newest first; null until they are known. */
  runs = $state.raw<readonly ListedRun[] | null>(null);
  failure = $state.raw<string | null>(null);
  /** The run that is looked at. */
  watched = $state.raw<WatchedRun | null>(null);
  /** The folder of a run whose dataset is written before it is one; null while none is waited for. */
  awaited = $state.raw<string | null>(null);
  /** Runs whose curves are drawn too, by folder. */
  readonly pinned = new SvelteMap<string, WatchedRun>();
  smoothing = $state(0.6);
  isLog = $state(false);
  /** The data of the run that is about to begin, while somebody chooses how. */
  starting = $state.raw<{ readonly dataFolder: string } | null>(null);
  /** A model is made of the run that is looked at. */
  isFreezing = $state(false);
  readonly #desk: TrainDesk;
  #ending: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(desk: TrainDesk) {
    this.#desk = desk;
  }

  get workspace(): Workspace | null {
    return this.#desk.workspace();
  }

  get client(): StudioClient {
    return this.#desk.client;
  }

  /** The job of the run that is looked at or waited for; null where none of this studio trains it. */
  readonly job = $derived.by(
    (): TrainingJob | null =>
      this.#desk.jobs.all.find(
        (job): job is TrainingJob =>
          job.kind === 'train' && job.run === (this.awaited ?? this.watched?.folder),
      ) ?? null,
  );

  /** The screen is looked at. */
  enter(): void {
    this.#ending = new AbortController();
    void this.#look(this.#ending.signal);
  }

  /** The screen is left: what it followed is let go. */
  leave(): void {
    this.#ending?.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.watched?.close();
    this.watched = null;
    for (const run of this.pinned.values()) run.close();
    this.pinned.clear();
  }

  /** Looks at a run. */
  select(folder: string): void {
    if (this.watched?.folder === folder && this.awaited === null) return;
    this.watched?.close();
    this.awaited = null;
    this.unpin(folder);
    this.watched = new WatchedRun(this.client, folder);
  }

  /** Draws the curves of a run beside those of the one that is looked at, or takes them away. */
  pin(folder: string): void {
    if (this.pinned.has(folder)) this.unpin(folder);
    else if (this.pinned.size < MOST_PINNED) this.pinned.set(folder, new WatchedRun(this.client, folder));
    else toast(`${String(MOST_PINNED + 1)} runs are the most in one chart.`);
  }

  unpin(folder: string): void {
    this.pinned.get(folder)?.close();
    this.pinned.delete(folder);
  }

  /** Asks how to train on the faces of the open workspace. */
  askOfWorkspace(): void {
    const { workspace } = this;
    if (workspace !== null) this.starting = { dataFolder: workspace.folder };
  }

  /** Asks for a folder of class folders, then how to train on it. */
  askOfFolder(): Promise<void> {
    return this.#desk.askForFolder('training-data', (dataFolder) => {
      this.starting = { dataFolder };
      return Promise.resolve(true);
    });
  }

  /** A run was begun: it is looked at as soon as its dataset is there. */
  begun(folder: string): void {
    this.starting = null;
    this.awaited = folder;
  }

  /** Lets the run rest until it is resumed. */
  async pause(): Promise<void> {
    if (this.job !== null) await this.#desk.jobs.pause(this.job);
  }

  /** Ends the run after its present step, with a checkpoint, whichever process trains it. */
  async stop(): Promise<void> {
    const { job, watched } = this;
    if (job !== null && (job.state === 'running' || job.state === 'queued'))
      await this.#desk.jobs.cancel(job);
    else if (watched !== null) await attempt(() => this.client.runs.stop({ folder: watched.folder }));
  }

  /** Goes on with the run from its last checkpoint. */
  async resume(): Promise<void> {
    const { watched } = this;
    if (watched !== null) await attempt(() => this.client.runs.goOn({ folder: watched.folder }));
  }

  /** Makes a model of the best checkpoint. */
  async freeze(): Promise<void> {
    const { watched } = this;
    if (watched === null || this.isFreezing) return;
    this.isFreezing = true;
    await attempt(async () => {
      const { model, graph } = await this.client.runs.freeze({ folder: watched.folder, output: null });
      toast.success(model === null ? 'The weights were written.' : `The model ${model} can be chosen now.`, {
        description: graph,
      });
    });
    this.isFreezing = false;
  }

  /** Saves a chart where somebody wants it. */
  saveChart({ name, format, text }: SavedChart): Promise<void> {
    return this.#desk.askForFolder('figures', (folder) =>
      attempt(async () => {
        const workspace = this.workspace?.folder ?? null;
        const { file } = await this.client.figures.save({ folder, workspace, name, format, text });
        toast.success(`Saved ${baseName(file)}.`, { description: file });
      }),
    );
  }

  async #look(signal: AbortSignal): Promise<void> {
    await this.#read(signal);
    if (signal.aborted) return;
    this.#timer = setTimeout(() => void this.#look(signal), LOOK_EVERY_MS);
  }

  async #read(signal = new AbortController().signal): Promise<void> {
    try {
      const workspace = this.workspace?.folder ?? null;
      this.runs = await ask((inner) => this.client.runs.known({ workspace }, { signal: inner }), signal);
      this.failure = null;
      const awaited = this.runs.find(({ folder }) => folder === this.awaited);
      const shown = awaited ?? (this.watched === null && this.awaited === null ? this.runs[0] : undefined);
      if (shown !== undefined) this.select(shown.folder);
    } catch (error) {
      if (!signal.aborted) this.failure = sentenceOf(error);
    }
  }
}
