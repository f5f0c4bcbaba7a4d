import { SvelteMap } from 'svelte/reactivity';
import type { FaceState, FaceSummary } from '../../contract/workspace-faces.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import type { View } from '../state/view.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { Evidence } from './evidence.svelte.ts';

/** Faces around the one in question whose facts are at hand, and those whose pictures are. */
const FACTS_AROUND = 60;
const MOST_FACTS = 400;
export const PICTURES_BEFORE = 2;
export const PICTURES_AFTER = 8;

/** A run through faces, one after the other. The list stays as it was when it began, so that nobody loses their place. */
export class Review {
  readonly workspace: Workspace;
  readonly evidence: Evidence;
  /** Ids in the order of the library; null until they are known. */
  ids = $state.raw<readonly number[] | null>(null);
  place = $state.raw(0);
  failure = $state.raw<string | null>(null);
  /** The whole photo is shown instead of the crop. */
  isPhotoShown = $state(false);
  /** Decided since the review began. */
  decided = $state(0);
  readonly canEdit: boolean;
  readonly #view: View;
  readonly #faces = new SvelteMap<number, FaceSummary>();
  /** Places that were decided, the last at the end: undo goes back to them. */
  readonly #trail: number[] = [];
  /** Faces whose decision the studio has not confirmed; what it said before must not overwrite it. */
  readonly #unconfirmed = new SvelteMap<number, number>();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #ending = new AbortController();

  readonly total = $derived(this.ids?.length ?? 0);
  readonly face = $derived.by(() => this.at(this.place));

  constructor(workspace: Workspace, view: View, first: number) {
    this.workspace = workspace;
    this.#view = view;
    this.canEdit = !workspace.isReadOnly;
    this.evidence = new Evidence(workspace, this.#ending.signal);
    void this.#begin(first);
  }

  async #begin(first: number): Promise<void> {
    const { faces } = this.workspace;
    try {
      const ids = await faces.ids(0, Math.max(0, (faces.total ?? 1) - 1), this.#ending.signal);
      this.ids = ids;
      this.go(first);
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  /** The face at a place; null while it is not there. */
  at(place: number): FaceSummary | null {
    const id = this.ids?.[place];
    return id === undefined ? null : (this.#faces.get(id) ?? null);
  }

  /** Goes to a place of the list. */
  go(place: number): void {
    this.place = Math.max(0, Math.min(this.total - 1, place));
    void this.#fetchAround();
  }

  async #fetchAround(isAnew = false): Promise<void> {
    const ids = this.ids ?? [];
    const wanted = ids.slice(Math.max(0, this.place - PICTURES_AFTER), this.place + FACTS_AROUND);
    const missing = isAnew ? wanted : wanted.filter((id) => !this.#faces.has(id));
    // Asked for in larger parts, well before somebody comes there.
    const isNear = missing.some((id) => ids.indexOf(id, this.place) - this.place < FACTS_AROUND / 2);
    if (missing.length === 0 || (!isAnew && !isNear)) return;
    await this.#fetch(missing);
  }

  async #fetch(faces: readonly number[]): Promise<void> {
    const { client, folder } = this.workspace;
    try {
      const found = await ask(
        (signal) => client.workspace.facesById({ workspace: folder, faces: [...faces] }, { signal }),
        this.#ending.signal,
      );
      for (const face of found) if (!this.#unconfirmed.has(face.id)) this.#faces.set(face.id, face);
      this.#forgetFar();
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  #forgetFar(): void {
    if (this.#faces.size <= MOST_FACTS) return;
    const ids = this.ids ?? [];
    const near = ids.slice(Math.max(0, this.place - FACTS_AROUND), this.place + 2 * FACTS_AROUND);
    for (const id of this.#faces.keys()) if (!near.includes(id)) this.#faces.delete(id);
  }

  /** Reads again what is near: an undo, or somebody else, may have changed it. */
  refresh(): Promise<void> {
    return this.#fetchAround(true);
  }

  /** Decides about the face, and goes on to the next one if somebody wants that. Taken back when the studio refuses it. */
  judge(state: FaceState): void {
    const { face } = this;
    if (face === null || !this.canEdit) return;
    this.#put({ ...face, state });
    this.#trail.push(this.place);
    this.decided += 1;
    if (this.#view.autoAdvance) this.go(this.place + 1);
    this.#send(face, () =>
      this.workspace.edit({ kind: 'mark', selection: { faces: [face.id] }, state }, { isQuiet: true }),
    );
  }

  /** Goes on after the face was moved to another identity by the picker. */
  moved(face: number, identity: FaceSummary['identity']): void {
    const before = this.#faces.get(face);
    if (before !== undefined) this.#faces.set(face, { ...before, identity });
    this.evidence.outdate();
    this.#trail.push(this.place);
    this.decided += 1;
    if (this.#view.autoAdvance && this.face?.id === face) this.go(this.place + 1);
  }

  #put(face: FaceSummary): void {
    this.#faces.set(face.id, face);
    this.#unconfirmed.set(face.id, (this.#unconfirmed.get(face.id) ?? 0) + 1);
  }

  /** One edit after the other, in the order of the keys. */
  #send(before: FaceSummary, edit: () => Promise<unknown>): void {
    this.#turn = this.#turn.then(async () => {
      const applied = await edit();
      const left = (this.#unconfirmed.get(before.id) ?? 1) - 1;
      if (left > 0) this.#unconfirmed.set(before.id, left);
      else this.#unconfirmed.delete(before.id);
      if (applied !== null) return;
      this.decided -= 1;
      if (left > 0) return;
      this.#faces.set(before.id, before);
      await this.#fetch([before.id]);
    });
  }

  /** Takes the last step back and goes to the face that it concerned. */
  async undo(): Promise<void> {
    await this.#turn;
    const place = this.#trail.pop();
    this.evidence.outdate();
    await this.workspace.undo();
    if (place !== undefined) {
      this.decided = Math.max(0, this.decided - 1);
      this.go(place);
    }
    await this.refresh();
  }

  async redo(): Promise<void> {
    await this.#turn;
    await this.workspace.redo();
    await this.refresh();
  }

  close(): void {
    this.#ending.abort();
  }
}
