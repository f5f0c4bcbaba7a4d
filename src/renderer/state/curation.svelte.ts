import type { FaceSelection, FaceSummary } from '../../contract/workspace-faces.ts';
import { Editor } from '../editor/editor.svelte.ts';
import { Review } from '../review/review.svelte.ts';
import { FaceSearch, type Sought } from '../search/search.svelte.ts';
import type { View } from './view.svelte.ts';
import type { Workspace } from './workspace.svelte.ts';

/** A face that something is asked of. */
export type FaceInQuestion = Pick<FaceSummary, 'id' | 'photo' | 'identity'>;

/** Faces that are to go to an identity, which a person is being asked for. */
export type MoveQuestion = {
  readonly selection: FaceSelection;
  readonly count: number;
  /** Whose they are now, where they are one face. */
  readonly from: FaceSummary['identity'];
  /** Hears where they went. */
  readonly onMoved: ((identity: FaceSummary['identity']) => void) | null;
};

/** What lies over a screen while somebody curates: a review, over it a search for faces, and over both a photo whose faces are put right. */
export class Curation {
  review = $state.raw<Review | null>(null);
  editor = $state.raw<Editor | null>(null);
  search = $state.raw<FaceSearch | null>(null);
  moving = $state.raw<MoveQuestion | null>(null);
  isHistoryOpen = $state(false);
  readonly #workspace: () => Workspace | null;
  readonly #view: View;

  /** What lies on top, and hears the keys; null for the screen itself. */
  get top(): 'editor' | 'search' | 'review' | null {
    if (this.editor !== null) return 'editor';
    if (this.search !== null) return 'search';
    return this.review === null ? null : 'review';
  }

  /** The face that is looked at: in what lies on top, else in the library. */
  get face(): FaceInQuestion | null {
    if (this.editor !== null) return this.editor.selected;
    if (this.search !== null) return this.search.face;
    return this.review === null ? (this.#workspace()?.active ?? null) : this.review.face;
  }

  constructor(workspace: () => Workspace | null, view: View) {
    this.#workspace = workspace;
    this.#view = view;
  }

  /** Reviews the faces that the library shows, from the active one on. */
  begin(): void {
    const workspace = this.#workspace();
    if (workspace === null || this.review !== null) return;
    this.review = new Review(workspace, this.#view, workspace.selection.activeIndex);
  }

  /** Goes back to the library, to the face that was looked at last. */
  closeReview(): void {
    const { review } = this;
    this.review = null;
    const face = review?.face?.id;
    if (review === null || face === undefined) return;
    const { faces, selection } = review.workspace;
    const place = faces.indexOf(face);
    if (place >= 0) selection.choose(place, face);
  }

  /** Shows a photo whose faces are to be put right. */
  edit(photo: number, face: number | null): void {
    const workspace = this.#workspace();
    if (workspace !== null) this.editor = new Editor(workspace, photo, face);
  }

  /** Edits the photo of the face that is looked at. */
  editActive(): void {
    const { face } = this;
    if (face !== null) this.edit(face.photo, face.id);
  }

  /** Looks for the faces nearest to something; in a search that goes on, Back leads to what was sought before. */
  seek(sought: Sought): void {
    const workspace = this.#workspace();
    if (workspace === null) return;
    if (this.search !== null) this.search.seek(sought);
    else this.search = new FaceSearch(workspace, sought);
  }

  /** Goes back to where the search was begun. */
  closeSearch(): void {
    this.search?.close();
    this.search = null;
  }

  /** Goes back to where the photo was opened from. */
  closeEditor(): void {
    this.editor = null;
    void this.review?.refresh();
  }

  /** Asks which identity the face in question, or the selection of the library, is to go to. */
  askWhere(): void {
    const workspace = this.#workspace();
    const { review, face, top } = this;
    if (workspace === null || workspace.isReadOnly || face === null) return;
    const { selected: selection, selectedCount: count } = workspace;
    if (top === null && count > 1 && selection !== null) {
      this.moving = { selection, count, from: null, onMoved: null };
      return;
    }
    const { id, identity } = face;
    const onMoved = top === 'review' && review !== null ? review.moved.bind(review, id) : null;
    this.moving = { selection: { faces: [id] }, count: 1, from: identity, onMoved };
  }

  /** Asks which identity one face is to go to. */
  askWhereOf({ id, identity }: FaceInQuestion, onMoved: MoveQuestion['onMoved'] = null): void {
    if (this.#workspace()?.isReadOnly !== false) return;
    this.moving = { selection: { faces: [id] }, count: 1, from: identity, onMoved };
  }

  /** Asks which identity these faces are to go to. */
  askWhereOfAll(faces: number[]): void {
    if (this.#workspace()?.isReadOnly !== false || faces.length === 0) return;
    this.moving = { selection: { faces }, count: faces.length, from: null, onMoved: null };
  }

  /** The workspace is closed: nothing of it is left. */
  close(): void {
    this.editor?.close();
    this.closeSearch();
    this.review?.close();
    this.editor = null;
    this.review = null;
    this.moving = null;
    this.isHistoryOpen = false;
  }
}
