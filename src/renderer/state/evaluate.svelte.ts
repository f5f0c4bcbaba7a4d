import { toast } from 'svelte-sonner';
import type { FolderPurpose } from '../../contract/shell.ts';
import type { SavedChart } from '../charts/scales.ts';
import { Evaluating } from '../evaluate/evaluating.svelte.ts';
import { OverlapAudit } from '../evaluate/overlap-audit.svelte.ts';
import { PairMaking } from '../evaluate/pair-making.svelte.ts';
import { reportOf } from '../evaluate/report.ts';
import { baseName } from '../words/photos.ts';
import type { Curation } from './curation.svelte.ts';
import { attempt } from './tell.ts';
import type { Workspace } from './workspace.svelte.ts';

/** What judging pairs needs of the window. */
export type EvaluateDesk = {
  readonly curation: Curation;
  askForFolder(purpose: FolderPurpose, take: (path: string) => Promise<boolean>): Promise<void>;
};

/** Judges models by pairs of the open workspace: the Evaluate screen and its dialogs. */
export class Evaluate {
  /** null without a workspace. */
  current = $state.raw<Evaluating | null>(null);
  /** The list that is to be judged, while it is asked how; empty while none is chosen. */
  asking = $state.raw<{ readonly pairs: string } | null>(null);
  making = $state.raw<PairMaking | null>(null);
  /** Who of those who are tested was trained on, while that is looked at. */
  auditing = $state.raw<OverlapAudit | null>(null);
  readonly #desk: EvaluateDesk;

  constructor(desk: EvaluateDesk) {
    this.#desk = desk;
  }

  get isDialogOpen(): boolean {
    return this.asking !== null || this.making !== null || this.auditing !== null;
  }

  /** A workspace was opened, or closed: null. */
  follow(workspace: Workspace | null): void {
    this.current?.close();
    this.asking = null;
    this.making = null;
    this.auditing?.cancel();
    this.auditing = null;
    this.current = workspace === null ? null : new Evaluating(workspace);
  }

  /** Asks for a list of pairs, then how it is to be judged. */
  ask(): Promise<void> {
    return this.#desk.askForFolder('pair-list', (pairs) => {
      this.asking = { pairs };
      return Promise.resolve(true);
    });
  }

  /** Asks what list of pairs is to be made of the workspace's people. */
  askPairs(): void {
    if (this.current !== null) this.making = new PairMaking(this.current.workspace);
  }

  /** Asks for a training set, and looks who of the selected run's people is in it. */
  audit(): Promise<void> {
    return this.#desk.askForFolder('training-set', (train) => {
      const { current } = this;
      if (current !== null && current.selected !== null)
        this.auditing = new OverlapAudit(current.workspace, current.selected, train);
      return Promise.resolve(true);
    });
  }

  /** The list that was made is judged next. */
  useMade(): void {
    const pairs = this.making?.report?.output;
    this.making = null;
    if (pairs !== undefined) this.asking = { pairs };
  }

  /** Opens the photo that is looked at, to put the box of its face right or to draw one. */
  editFace(): void {
    const { face = null, photo = null } = this.current?.inspection ?? {};
    if (photo !== null) this.#desk.curation.edit(photo, face?.id ?? null);
  }

  /** Asks which identity the face that is looked at goes to. */
  moveFace(): void {
    const face = this.current?.inspection?.face ?? null;
    if (face !== null) this.#desk.curation.askWhereOf(face);
  }

  /** Saves a chart where somebody wants it. */
  saveChart({ name, format, text }: SavedChart): Promise<void> {
    return this.#save({ name, format, text });
  }

  /** Saves the figures, the charts and the wrong pairs as one page. */
  async saveReport(): Promise<void> {
    const { current } = this;
    if (current === null) return;
    const charts = [...document.querySelectorAll<SVGSVGElement>('[data-chart] svg[role="img"]')];
    const report = await reportOf(current, charts);
    if (report !== null) await this.#save({ ...report, format: 'html' });
  }

  async #save(figure: {
    readonly name: string;
    readonly format: 'svg' | 'png' | 'csv' | 'html';
    readonly text: string;
  }): Promise<void> {
    const workspace = this.current?.workspace;
    if (workspace === undefined) return;
    await this.#desk.askForFolder('figures', (folder) =>
      attempt(async () => {
        const input = { folder, workspace: workspace.folder, ...figure };
        const { file } = await workspace.client.figures.save(input);
        toast.success(`Saved ${baseName(file)}.`, { description: file });
      }),
    );
  }
}
