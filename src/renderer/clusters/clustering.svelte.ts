import { untrack } from 'svelte';
import type { ClusterAlgorithm, ClusterWish } from '../../contract/clustering.ts';
import type {
  ClusterState,
  ClusterTrial,
  GroupOrder,
  GroupsShown,
  WorkspaceClusterReport,
} from '../../contract/workspace-clusters.ts';
import { sentenceOf } from '../link/calls.ts';
import { wordsOf, type GroupTarget } from '../pull/pull.svelte.ts';
import { RunningWork } from '../state/running-work.svelte.ts';
import { Selection } from '../state/selection.svelte.ts';
import { attempt } from '../state/tell.ts';
import type { Workspace } from '../state/workspace.svelte.ts';
import { ConflictList } from './conflict-list.svelte.ts';
import { Groups } from './groups.svelte.ts';
import { MergeQueue } from './merge-queue.svelte.ts';
import { OpenGroup } from './open-group.svelte.ts';
import { proposedWish } from './wish.ts';

/** A slider that is moved asks once it rests. */
const REST_MS = 250;

/** The clusters of the open workspace: its groups, what other parameters would make of them, and what is looked at. */
export class Clustering {
  readonly workspace: Workspace;
  readonly canWrite: boolean;
  /** null until it is known. */
  state = $state.raw<ClusterState | null>(null);
  failure = $state.raw<string | null>(null);
  /** What the next run is asked for; null until it is known. */
  wish = $state.raw<ClusterWish | null>(null);
  order = $state<GroupOrder>('size');
  shown = $state<GroupsShown>('several');
  /** A group whose faces are looked at. */
  opened = $state.raw<OpenGroup | null>(null);
  /** The questions of who is one person, while they are answered. */
  merges = $state.raw<MergeQueue | null>(null);
  /** Decisions that contradict others, while they are looked at. */
  conflicts = $state.raw<ConflictList | null>(null);
  readonly groups: Groups;
  readonly selection = new Selection();
  readonly preparing = new RunningWork<{ readonly faces: number }>();
  readonly running = new RunningWork<WorkspaceClusterReport>();
  readonly trying = new RunningWork<ClusterTrial>();
  /** The screen is looked at. */
  #isShown = $state(false);
  #isReading = false;
  #isOutdated = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #trial: Promise<unknown> = Promise.resolve();
  readonly #endEffects: () => void;

  /** The wish is another one than the run that holds was made with. */
  readonly isWishNew = $derived.by(
    () => JSON.stringify(this.wish) !== JSON.stringify(this.state?.run?.parameters ?? null),
  );

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.canWrite = !workspace.isReadOnly;
    this.groups = new Groups(workspace);
    this.#endEffects = $effect.root(() => {
      $effect(() => {
        const { changes, edits } = workspace;
        if (this.#isShown && changes + edits >= 0) untrack(() => void this.read());
      });
      $effect(() => {
        const { order, shown } = this;
        untrack(() => {
          this.selection.reset();
          if (this.state?.isReady === true) this.groups.open({ order, shown });
        });
      });
    });
  }

  /** The screen is looked at: what it shows follows every change from now on. */
  enter(): void {
    this.#isShown = true;
  }

  /** The screen is left. */
  leave(): void {
    this.#isShown = false;
  }

  /** Reads where the clusters stand, gets what they need, and shows them. Asked while it reads, it reads again after. */
  async read(): Promise<void> {
    this.#isOutdated = true;
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      while (this.#isOutdated) {
        this.#isOutdated = false;
        await this.#readOnce();
      }
    } catch (error) {
      this.failure = sentenceOf(error);
    } finally {
      this.#isReading = false;
    }
  }

  /** Asks for another algorithm, or its parameters, and says what they would change. */
  ask(wish: ClusterWish): void {
    this.wish = wish;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#try(), REST_MS);
  }

  /** Asks for an algorithm as it is proposed. */
  askFor(algorithm: ClusterAlgorithm): void {
    if (this.state !== null) this.ask(proposedWish(algorithm, this.state.proposed));
  }

  /** Makes clusters as they are asked for: one step of the history. Only new faces where nothing else is asked for, unless anew. */
  async run(isAnew: boolean): Promise<void> {
    const { wish, workspace } = this;
    if (wish === null || !this.canWrite) return;
    this.trying.cancel();
    this.opened?.close();
    this.opened = null;
    this.merges = null;
    this.conflicts = null;
    const { client, folder, who } = workspace;
    const input = { workspace: folder, wish, stabilityRounds: 0, isAnew, isListed: false, who };
    const report = await this.running.run((signal) => client.workspace.clusters.run(input, { signal }));
    if (report === null) return;
    this.trying.report = null;
    workspace.edits += 1;
    await this.read();
  }

  /** Shows the faces of a group. */
  open(face: number): void {
    this.opened?.close();
    this.opened = new OpenGroup(this.workspace, face);
  }

  /** Shows the faces of the group that is active. */
  openActive(): void {
    const group = this.groups.at(this.selection.activeIndex);
    if (group !== null) this.open(group.id);
  }

  /** Back to the groups. */
  closeGroup(): void {
    this.opened?.close();
    this.opened = null;
  }

  /** What an edit is given: the chosen faces of the group that is open, else all faces of the groups that are selected. @throws the studio's refusal */
  async chosenFaces(): Promise<number[]> {
    if (this.opened !== null) return this.opened.chosen();
    const { client, folder } = this.workspace;
    const faces: number[] = [];
    for (const face of await this.#chosenGroups())
      faces.push(...(await client.workspace.clusters.members({ workspace: folder, face })));
    return faces;
  }

  /** Does something with the chosen faces; says why where they cannot be told. */
  async withChosen(act: (faces: number[]) => void): Promise<void> {
    await attempt(async () => {
      act(await this.chosenFaces());
    });
  }

  /** Says that the selected groups are one person with another one, and gives their faces its name where it has one. */
  async putTo(target: GroupTarget): Promise<void> {
    await attempt(async () => {
      const groups = await this.#chosenGroups();
      const together = groups.map((group): [number, number] => [target.group, group]);
      if (target.identity === null) {
        await this.workspace.edit({ kind: 'decide-pairs', pairs: together, isSame: true });
      } else {
        const faces = await this.chosenFaces();
        const to = { identity: target.identity.id };
        await this.workspace.propose({ kind: 'move', selection: { faces }, to, together }, wordsOf(target));
      }
      this.selection.reset();
    });
  }

  /** Leaves the chosen faces out of the clusters. */
  async ignore(): Promise<void> {
    await attempt(async () => {
      const faces = await this.chosenFaces();
      if (faces.length === 0) return;
      await this.workspace.propose({ kind: 'mark', selection: { faces }, state: 'ignored' }, 'Ignore');
      (this.opened ?? this).selection.reset();
    });
  }

  /** Asks of groups that are near one another whether they are one person. */
  beginMerges(): void {
    this.closeGroup();
    this.merges = new MergeQueue(this.workspace);
    void this.merges.refresh();
  }

  endMerges(): void {
    this.merges = null;
  }

  /** Shows decisions that were set aside because others say the opposite. */
  beginConflicts(): void {
    this.closeGroup();
    this.conflicts = new ConflictList(this.workspace);
    void this.conflicts.refresh();
  }

  endConflicts(): void {
    this.conflicts = null;
  }

  /** The workspace is closed. */
  close(): void {
    this.#endEffects();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.preparing.cancel();
    this.running.cancel();
    this.trying.cancel();
    this.opened?.close();
    this.groups.close();
  }

  /** The groups that are selected, else the active one. @throws the studio's refusal */
  async #chosenGroups(): Promise<readonly number[]> {
    const { isAll, ids } = this.selection.chosen();
    if (isAll) {
      const all = await this.groups.ids(0, (this.groups.total ?? 0) - 1, new AbortController().signal);
      return all.filter((id) => !ids.has(id));
    }
    const active = this.groups.at(this.selection.activeIndex);
    return ids.size > 0 ? [...ids] : active === null ? [] : [active.id];
  }

  async #readOnce(): Promise<void> {
    const before = this.state;
    const state = await this.#readState();
    this.state = state;
    this.failure = null;
    if (state.run === null || !state.isReady) return;
    if (before?.isReady !== true || this.groups.total === null)
      this.groups.open({ order: this.order, shown: this.shown });
    else this.groups.outdate();
    this.opened?.refresh();
    if (this.merges?.isAnswering === false) void this.merges.refresh();
    void this.conflicts?.refresh();
  }

  /** Where the clusters stand, once what they need is at hand. */
  async #readState(): Promise<ClusterState> {
    const { clusters } = this.workspace.client.workspace;
    const asked = { workspace: this.workspace.folder };
    const state = await clusters.state(asked);
    this.wish ??= state.run?.parameters ?? proposedWish('dbscan', state.proposed);
    if (state.run === null || state.isReady || this.running.isRunning) return state;
    await this.preparing.run((signal) => clusters.prepare(asked, { signal }));
    return clusters.state(asked);
  }

  async #try(): Promise<void> {
    const { wish, workspace } = this;
    if (wish === null || this.state?.isReady !== true || this.state.run === null) return;
    this.trying.cancel();
    await this.#trial;
    // Another one was asked for meanwhile.
    if (this.wish !== wish) return;
    const input = { workspace: workspace.folder, wish };
    this.#trial = this.trying.run((signal) => workspace.client.workspace.clusters.try(input, { signal }));
    await this.#trial;
  }
}
