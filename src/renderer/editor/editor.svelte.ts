import { toast } from 'svelte-sonner';
import type { EditCommand } from '../../contract/workspace-edits.ts';
import type { PhotoFace, Proposal, RetrySettings, WorkspacePhoto } from '../../contract/workspace-photo.ts';
import { ask, sentenceOf } from '../link/calls.ts';
import { ERROR_TOAST_MS } from '../state/tell.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { countOf, formatCount } from '../words/format.ts';
import { isSameShape, keepInPhoto, type FaceShape } from './face-shape.ts';

/** Keys that follow one another within this time are one step of the history. */
const BURST_MS = 450;

/** What another try found, in words. */
const tellOfLook = (offered: readonly Proposal[], there: number): string => {
  const found = offered.filter(({ known }) => known === null).length;
  const removed = offered.length - found;
  return [
    countOf(found, 'new face'),
    ...(removed > 0 ? [`${formatCount(removed)} taken away before`] : []),
    ...(there > 0 ? [`${formatCount(there)} there already`] : []),
  ].join(', ');
};

/** A face as it was moved, until the studio has it so. */
type Draft = { readonly face: number; readonly shape: FaceShape };

/** One photo of a workspace whose faces are being put right. Each gesture is saved at once as one step. */
export class Editor {
  readonly workspace: Workspace;
  readonly photoId: number;
  photo = $state.raw<WorkspacePhoto | null>(null);
  failure = $state.raw<string | null>(null);
  selectedId = $state.raw<number | null>(null);
  /** Of the selected face the landmark that keys move; null moves the face. */
  landmark = $state.raw<number | null>(null);
  /** The next drag draws a face. */
  isDrawing = $state(false);
  /** The face that is being drawn. */
  drawn = $state.raw<FaceShape | null>(null);
  proposals = $state.raw<readonly Proposal[]>([]);
  isLooking = $state(false);
  /** What another try found in words; null before the first. */
  lookedFor = $state.raw<string | null>(null);
  /** Why the crop could not be made anew; null when it was. */
  cropProblem = $state.raw<string | null>(null);
  /** Edits on their way. */
  pending = $state(0);
  #draft = $state.raw<Draft | null>(null);
  #turn: Promise<unknown> = Promise.resolve();
  #burst: ReturnType<typeof setTimeout> | null = null;
  /** A pointer or keys are changing the face: what the studio says must not move it meanwhile. */
  #isHeld = false;
  readonly #ending = new AbortController();

  /** Faces that are there, the selected one as it is being moved. */
  readonly faces = $derived.by((): readonly PhotoFace[] =>
    (this.photo?.faces ?? [])
      .filter(({ isShown }) => isShown)
      .map((face) => (face.id === this.#draft?.face ? { ...face, ...this.#draft.shape } : face)),
  );
  readonly removed = $derived((this.photo?.faces ?? []).filter(({ isShown }) => !isShown));
  readonly selected = $derived(this.faces.find(({ id }) => id === this.selectedId) ?? null);
  readonly size = $derived.by(() => {
    const { widthPx = null, heightPx = null } = this.photo ?? {};
    return widthPx === null || heightPx === null ? null : { width: widthPx, height: heightPx };
  });
  readonly canEdit: boolean;

  constructor(workspace: Workspace, photo: number, face: number | null) {
    this.workspace = workspace;
    this.photoId = photo;
    this.selectedId = face;
    this.canEdit = !workspace.isReadOnly;
    void this.refresh();
  }

  /** Reads the photo again: something else may have changed it. */
  async refresh(): Promise<void> {
    const { client, folder } = this.workspace;
    try {
      const photo = await ask(
        (signal) => client.workspace.photo({ workspace: folder, photo: this.photoId }, { signal }),
        this.#ending.signal,
      );
      if (this.pending === 0 && !this.#isHeld) this.#take(photo);
      else this.photo ??= photo;
      this.failure = null;
    } catch (error) {
      if (!this.#ending.signal.aborted) this.failure = sentenceOf(error);
    }
  }

  #take(photo: WorkspacePhoto): void {
    this.photo = photo;
    this.#draft = null;
    const shown = photo.faces.filter(({ isShown }) => isShown);
    if (!shown.some(({ id }) => id === this.selectedId))
      this.selectedId = (shown.find(({ isChosen }) => isChosen) ?? shown[0])?.id ?? null;
  }

  select(face: number | null): void {
    if (face === this.selectedId) return;
    this.flush();
    this.selectedId = face;
    this.landmark = null;
    this.cropProblem = null;
  }

  /** Selects the next face, or the one before. False past the last one. */
  step(by: 1 | -1): boolean {
    const at = this.faces.findIndex(({ id }) => id === this.selectedId);
    const next = this.faces[at < 0 ? (by > 0 ? 0 : this.faces.length - 1) : at + by];
    if (next === undefined) return false;
    this.select(next.id);
    return true;
  }

  /** Shows the selected face elsewhere; nothing is saved until `save`. */
  show(shape: FaceShape): void {
    if (this.selectedId === null || this.size === null || !this.canEdit) return;
    this.#isHeld = true;
    this.#draft = { face: this.selectedId, shape: keepInPhoto(shape, this.size) };
  }

  /** Forgets what is shown and not saved. */
  forget(): void {
    this.#isHeld = false;
    this.#draft = null;
  }

  /** Saves the face as it is shown, as one step. */
  save(): void {
    this.#stopBurst();
    this.#isHeld = false;
    const draft = this.#draft;
    const saved = this.photo?.faces.find(({ id }) => id === draft?.face);
    if (draft === null || saved === undefined) return;
    if (isSameShape(saved, draft.shape) && this.pending === 0) {
      this.#draft = null;
      return;
    }
    const { box, landmarks, rotationDegrees } = draft.shape;
    void this.#edit({ kind: 'edit-face', face: draft.face, box, landmarks, rotationDegrees });
  }

  /** Changes the selected face by keys; what follows within a moment belongs to the same step. */
  nudge(change: (shape: FaceShape) => FaceShape): void {
    const { selected } = this;
    if (selected === null || !this.canEdit) return;
    this.show(change(selected));
    this.#stopBurst();
    this.#burst = setTimeout(() => {
      this.save();
    }, BURST_MS);
  }

  /** Saves at once what keys have changed. */
  flush(): void {
    if (this.#burst !== null) this.save();
  }

  #stopBurst(): void {
    if (this.#burst !== null) clearTimeout(this.#burst);
    this.#burst = null;
  }

  /** Adds a face that was drawn or proposed, and selects it. */
  async add({ box, landmarks, rotationDegrees }: FaceShape): Promise<void> {
    this.isDrawing = false;
    const known = (this.photo?.faces ?? []).map(({ id }) => id);
    await this.#edit({ kind: 'add-face', photo: this.photoId, box, landmarks, rotationDegrees });
    const added = this.faces.find(({ id }) => !known.includes(id));
    if (added !== undefined) this.select(added.id);
    this.drawn = null;
  }

  /** Adds what another try found, or brings it back when it is one that was taken away. */
  async accept(proposal: Proposal): Promise<void> {
    this.proposals = this.proposals.filter((each) => each !== proposal);
    await (proposal.known === null ? this.add(proposal) : this.bringBack(proposal.known));
  }

  /** Takes the selected face away. */
  async remove(): Promise<void> {
    const { selected } = this;
    if (selected === null) return;
    this.forget();
    await this.#edit({ kind: 'remove-faces', selection: { faces: [selected.id] } });
  }

  async bringBack(face: number): Promise<void> {
    await this.#edit({ kind: 'restore-faces', faces: [face] });
    this.select(face);
  }

  /** Says that the photo is about the selected face. */
  async choose(face: number | null = this.selectedId): Promise<void> {
    if (face !== null) await this.#edit({ kind: 'choose-face', face });
  }

  /** Takes the last step of the workspace back, after what is being saved. */
  undo(): Promise<void> {
    return this.#step(() => this.workspace.undo());
  }

  redo(): Promise<void> {
    return this.#step(() => this.workspace.redo());
  }

  async #step(step: () => Promise<void>): Promise<void> {
    this.flush();
    this.pending += 1;
    const work = this.#turn.then(async () => {
      await step();
      await this.#recrop();
    });
    this.#turn = work;
    await work;
  }

  /** Looks for faces again with other settings; they are shown and not added. */
  async look(settings: RetrySettings): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const { client, folder } = this.workspace;
    try {
      const { proposals } = await client.workspace.retry(
        { workspace: folder, photo: this.photoId, settings },
        { signal: this.#ending.signal },
      );
      const there = this.faces.map(({ id }) => id);
      this.proposals = proposals.filter(({ known }) => known === null || !there.includes(known));
      this.lookedFor = tellOfLook(this.proposals, proposals.length - this.proposals.length);
    } catch (error) {
      if (!this.#ending.signal.aborted) toast.error(sentenceOf(error), { duration: ERROR_TOAST_MS });
    } finally {
      this.isLooking = false;
    }
  }

  /** Does an edit after those before it and waits for the crop that it asks for. What was shown is taken back when it is refused. */
  #edit(command: EditCommand): Promise<void> {
    const shown = this.#draft;
    this.pending += 1;
    const work = this.#turn.then(async () => {
      const applied = await this.workspace.edit(command, { isQuiet: true });
      if (applied === null && this.#draft === shown) this.#draft = null;
      await this.#recrop();
    });
    this.#turn = work;
    return work;
  }

  async #recrop(): Promise<void> {
    const { client, folder } = this.workspace;
    const input = { workspace: folder, photo: this.photoId };
    let photo: WorkspacePhoto | null = null;
    try {
      photo = await client.workspace.recrop(input);
      this.cropProblem = null;
    } catch (error) {
      this.cropProblem = sentenceOf(error);
    }
    this.pending -= 1;
    if (photo === null) await this.refresh();
    // A later change is on the screen already; its own answer follows.
    else if (this.pending === 0 && !this.#isHeld) this.#take(photo);
    else this.photo = photo;
  }

  /** Tries again to make the crop. */
  async retryCrop(): Promise<void> {
    this.pending += 1;
    await this.#recrop();
  }

  /** Saves what is left to save; the editor is not used any more. */
  close(): void {
    this.flush();
    this.#ending.abort();
  }
}
