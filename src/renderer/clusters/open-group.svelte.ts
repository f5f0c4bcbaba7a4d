import { toast } from 'svelte-sonner';
import type { FaceTile } from '../../contract/workspace-facets.ts';
import type { FaceGroup, GroupCut } from '../../contract/workspace-clusters.ts';
import { sentenceOf } from '../link/calls.ts';
import { isSameFace } from '../state/faces.svelte.ts';
import { PagedList } from '../state/paged-list.svelte.ts';
import { Selection } from '../state/selection.svelte.ts';
import { attempt } from '../state/tell.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { pairsAcross } from './wish.ts';

const MOST_IDS = 2000;
/** A slider that is moved asks once it rests. */
const REST_MS = 120;
const TOO_MANY =
  'That parts more pairs of faces than one step takes: cluster all faces by a stricter distance instead.';

/** A group whose faces are looked at: what is selected of it, and how it would be cut. */
export class OpenGroup {
  readonly workspace: Workspace;
  /** The face by which the group is asked for, whatever it becomes. */
  readonly face: number;
  readonly list: PagedList<number, FaceTile>;
  readonly selection = new Selection();
  group = $state.raw<FaceGroup | null>(null);
  /** How the group would be cut; null while nobody asks. */
  cut = $state.raw<GroupCut | null>(null);
  cutDistance = $state(0);
  cutFailure = $state.raw<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | null = null;
  #asked = 0;

  constructor(workspace: Workspace, face: number) {
    this.workspace = workspace;
    this.face = face;
    const { client, folder } = workspace;
    this.list = new PagedList<number, FaceTile>({
      read: async (of, offset, limit, signal) => {
        const input = { workspace: folder, face: of, offset, limit };
        const { revision, group, tiles } = await client.workspace.clusters.group(input, { signal });
        this.group = group;
        return { total: group.size, revision, items: tiles };
      },
      ids: async (of, offset, limit, signal) =>
        (await client.workspace.clusters.members({ workspace: folder, face: of }, { signal })).slice(
          offset,
          offset + limit,
        ),
      mostIds: MOST_IDS,
      isSame: isSameFace,
    });
    this.list.open(face);
  }

  /** Faces that are selected; more than one of them is a choice, else the whole group is meant. */
  get selectedCount(): number {
    return this.selection.count(this.list.total ?? 0);
  }

  /** Faces were decided of, or others came. */
  refresh(): void {
    this.list.outdate();
    if (this.cut !== null) this.tryCut(this.cutDistance);
  }

  /** All faces of the group by id. @throws the studio's refusal */
  members(): Promise<number[]> {
    const { client, folder } = this.workspace;
    return client.workspace.clusters.members({ workspace: folder, face: this.face });
  }

  /** What an edit is given: the selected faces where some are, else the whole group. @throws the studio's refusal */
  async chosen(): Promise<number[]> {
    const { isAll, ids } = this.selection.chosen();
    if (!isAll && ids.size > 0) return [...ids];
    return (await this.members()).filter((id) => !ids.has(id));
  }

  /** Says that the selected faces are other people than the rest of the group. */
  async part(): Promise<void> {
    await attempt(async () => {
      const all = await this.members();
      const { selection } = this;
      await this.#keepApart([all.filter((id) => selection.has(id)), all.filter((id) => !selection.has(id))]);
    });
    this.selection.reset();
  }

  /** Begins to cut the group by a stricter distance. */
  async beginCut(): Promise<void> {
    await this.#ask(Number.MAX_SAFE_INTEGER);
    if (this.cut === null) return;
    // As strict as it takes for two parts is where one begins to look.
    this.tryCut(this.cut.whole * 0.9);
  }

  /** Shows the parts of the group at a distance. */
  tryCut(distance: number): void {
    this.cutDistance = distance;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(distance), REST_MS);
  }

  /** Splits the group as it is shown. */
  async acceptCut(): Promise<void> {
    const { cut } = this;
    this.endCut();
    if (cut !== null) await this.#keepApart(cut.parts);
  }

  endCut(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#asked += 1;
    this.cut = null;
    this.cutFailure = null;
  }

  close(): void {
    this.endCut();
    this.list.close();
  }

  async #keepApart(parts: readonly (readonly number[])[]): Promise<void> {
    const pairs = pairsAcross(parts);
    if (pairs === null) toast.error(TOO_MANY);
    else if (pairs.length > 0) await this.workspace.edit({ kind: 'decide-pairs', pairs, isSame: false });
  }

  async #ask(distance: number): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const { client, folder } = this.workspace;
    try {
      const cut = await client.workspace.clusters.cut({ workspace: folder, face: this.face, distance });
      if (asked === this.#asked) this.cut = cut;
    } catch (error) {
      if (asked === this.#asked) this.cutFailure = sentenceOf(error);
    }
  }
}
