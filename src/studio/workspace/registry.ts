import { createTurns } from '../../core/jobs/turns.ts';
import type { Owners } from '../align/owner.ts';
import { findWorkspace, openWorkspace, type Workspace } from './open.ts';
import { realPathOf } from '../files/paths.ts';

/** The workspaces that a service has open. */
export type Workspaces = {
  /** Does work with a workspace, opened at the first need; one that was open for reading is opened anew for writing. */
  use<Result>(
    folder: string,
    access: 'read' | 'write',
    work: (workspace: Workspace) => Promise<Result> | Result,
  ): Promise<Result>;
  /** The workspace in a folder if it is open; else null. */
  current(folder: string): Promise<Workspace | null>;
  close(folder: string): Promise<void>;
};

/** A registry in which nothing is open. */
export const createWorkspaces = (owners: Owners): Workspaces => {
  const open = new Map<string, Workspace>();
  /** One after the other, so that none is opened twice. */
  const inTurn = createTurns(1);
  const find = (folder: string, access: 'read' | 'write'): Promise<Workspace> =>
    inTurn(async () => {
      const paths = await findWorkspace(folder);
      const known = open.get(paths.folder);
      if (known !== undefined && (access === 'read' || !known.isReadOnly)) return known;
      if (known !== undefined) {
        open.delete(paths.folder);
        await known.close();
      }
      const workspace = await openWorkspace(paths, owners, { isReadOnly: access === 'read' });
      open.set(paths.folder, workspace);
      return workspace;
    });
  return {
    async use(folder, access, work) {
      return work(await find(folder, access));
    },
    current: (folder) => inTurn(async () => open.get(await realPathOf(folder)) ?? null),
    close: (folder) =>
      inTurn(async () => {
        const real = await realPathOf(folder);
        const workspace = open.get(real);
        open.delete(real);
        await workspace?.close();
      }),
  };
};
