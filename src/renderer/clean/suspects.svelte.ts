import { untrack } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { EditCommand } from '../../contract/workspace-edits.ts';
import type { FaceState, FaceSummary } from '../../contract/workspace-faces.ts';
import type {
  Suspect,
  SuspectEvidence,
  SuspectKind,
  SuspectState,
} from '../../contract/workspace-suspects.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { acceptable, movesOf, queueOf } from './queue.ts';

/** Suspects after the one in question whose evidence is there before somebody comes to them. */
const AHEAD = 4;
/** Facts of faces that are kept at hand. */
const MOST_FACTS = 2000;

/** Faces of the open workspace whose labels may be wrong, and what somebody decides about them. */
export class Suspects {
  readonly workspace: Workspace;
  readonly canWrite: boolean;
  /** null until it is known. */
  state = $state.raw<SuspectState | null>(null);
  kind = $state<SuspectKind>('flip');
  /** The whole photo is shown instead of the crop. */
  isPhotoShown = $state(false);
  failure = $state.raw<string | null>(null);
  /** Decided since the workspace was opened. */
  decided = $state(0);
  /** Accepted together are flips from this score on, and only those that are sure. */
  leastScore = $state<number | null>(0);
  isSureOnly = $state(true);
  readonly ranking = new RunningWork<NonNullable<SuspectState['ranking']>>();

  #listed = $state.raw<readonly Suspect[]>([]);
  /** The face in question, and where it stood. */
  #active = $state.raw<{ readonly face: number; readonly place: number }>({ face: 0, place: 0 });
  /** Decided here; the studio may not list them without it yet. */
  readonly #hidden = new SvelteSet<number>();
  readonly #postponed = new SvelteSet<number>();
  readonly #faces = new SvelteMap<number, FaceSummary>();
  readonly #evidence = new SvelteMap<number, SuspectEvidence>();
  /** Whose evidence is as things are now. */
  readonly #fresh = new SvelteSet<number>();
  /** Decisions that the studio made, since the last list was asked for. */
  #applied: number[] = [];
  /** Faces that were decided, the last at the end: undo goes back to them. */
  readonly #trail: number[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #reading: Promise<void> | null = null;
  #isOutdated = false;
  readonly #ending = new AbortController();
  readonly #endEffects: () => void;

  readonly open = $derived.by(() => this.#listed.filter(({ face }) => !this.#hidden.has(face)));
  readonly queue = $derived.by(() => queueOf(this.open, this.kind, this.#postponed));
  readonly place = $derived.by(() => {
    const { face, place } = this.#active;
    const at = this.queue.findIndex((suspect) => suspect.face === face);
    return at >= 0 ? at : Math.max(0, Math.min(this.queue.length - 1, place));
  });
  readonly suspect = $derived.by((): Suspect | null => this.queue[this.place] ?? null);
  readonly face = $derived.by((): FaceSummary | null => this.faceOf(this.suspect?.face ?? 0));
  readonly evidence = $derived.by(() => this.#evidence.get(this.suspect?.face ?? 0) ?? null);
  /** What is accepted together. */
  readonly accepted = $derived.by(() => acceptable(this.open, this.leastScore ?? Infinity, this.isSureOnly));

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.canWrite = !workspace.isReadOnly;
    this.#endEffects = $effect.root(() => {
      $effect(() => {
        if (workspace.changes > 0 && this.state !== null) untrack(() => void this.#read());
      });
      $effect(() => {
        const ahead = this.queue.slice(this.place, this.place + AHEAD).map(({ face }) => face);
        untrack(() => void this.#fetchEvidence(ahead));
      });
    });
  }

  /** How many suspects of a kind are open. */
  count(kind: SuspectKind): number {
    return this.open.reduce((count, suspect) => count + (suspect.kind === kind ? 1 : 0), 0);
  }

  /** What is known of a face; null while it is not there. */
  faceOf(face: number): FaceSummary | null {
    return this.#faces.get(face) ?? null;
  }

  /** Asks where the queue stands; ranks at once where nothing has to be made before. */
  async begin(): Promise<void> {
    if (this.state !== null) return;
    const state = await this.#readState();
    if (state === null) return;
    if (state.ranking !== null) await this.#read();
    else if (state.waiting === 0) await this.rank();
  }

  async #readState(): Promise<SuspectState | null> {
    const { client, folder: workspace } = this.workspace;
    try {
      this.state = await ask(
        (signal) => client.workspace.suspects.state({ workspace }, { signal }),
        this.#ending.signal,
      );
      this.failure = null;
      return this.state;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** Ranks all faces anew; vectors that are missing are made before. */
  async rank(): Promise<void> {
    const { client, folder: workspace } = this.workspace;
    const report = await this.ranking.run((signal) =>
      client.workspace.suspects.rank({ workspace }, { signal }),
    );
    if (report === null) return;
    this.#postponed.clear();
    this.#fresh.clear();
    await this.#readState();
    await this.#read();
  }

  /** Reads what is still in question; one time after the other. */
  #read(): Promise<void> {
    this.#isOutdated = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    const { client, folder: workspace } = this.workspace;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        const applied = this.#applied;
        this.#applied = [];
        const { suspects } = await ask(
          (signal) => client.workspace.suspects.list({ workspace }, { signal }),
          this.#ending.signal,
        );
        this.#listed = suspects;
        for (const face of applied) this.#hidden.delete(face);
        this.#fresh.clear();
        await this.#fetchEvidence(this.queue.slice(this.place, this.place + AHEAD).map(({ face }) => face));
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads what is known of the suspects of some places. */
  async want(first: number, end: number): Promise<void> {
    const faces = this.queue.slice(first, end).map(({ face }) => face);
    await this.#fetchFaces(faces.filter((face) => !this.#faces.has(face)));
  }

  async #fetchFaces(faces: readonly number[]): Promise<void> {
    if (faces.length === 0) return;
    const { client, folder: workspace } = this.workspace;
    try {
      const found = await ask(
        (signal) => client.workspace.facesById({ workspace, faces: [...faces] }, { signal }),
        this.#ending.signal,
      );
      if (this.#faces.size > MOST_FACTS) this.#faces.clear();
      for (const face of found) this.#faces.set(face.id, face);
    } catch (error) {
      this.#fail(error);
    }
  }

  async #fetchEvidence(faces: readonly number[]): Promise<void> {
    const wanted = faces.filter((face) => !this.#fresh.has(face));
    if (wanted.length === 0) return;
    for (const face of wanted) this.#fresh.add(face);
    const { client, folder: workspace } = this.workspace;
    try {
      await this.#fetchFaces(wanted);
      const found = await ask(
        (signal) => client.workspace.suspects.evidence({ workspace, faces: wanted }, { signal }),
        this.#ending.signal,
      );
      for (const evidence of found) this.#evidence.set(evidence.face, evidence);
      for (const face of this.#evidence.keys()) {
        if (this.#evidence.size <= MOST_FACTS) break;
        this.#evidence.delete(face);
      }
    } catch (error) {
      for (const face of wanted) this.#fresh.delete(face);
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
  }

  /** Goes to a place of the queue. */
  go(place: number): void {
    const at = Math.max(0, Math.min(this.queue.length - 1, place));
    this.#active = { face: this.queue[at]?.face ?? 0, place: at };
  }

  /** Shows the suspects of a kind. */
  show(kind: SuspectKind): void {
    this.kind = kind;
    this.go(0);
  }

  /** Moves the face in question to where it is proposed. */
  accept(): void {
    const { other, face } = this.suspect ?? {};
    if (face === undefined || other === undefined || other === null) return;
    this.#decide(face, { kind: 'move', selection: { faces: [face] }, to: { identity: other.identity } });
  }

  /** Says what the face in question is: confirmed, it is right where it is. */
  judge(state: FaceState): void {
    const { suspect } = this;
    if (suspect !== null)
      this.#decide(suspect.face, { kind: 'mark', selection: { faces: [suspect.face] }, state });
  }

  /** Puts the face in question behind all others. */
  postpone(): void {
    const { suspect } = this;
    if (suspect === null) return;
    this.#leave(suspect.face);
    this.#postponed.delete(suspect.face);
    this.#postponed.add(suspect.face);
  }

  /** The face in question was moved by somebody who was asked where to. */
  moved(face: number): void {
    this.#trail.push(face);
    this.decided += 1;
  }

  /** The next one takes the place of a face that leaves it. */
  #leave(face: number): void {
    const { place, queue } = this;
    const next = queue.filter((suspect) => suspect.face !== face)[place];
    this.#active = { face: next?.face ?? 0, place };
  }

  /** Shown at once, taken back if the studio refuses it; one decision after the other, in the order of the keys. */
  #decide(face: number, command: EditCommand): void {
    if (!this.canWrite) return;
    this.#leave(face);
    this.#hidden.add(face);
    this.#trail.push(face);
    this.decided += 1;
    this.#turn = this.#turn.then(async () => {
      if ((await this.workspace.edit(command, { isQuiet: true })) !== null) {
        this.#applied.push(face);
        await this.#read();
        return;
      }
      this.#hidden.delete(face);
      this.#trail.splice(this.#trail.lastIndexOf(face), 1);
      this.decided -= 1;
    });
  }

  /** Shows what it would change to accept all proposals from the score on, and asks. */
  async acceptAll(): Promise<void> {
    await this.#turn;
    await this.workspace.propose(
      { kind: 'move-each', moves: movesOf(this.accepted) },
      'Accept the proposals',
    );
  }

  /** Takes the last step back and goes to the face that it concerned. */
  async undo(): Promise<void> {
    await this.#turn;
    await this.workspace.undo();
    await this.#read();
    const face = this.#trail.at(-1);
    const suspect = this.open.find((each) => each.face === face);
    if (face === undefined || suspect === undefined) return;
    this.#trail.pop();
    this.decided -= 1;
    this.kind = suspect.kind;
    this.#active = { face, place: 0 };
  }

  /** Does again what was undone last. */
  async redo(): Promise<void> {
    await this.#turn;
    await this.workspace.redo();
    await this.#read();
  }

  /** The workspace is closed. */
  close(): void {
    this.ranking.cancel();
    this.#ending.abort();
    this.#endEffects();
  }
}
