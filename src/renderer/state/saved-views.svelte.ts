import { toast } from 'svelte-sonner';
import type { StudioClient } from '../../contract/studio.ts';
import type { SavedView } from '../../contract/workspace-facets.ts';
import { ask, sentenceOf } from '../link/calls.ts';

/** The views that the workspace keeps under names. */
export class SavedViews {
  /** By name; null until they are known. */
  all = $state.raw<readonly SavedView[] | null>(null);
  readonly #client: StudioClient;
  readonly #workspace: string;

  constructor(client: StudioClient, workspace: string, ending: AbortSignal) {
    this.#client = client;
    this.#workspace = workspace;
    ask((signal) => client.workspace.views.list({ workspace }, { signal }), ending).then(
      (views) => {
        this.all = views;
      },
      (error: unknown) => {
        if (!ending.aborted) toast.error(sentenceOf(error));
      },
    );
  }

  /** Keeps a view, in place of one of the same name. True when it is kept. */
  save(view: SavedView): Promise<boolean> {
    return this.#put(() => this.#client.workspace.views.save({ workspace: this.#workspace, view }));
  }

  /** Forgets a view; the toast offers to keep it again. */
  async remove(view: SavedView): Promise<void> {
    const { name } = view;
    if (!(await this.#put(() => this.#client.workspace.views.remove({ workspace: this.#workspace, name }))))
      return;
    toast(`Forgot the view ${name}.`, { action: { label: 'Undo', onClick: () => void this.save(view) } });
  }

  async #put(act: () => Promise<readonly SavedView[]>): Promise<boolean> {
    try {
      this.all = await act();
      return true;
    } catch (error) {
      toast.error(sentenceOf(error));
      return false;
    }
  }
}
