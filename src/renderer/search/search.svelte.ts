import { untrack } from 'svelte';
import type { FaceTile } from '../../contract/workspace-facets.ts';
import type { FoundFace, SearchReport, SearchSubject } from '../../contract/workspace-search.ts';
import { ask } from '../link/calls.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import type { BroughtPicture } from './brought-picture.ts';

/** Faces that are listed: more would rather be looked at in the library. */
const MOST_LISTED = 200;

/** What faces are looked for that are near to it. */
export type Sought =
  | { readonly kind: 'face'; readonly face: number }
  | { readonly kind: 'identity'; readonly identity: number }
  | { readonly kind: 'picture'; readonly picture: BroughtPicture };

const subjectOf = (sought: Sought): SearchSubject => {
  if (sought.kind !== 'picture') return sought;
  const { name, bytes } = sought.picture;
  return { kind: 'picture', name, bytes };
};

/** A search for the faces that are nearest to something, and for those that are nearest to what it found. */
export class FaceSearch {
  readonly workspace: Workspace;
  sought = $state.raw<Sought>({ kind: 'face', face: 0 });
  /** The face that is sought, or that stands for the identity; null for a picture, and until it is there. */
  tile = $state.raw<FaceTile | null>(null);
  /** null until it is there. */
  report = $state.raw<SearchReport | null>(null);
  /** The face that keys are about. */
  active = $state(0);
  readonly work = new RunningWork<SearchReport>();

  readonly found = $derived.by((): readonly FoundFace[] => this.report?.found ?? []);
  /** Faces of the list that the model takes for the same person. */
  readonly closer = $derived.by(() => {
    const threshold = this.report?.threshold ?? null;
    return threshold === null ? [] : this.found.filter(({ distance }) => distance < threshold);
  });
  readonly face = $derived.by((): FaceTile | null => this.found[this.active]?.tile ?? null);

  /** What was sought before, the last at the end. */
  readonly #trail: Sought[] = [];
  #running: Promise<unknown> = Promise.resolve();
  readonly #ending = new AbortController();
  readonly #endEffects: () => void;

  constructor(workspace: Workspace, sought: Sought) {
    this.workspace = workspace;
    this.#turnTo(sought);
    let edits = workspace.edits;
    this.#endEffects = $effect.root(() => {
      $effect(() => {
        if (workspace.edits === edits) return;
        ({ edits } = workspace);
        untrack(() => void this.search());
      });
    });
  }

  /** Looks for the faces nearest to something else. */
  seek(sought: Sought): void {
    this.#trail.push(this.sought);
    this.#turnTo(sought);
  }

  /** Goes back to what was sought before; false where that is nothing. */
  back(): boolean {
    const before = this.#trail.pop();
    if (before !== undefined) this.#turnTo(before);
    return before !== undefined;
  }

  #turnTo(sought: Sought): void {
    this.sought = sought;
    this.report = null;
    this.tile = null;
    this.active = 0;
    void this.#readTile(sought);
    void this.search();
  }

  /** Searches anew; the list of before is shown meanwhile. */
  search({ makesVectors = false }: { readonly makesVectors?: boolean } = {}): Promise<unknown> {
    const { sought } = this;
    const { client, folder } = this.workspace;
    this.work.cancel();
    this.#running = this.#running.then(async () => {
      if (this.sought !== sought || this.#ending.signal.aborted) return;
      const input = { workspace: folder, subject: subjectOf(sought), limit: MOST_LISTED, makesVectors };
      const report = await this.work.run((signal) => client.workspace.search(input, { signal }));
      if (report !== null) this.#take(report, sought);
    });
    return this.#running;
  }

  /** Whoever was in question stays it. */
  #take(report: SearchReport, sought: Sought): void {
    if (this.sought !== sought) return;
    const face = this.face?.id;
    this.report = report;
    const place = this.found.findIndex(({ tile }) => tile.id === face);
    this.active = place >= 0 ? place : Math.max(0, Math.min(this.found.length - 1, this.active));
  }

  async #readTile(sought: Sought): Promise<void> {
    const { client, folder: workspace } = this.workspace;
    if (sought.kind === 'picture') return;
    try {
      const tile = await ask(async (signal) => {
        if (sought.kind === 'face') {
          const filter = { faces: [sought.face] };
          return (await client.workspace.tiles({ workspace, filter, limit: 1 }, { signal })).tiles[0];
        }
        const identities = [sought.identity];
        return (await client.workspace.covers({ workspace, identities }, { signal }))[0]?.tile;
      }, this.#ending.signal);
      if (this.sought === sought) this.tile = tile ?? null;
    } catch {
      // The search tells what is wrong.
    }
  }

  /** Nobody looks at it any more. */
  close(): void {
    this.#ending.abort();
    this.work.cancel();
    this.#endEffects();
  }
}
