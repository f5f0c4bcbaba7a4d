import { SvelteMap } from 'svelte/reactivity';
import type { EvaluatedPair, Evaluation, EvaluationState } from '../../contract/evaluation.ts';
import type { FaceSummary } from '../../contract/workspace-faces.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import type { Judged, Labels } from './judged.ts';

export type Side = 'first' | 'second';
export const SIDES = ['first', 'second'] as const satisfies readonly Side[];

/** Faces near to one that are shown. */
const MOST_NEAREST = 8;
/** Pairs that are read at once around the one that is looked at. */
const PAIRS_AROUND = 20;

/** A face near to another one, as it is shown. */
export type NearFace = { readonly face: FaceSummary; readonly distance: number };

/** What an inspection needs of the evaluation that it is of. */
export type InspectedRun = {
  readonly workspace: Workspace;
  readonly judged: Judged | null;
  readonly labels: Labels;
  readonly threshold: number | null;
};

/** Wrong pairs looked at one by one, in the order in which they were wrong when it began. */
export class PairInspection {
  readonly run: InspectedRun;
  readonly evaluation: Evaluation;
  readonly queue: readonly number[];
  /** The figures when it began: what was done since is told against them. */
  readonly before: EvaluationState | null;
  place = $state(0);
  side = $state<Side>('first');
  isPhotoShown = $state(false);
  failure = $state.raw<string | null>(null);
  readonly #pairs = new SvelteMap<number, EvaluatedPair>();
  readonly #faces = new SvelteMap<number, FaceSummary>();
  readonly #nearest = new SvelteMap<number, readonly NearFace[]>();
  readonly #ending = new AbortController();

  readonly pair = $derived.by(
    (): EvaluatedPair | null => this.#pairs.get(this.queue[this.place] ?? -1) ?? null,
  );
  /** The face on the side that is looked at. */
  readonly face = $derived.by(() => this.faceOf(this.side));
  /** The photo on the side that is looked at, also where no face of it is kept; null where there is none. */
  readonly photo = $derived.by(() => this.face?.photo ?? this.pair?.[this.side].photo ?? null);

  constructor(run: InspectedRun, evaluation: Evaluation, queue: readonly number[], first: number) {
    this.run = run;
    this.evaluation = evaluation;
    this.queue = queue;
    this.before = evaluation.states.at(-1) ?? null;
    this.go(Math.max(0, queue.indexOf(first)));
  }

  get total(): number {
    return this.queue.length;
  }

  /** The pair at a place of the queue; null while it is not there. */
  at(place: number): EvaluatedPair | null {
    return this.#pairs.get(this.queue[place] ?? -1) ?? null;
  }

  /** The face on a side of the pair; null where there is none, or while it is not there. */
  faceOf(side: Side): FaceSummary | null {
    return this.faceById(this.pair?.[side].face ?? null);
  }

  faceById(id: number | null): FaceSummary | null {
    return id === null ? null : (this.#faces.get(id) ?? null);
  }

  /** The faces nearest to that of a side. */
  nearestOf(side: Side): readonly NearFace[] {
    return this.#nearest.get(this.pair?.[side].face ?? -1) ?? [];
  }

  /** Its distance now; null where it has none. */
  get distance(): number | null {
    const distance = this.run.judged?.distances[this.pair?.pair ?? -1] ?? Number.NaN;
    return Number.isNaN(distance) ? null : distance;
  }

  /** Whether the list says that it is one person. */
  get isListedSame(): boolean {
    return this.run.judged?.isSame.listed[this.pair?.pair ?? -1] === 1;
  }

  /** Whether something else is known of it than the list says. */
  get isLabelError(): boolean {
    return this.run.judged?.pairs.labelErrors.includes(this.pair?.pair ?? -1) === true;
  }

  get isHard(): boolean {
    return this.run.judged?.pairs.hard.includes(this.pair?.pair ?? -1) === true;
  }

  /** Whether the threshold that is tried still judges it wrongly, by the labels that count. */
  get isWrong(): boolean {
    const { judged, labels, threshold } = this.run;
    const { distance } = this;
    if (judged === null || threshold === null || distance === null) return false;
    return distance < threshold !== (judged.isSame[labels][this.pair?.pair ?? -1] === 1);
  }

  go(place: number): void {
    this.place = Math.max(0, Math.min(this.total - 1, place));
    this.side = 'first';
    void this.#fetch(false);
  }

  /** Reads again what is shown: something changed. */
  refresh(): Promise<void> {
    this.#nearest.clear();
    return this.#fetch(true);
  }

  async #fetch(isAnew: boolean): Promise<void> {
    const around = this.queue.slice(Math.max(0, this.place - PAIRS_AROUND), this.place + PAIRS_AROUND);
    const wanted = isAnew ? around : around.filter((pair) => !this.#pairs.has(pair));
    const { client, folder: workspace } = this.run.workspace;
    const { id: evaluation } = this.evaluation;
    try {
      const { signal } = this.#ending;
      if (wanted.length > 0) {
        const pairs = await ask(
          (inner) => client.evaluation.describe({ workspace, evaluation, pairs: wanted }, { signal: inner }),
          signal,
        );
        for (const pair of pairs) this.#pairs.set(pair.pair, pair);
        await this.#fetchFaces(pairs.flatMap(({ first, second }) => [first.face, second.face]));
      }
      await Promise.all(SIDES.map((side) => this.#fetchNearest(this.pair?.[side].face ?? null)));
      this.failure = null;
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  async #fetchFaces(ids: readonly (number | null)[]): Promise<void> {
    const { client, folder: workspace } = this.run.workspace;
    const faces = ids.filter((id, place): id is number => id !== null && ids.indexOf(id) === place);
    const found = await ask(
      (signal) => client.workspace.facesById({ workspace, faces }, { signal }),
      this.#ending.signal,
    );
    for (const face of found) this.#faces.set(face.id, face);
  }

  async #fetchNearest(face: number | null): Promise<void> {
    if (face === null || this.#nearest.has(face)) return;
    const { client, folder: workspace } = this.run.workspace;
    const { id: evaluation } = this.evaluation;
    // A face that was just changed has no vector yet: then there is nothing to show.
    const near = await ask(
      (signal) => client.evaluation.nearest({ workspace, evaluation, face, limit: MOST_NEAREST }, { signal }),
      this.#ending.signal,
    ).catch(() => []);
    await this.#fetchFaces(near.map((each) => each.face));
    this.#nearest.set(
      face,
      near.flatMap(({ face: id, distance }) => {
        const found = this.#faces.get(id);
        return found === undefined ? [] : [{ face: found, distance }];
      }),
    );
  }

  #facesOfPair(): [number, number] | null {
    const { first, second } = this.pair ?? {};
    const [a, b] = [first?.face ?? null, second?.face ?? null];
    return a === null || b === null || a === b ? null : [a, b];
  }

  /** Something can be said of both faces together. */
  get canDecide(): boolean {
    return this.pair !== null && this.#facesOfPair() !== null && !this.run.workspace.isReadOnly;
  }

  /** Says that the list's label is wrong, or that it is right after all. */
  async toggleLabelError(): Promise<void> {
    const faces = this.#facesOfPair();
    if (faces === null) return;
    const isSame = this.isLabelError ? this.isListedSame : !this.isListedSame;
    await this.run.workspace.edit({ kind: 'decide-pairs', pairs: [faces], isSame });
  }

  /** Marks the pair as hard, or takes the mark away. */
  async toggleHard(): Promise<void> {
    const faces = this.#facesOfPair();
    if (faces !== null)
      await this.run.workspace.edit({ kind: 'mark-pairs', pairs: [faces], isHard: !this.isHard });
  }

  close(): void {
    this.#ending.abort();
  }
}
