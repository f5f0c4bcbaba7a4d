import { toast } from 'svelte-sonner';
import type { FolderPurpose } from '../../contract/shell.ts';
import type { StudioClient } from '../../contract/studio.ts';
import { ListApplying, ListWriting } from '../keep/decision-lists.svelte.ts';
import { Keeping } from '../keep/keeping.svelte.ts';
import { Removing } from '../keep/removing.svelte.ts';
import { Restoring, type Reopening } from '../keep/restoring.svelte.ts';
import { baseName } from '../words/photos.ts';
import type { Screen } from './saved-view.ts';
import type { Workspace } from './workspace.svelte.ts';

/** What keeping a workspace needs of the window. */
export type Desk = {
  readonly client: StudioClient;
  screen(): Screen;
  go(screen: Screen): void;
  askForFolder(purpose: FolderPurpose, take: (path: string) => Promise<boolean>): Promise<void>;
  openWorkspace(folder: string): Promise<boolean>;
  closeWorkspace(): Promise<void>;
};

const took = Promise.resolve(true);

/** Keeps the open workspace whole, takes what was decided elsewhere, and takes people out of it: the Keep screen and its dialogs. */
export class Keep {
  /** null without a workspace. */
  current = $state.raw<Keeping | null>(null);
  restoring = $state.raw<Restoring | null>(null);
  removing = $state.raw<Removing | null>(null);
  writing = $state.raw<ListWriting | null>(null);
  applying = $state.raw<ListApplying | null>(null);
  readonly #desk: Desk;
  readonly #reopening: Reopening;

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#reopening = {
      around: async (folder, work) => {
        const screen = desk.screen();
        await desk.closeWorkspace();
        try {
          return await work();
        } finally {
          if (await desk.openWorkspace(folder)) desk.go(screen);
        }
      },
    };
  }

  get isDialogOpen(): boolean {
    return (
      this.restoring !== null || this.removing !== null || this.writing !== null || this.applying !== null
    );
  }

  /** A workspace was opened, or closed: null. */
  follow(workspace: Workspace | null): void {
    this.current?.close();
    this.current = workspace === null ? null : new Keeping(workspace);
  }

  /** Verifies the open workspace where it can be watched. */
  verify(): void {
    this.#desk.go('keep');
    void this.current?.verify();
  }

  /** Makes a backup and tells of it. */
  async backUp(to: string | null = null): Promise<void> {
    const file = await this.current?.backUp(to);
    if (typeof file === 'string') toast.success(`Backup made and checked: ${baseName(file)}`);
    else if (this.current !== null && this.current.backingUp.failure !== null) this.#desk.go('keep');
  }

  /** Makes a backup in another folder. */
  backUpElsewhere(): Promise<void> {
    return this.#desk.askForFolder('backup', (folder) => {
      void this.backUp(folder);
      return took;
    });
  }

  /** Asks which backup of a workspace to restore, or whether to restore this one. */
  askRestore(folder: string, backup: string | null = null): void {
    const restoring = new Restoring(this.#desk.client, this.#reopening, folder);
    this.restoring = restoring;
    void (backup === null ? restoring.list() : restoring.choose(backup));
  }

  /** Asks where what was decided goes as a list. */
  exportDecisions(workspace: Workspace): Promise<void> {
    return this.#desk.askForFolder('decisions', (folder) => {
      this.writing = new ListWriting(workspace, folder);
      return took;
    });
  }

  /** Asks for a list, and shows what it would change. */
  applyDecisions(workspace: Workspace): Promise<void> {
    return this.#desk.askForFolder('decision-list', (file) => {
      const applying = new ListApplying(workspace, file);
      this.applying = applying;
      void applying.look();
      return took;
    });
  }

  /** Asks who is to be removed for good. */
  askRemove(workspace: Workspace): void {
    this.removing = new Removing(workspace, this.#reopening);
  }
}
