import { untrack } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { toast } from 'svelte-sonner';
import type {
  Evaluation,
  EvaluationRules,
  EvaluationState,
  KeptThreshold,
} from '../../contract/evaluation.ts';
import { figuresAt } from '../../core/verification/scores.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import { attempt } from '../state/tell.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { judgedOf, proposedThreshold, wrongPairsAt, type Judged, type Labels } from './judged.ts';
import { PairInspection } from './pair-inspection.svelte.ts';

/** Runs whose curves are drawn beside that of the selected one. */
export const MOST_OVERLAID = 4;
/** What follows an edit within this time is judged with it. */
const REFRESH_PAUSE_MS = 250;
const COLOURS = [1, 2, 3, 4, 5] as const;

/** The colour of a run, the same everywhere. */
export const colourOf = ({ id }: Pick<Evaluation, 'id'>): 1 | 2 | 3 | 4 | 5 =>
  COLOURS[(Number(id) - 1) % COLOURS.length] ?? 1;

/** A run in the fewest words. */
export const shortName = ({ id }: Pick<Evaluation, 'id'>): string => `Run ${String(Number(id))}`;

/** The state of now. */
export const lastState = ({ states }: Evaluation): EvaluationState | null => states.at(-1) ?? null;

const keyOf = (id: string, state: number): string => `${id} ${String(state)}`;

/** The lists that were judged in the open workspace, which of them are looked at, and the threshold that is tried. */
export class Evaluating {
  readonly workspace: Workspace;
  /** The newest first; null until they are known. */
  runs = $state.raw<readonly Evaluation[] | null>(null);
  selectedId = $state.raw<string | null>(null);
  readonly overlaid = new SvelteSet<string>();
  labels = $state<Labels>('listed');
  kept = $state.raw<KeptThreshold | null>(null);
  /** A list that is judged for the first time. */
  readonly running = new RunningWork<Evaluation>();
  /** The selected run judged again. */
  readonly refreshing = new RunningWork<Evaluation>();
  failure = $state.raw<string | null>(null);
  inspection = $state.raw<PairInspection | null>(null);
  /** Pairs of runs, by run and state. */
  readonly #judged = new SvelteMap<string, Judged>();
  readonly #asked = new SvelteSet<string>();
  /** Thresholds that somebody tried, by run. */
  readonly #tried = new SvelteMap<string, number>();
  readonly #ending = new AbortController();
  readonly #endEffects: () => void;
  #isOutdated = false;
  #pause: ReturnType<typeof setTimeout> | null = null;

  readonly selected = $derived.by(
    (): Evaluation | null => this.runs?.find(({ id }) => id === this.selectedId) ?? this.runs?.[0] ?? null,
  );
  readonly state = $derived.by(() => (this.selected === null ? null : lastState(this.selected)));
  readonly judged = $derived.by((): Judged | null =>
    this.selected === null || this.state === null ? null : this.judgedOf(this.selected, this.state.number),
  );
  /** In the unit of the selected run: what was tried, else what the workspace keeps, else what its folds say; null until its pairs are there. */
  readonly threshold = $derived.by((): number | null => {
    const { selected, judged } = this;
    if (selected === null || judged === null) return null;
    return this.#tried.get(selected.id) ?? this.#keptFor(selected)?.value ?? proposedThreshold(judged.pairs);
  });
  readonly isThresholdKept = $derived.by(
    () => this.selected !== null && this.threshold === this.#keptFor(this.selected)?.value,
  );
  readonly scores = $derived.by(() => this.judged?.scores[this.labels] ?? null);
  readonly figures = $derived.by(() =>
    this.scores === null || this.threshold === null ? null : figuresAt(this.scores, this.threshold),
  );
  readonly wrong = $derived.by(() =>
    this.judged === null || this.threshold === null
      ? []
      : wrongPairsAt(this.judged, this.labels, this.threshold),
  );
  readonly canWrite: boolean;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.canWrite = !workspace.isReadOnly;
    this.#endEffects = $effect.root(() => {
      $effect(() => {
        if (workspace.edits > 0) untrack(() => this.#refreshSoon());
      });
    });
  }

  /** Reads what was judged, and the threshold that the workspace keeps. */
  async read(): Promise<void> {
    const { client, folder } = this.workspace;
    try {
      const { signal } = this.#ending;
      this.kept = await ask(
        (inner) => client.evaluation.threshold({ workspace: folder }, { signal: inner }),
        signal,
      );
      this.runs = await ask(
        (inner) => client.evaluation.list({ workspace: folder }, { signal: inner }),
        signal,
      );
      this.failure = null;
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  /** The pairs of a run at a state; null until they are there, which they are asked for then. */
  judgedOf(run: Evaluation, state: number): Judged | null {
    const known = this.#judged.get(keyOf(run.id, state));
    if (known === undefined) untrack(() => void this.#fetch(run, state));
    return known ?? null;
  }

  async #fetch(run: Evaluation, state: number, isAnew = false): Promise<void> {
    const key = keyOf(run.id, state);
    if (this.#asked.has(key) && !isAnew) return;
    this.#asked.add(key);
    const { client, folder } = this.workspace;
    try {
      const pairs = await ask(
        (signal) => client.evaluation.pairs({ workspace: folder, evaluation: run.id, state }, { signal }),
        this.#ending.signal,
      );
      this.#judged.set(key, judgedOf(pairs, run.rules));
    } catch (error) {
      this.#asked.delete(key);
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  /** The threshold that the workspace keeps, where it is one of the distances of a run. */
  #keptFor({ rules }: Evaluation): KeptThreshold | null {
    const { kept } = this;
    const isOfRun =
      kept !== null &&
      kept.metric === rules.metric &&
      kept.model === rules.model &&
      kept.isFlipped === rules.isFlipped;
    return isOfRun ? kept : null;
  }

  /** Tries a threshold on the selected run. */
  tryThreshold(value: number): void {
    if (this.selected !== null) this.#tried.set(this.selected.id, value);
  }

  /** Looks at a run. */
  select(id: string): void {
    if (this.selectedId === id) return;
    this.selectedId = id;
    this.overlaid.delete(id);
    this.labels = 'listed';
  }

  /** Draws the curve of a run beside that of the selected one, or takes it away. */
  overlay(id: string): void {
    if (this.overlaid.has(id)) this.overlaid.delete(id);
    else if (this.overlaid.size < MOST_OVERLAID) this.overlaid.add(id);
    else toast(`${String(MOST_OVERLAID + 1)} curves are the most in one chart.`);
  }

  /** Judges a list. @returns whether it was judged */
  async run(rules: EvaluationRules): Promise<boolean> {
    const { client, folder } = this.workspace;
    const made = await this.running.run((signal) =>
      client.evaluation.run({ workspace: folder, rules }, { signal }),
    );
    if (made === null) return false;
    this.runs = [made, ...(this.runs ?? [])];
    this.select(made.id);
    return true;
  }

  #refreshSoon(): void {
    if (this.selected === null || this.workspace.isReadOnly) return;
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = null;
      void this.refresh();
    }, REFRESH_PAUSE_MS);
  }

  /** Judges the selected run again where something changed that it hangs on. */
  async refresh(): Promise<void> {
    const { selected } = this;
    if (selected === null) return;
    if (this.refreshing.isRunning) {
      this.#isOutdated = true;
      return;
    }
    const { client, folder } = this.workspace;
    do {
      const again = await this.refreshing.run((signal) =>
        client.evaluation.refresh({ workspace: folder, evaluation: selected.id }, { signal }),
      );
      if (again === null) return;
      this.runs = (this.runs ?? []).map((run) => (run.id === again.id ? again : run));
      const state = lastState(again);
      // Marks may have changed where no figure did.
      if (state !== null) await this.#fetch(again, state.number, true);
    } while (this.#wasOutdated());
    await this.inspection?.refresh();
  }

  /** Whether something changed while it was judged. */
  #wasOutdated(): boolean {
    const isOutdated = this.#isOutdated;
    this.#isOutdated = false;
    return isOutdated;
  }

  /** Takes a run away. */
  async remove(id: string): Promise<void> {
    const { client, folder } = this.workspace;
    if (!(await attempt(() => client.evaluation.remove({ workspace: folder, evaluation: id })))) return;
    this.overlaid.delete(id);
    if (this.selected?.id === id) this.selectedId = null;
    this.runs = (this.runs ?? []).filter((run) => run.id !== id);
  }

  /** Keeps the threshold that is tried as the workspace's; the toast takes it back. */
  async keepThreshold(): Promise<void> {
    const { selected, threshold } = this;
    if (selected === null || threshold === null) return;
    const { metric, isFlipped } = selected.rules;
    const before = this.kept;
    if (!(await this.#keep({ value: threshold, metric, isFlipped, model: selected.model.id }))) return;
    toast('The workspace keeps this threshold.', {
      action: { label: 'Undo', onClick: () => void this.#keep(before) },
    });
  }

  async #keep(threshold: KeptThreshold | null): Promise<boolean> {
    const { client, folder } = this.workspace;
    const isDone = await attempt(() => client.evaluation.keepThreshold({ workspace: folder, threshold }));
    if (isDone) this.kept = threshold;
    return isDone;
  }

  /** Looks at pairs one by one, beginning with one of them. */
  inspect(pair: number, queue: readonly number[]): void {
    const { selected } = this;
    if (selected === null) return;
    this.inspection?.close();
    this.inspection = new PairInspection(this, selected, queue, pair);
  }

  /** Goes back to the figures. */
  closeInspection(): void {
    this.inspection?.close();
    this.inspection = null;
  }

  /** The workspace is closed. */
  close(): void {
    this.closeInspection();
    if (this.#pause !== null) clearTimeout(this.#pause);
    this.running.cancel();
    this.refreshing.cancel();
    this.#ending.abort();
    this.#endEffects();
  }
}
