import { createTurns } from '../../core/jobs/turns.ts';
import type { Owners } from '../align/owner.ts';
import { withWorkspaceLock } from './lock.ts';
import { findWorkspace, openWorkspace, type Workspace } from './open.ts';
import { failed, writeFailure } from '../failure.ts';
import { realPathOf } from '../files/paths.ts';
import { pathsOf, type WorkspacePaths } from './paths.ts';

/** The workspaces that a service has open. */
export type Workspaces = {
  /** Does work with a workspace, opened at the first need; one that was open for reading is opened anew for writing. */
  use<Result>(
    folder: string,
    access: 'read' | 'write',
    work: (workspace: Workspace) => Promise<Result> | Result,
  ): Promise<Result>;
  /** From now on until it is closed, what keeps a workspace current is at work whenever it is open for writing. */
  keepCurrent(folder: string): Promise<void>;
  /** The workspace in a folder if it is open; else null. */
  current(folder: string): Promise<Workspace | null>;
  /** Opens it for writing, and keeps it open until it is released, even if it is closed meanwhile. */
  hold(folder: string): Promise<HeldWorkspace>;
  /** Does work on the files of a workspace that nobody has open: here it is closed before, and its lock keeps others away. */
  aside<Result>(folder: string, work: (paths: WorkspacePaths) => Promise<Result>): Promise<Result>;
  close(folder: string): Promise<void>;
  /** Closes all that nobody holds. Work that is held is taken up by the next process, as after any other end of this one. */
  closeAll(): Promise<void>;
};

export type HeldWorkspace = { readonly workspace: Workspace; release(): Promise<void> };

/** Something that is at work while a workspace is open for writing. */
export type Attachment = { close(): Promise<void> };

type Open = {
  readonly workspace: Workspace;
  attachment: Attachment | null;
  holds: number;
  /** It is to be closed when nobody holds it any more. */
  isClosing: boolean;
};

/** Does work in a workspace; an error of its disk or of its catalogue becomes a failure that says what to do. */
const telling = async <Result>(folder: string, work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work();
  } catch (error) {
    throw writeFailure(error, folder);
  }
};

/** Does work that somebody waits for. */
const answer = <Result>(workspace: Workspace, work: (workspace: Workspace) => Result): Result => {
  workspace.precedence.asked();
  return work(workspace);
};

const detach = async (opened: Open): Promise<void> => {
  const { attachment } = opened;
  opened.attachment = null;
  await attachment?.close();
};

/** A registry in which nothing is open. `attach` starts what keeps a workspace current. */
export const createWorkspaces = (
  owners: Owners,
  attach: (workspace: Workspace) => Attachment,
): Workspaces => {
  const current = new Set<string>();
  const open = new Map<string, Open>();
  /** One after the other, so that none is opened twice. */
  const turns = createTurns(1);
  const inTurn = <Result>(folder: string, work: () => Promise<Result>): Promise<Result> =>
    turns(() => telling(folder, work));
  const find = async (folder: string, access: 'read' | 'write'): Promise<Open> => {
    const paths = await findWorkspace(folder);
    const known = open.get(paths.folder);
    if (known !== undefined && (access === 'read' || !known.workspace.isReadOnly)) {
      known.isClosing = false;
      return known;
    }
    // Whoever reads it goes on reading when it cannot be written.
    const workspace = await openWorkspace(paths, owners, { isReadOnly: access === 'read' });
    if (known !== undefined) await close(known);
    const opened: Open = { workspace, attachment: null, holds: 0, isClosing: false };
    open.set(paths.folder, opened);
    attachWhereWanted(opened);
    return opened;
  };
  const attachWhereWanted = (opened: Open): void => {
    const { workspace, attachment } = opened;
    const isWanted = !workspace.isReadOnly && current.has(workspace.paths.folder);
    if (isWanted && attachment === null) opened.attachment = attach(workspace);
  };
  const close = async (opened: Open): Promise<void> => {
    open.delete(opened.workspace.paths.folder);
    await detach(opened);
    await opened.workspace.close();
  };
  return {
    use: (folder, access, work) =>
      telling(folder, async () => {
        const { workspace } = await inTurn(folder, () => find(folder, access));
        return answer(workspace, work);
      }),
    keepCurrent: (folder) =>
      inTurn(folder, async () => {
        const real = await realPathOf(folder);
        current.add(real);
        const opened = open.get(real);
        if (opened !== undefined) attachWhereWanted(opened);
      }),
    current: (folder) => inTurn(folder, async () => open.get(await realPathOf(folder))?.workspace ?? null),
    hold: (folder) =>
      inTurn(folder, async () => {
        const wasOpen = open.has(await realPathOf(folder));
        const held = await find(folder, 'write');
        // Nobody else wants it open.
        if (!wasOpen) held.isClosing = true;
        held.holds += 1;
        return {
          workspace: held.workspace,
          release: () =>
            inTurn(folder, async () => {
              held.holds -= 1;
              if (held.holds === 0 && held.isClosing) await close(held);
            }),
        };
      }),
    close: (folder) =>
      inTurn(folder, async () => {
        const real = await realPathOf(folder);
        current.delete(real);
        const known = open.get(real);
        if (known === undefined) return;
        await detach(known);
        if (known.holds > 0) known.isClosing = true;
        else await close(known);
      }),
    closeAll: async () => {
      for (const folder of [...open.keys()])
        await inTurn(folder, async () => {
          const unheld = open.get(folder);
          if (unheld?.holds === 0) await close(unheld);
        });
    },
    aside: (folder, work) =>
      inTurn(folder, async () => {
        const real = await realPathOf(folder);
        const known = open.get(real);
        if (known !== undefined && known.holds > 0)
          throw failed(`The workspace ${real} is at work: wait until its jobs have ended, or stop them.`);
        if (known !== undefined) await close(known);
        return withWorkspaceLock(pathsOf(real), owners, work);
      }),
  };
};
