import { implement } from '@orpc/server';
import { workspaceSearchContract } from '../../contract/workspace-search.ts';
import { findModel } from '../models/registry.ts';
import { searchWorkspace } from '../search/search-workspace.ts';
import type { Studio } from '../studio.ts';
import { streamInWorkspace } from './stream.ts';

/** Implements what the contract says of looking for faces. */
export const searchHandlers = (studio: Studio) => {
  const os = implement(workspaceSearchContract);
  const { now, workspaces, desks, home } = studio;
  return {
    search: os.search.handler(async function* ({ input, signal }) {
      const access = input.makesVectors ? 'write' : 'read';
      yield* await workspaces.use(input.workspace, access, async (workspace) => {
        const model = await findModel({ home, workspace: workspace.paths.folder }, input.model);
        const desk = desks.of(workspace, { model, isFlipped: false });
        const of = { studio, workspace, desk, engine: input.engine };
        return streamInWorkspace(workspace, now, (hooks) => searchWorkspace(of, input, hooks), signal);
      });
    }),
  };
};
