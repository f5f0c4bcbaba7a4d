import type { StudioClient } from '../../contract/studio.ts';
import type { PhotoFace, WorkspacePhoto } from '../../contract/workspace-photo.ts';
import { ask, refusalOf } from '../link/calls.ts';

/** A face and the photo that it is in. */
export type FaceDetails = { readonly photo: WorkspacePhoto; readonly face: PhotoFace };

/** Moving through a grid asks only for the face where somebody stays. */
const PAUSE_MS = 60;

/** The photo of the face that is looked at; asked for anew when it changes. */
export class FaceDetailsReader {
  /** Of the face asked for before until this one is there. */
  now = $state.raw<FaceDetails | null>(null);
  readonly #client: StudioClient;
  readonly #workspace: string;
  #stop = new AbortController();

  constructor(client: StudioClient, workspace: string) {
    this.#client = client;
    this.#workspace = workspace;
  }

  /** Asks for a face; null for none. */
  read(face: { readonly id: number; readonly photo: number } | null): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    if (face === null) {
      this.now = null;
      return;
    }
    void this.#read(face, this.#stop.signal);
  }

  async #read(
    { id, photo }: { readonly id: number; readonly photo: number },
    stop: AbortSignal,
  ): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    if (stop.aborted) return;
    const input = { workspace: this.#workspace, photo };
    try {
      const answer = await ask((signal) => this.#client.workspace.photo(input, { signal }), stop);
      const face = answer.faces.find((each) => each.id === id);
      this.now = face === undefined ? null : { photo: answer, face };
    } catch (error) {
      // A face that went away meanwhile has nothing to show; the list tells what else is wrong.
      if (refusalOf(error) !== null) this.now = null;
    }
  }
}
