import { implement } from '@orpc/server';
import type { EngineChoice } from '../../contract/engine.ts';
import type { WorkEvent } from '../../contract/procedure.ts';
import { workspaceCleaningContract } from '../../contract/workspace-cleaning.ts';
import { filterWorkspace, measureWorkspace, rankWorkspace } from '../cleaning/clean-workspace.ts';
import type { WorkspaceToClean } from '../cleaning/faces-at-hand.ts';
import { findModel } from '../models/registry.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import { streamInWorkspace } from './stream.ts';

type Asked = {
  readonly workspace: string;
  readonly model?: string | undefined;
  readonly isFlipped: boolean;
  readonly engine: EngineChoice;
};

/** Implements what the contract says of clean labels in a workspace. */
export const cleaningHandlers = (studio: Studio) => {
  const os = implement(workspaceCleaningContract);
  const { now, workspaces, desks, home } = studio;
  const stream = <Report>(
    { workspace: folder, model: id, isFlipped, engine }: Asked,
    work: (of: WorkspaceToClean, hooks: WorkHooks) => Promise<Report>,
    signal: AbortSignal | undefined,
  ): Promise<AsyncGenerator<WorkEvent<Report>, void, void>> =>
    workspaces.use(folder, 'write', async (workspace) => {
      const model = await findModel({ home, workspace: workspace.paths.folder }, id);
      const of = { studio, workspace, desk: desks.of(workspace, { model, isFlipped }), engine };
      return streamInWorkspace(workspace, now, (hooks) => work(of, hooks), signal);
    });
  return {
    rank: os.rank.handler(async function* ({ input, signal }) {
      yield* await stream(input, (of, hooks) => rankWorkspace(of, input, hooks), signal);
    }),
    centreMetrics: os.centreMetrics.handler(async function* ({ input, signal }) {
      yield* await stream(input, measureWorkspace, signal);
    }),
    centreFilter: os.centreFilter.handler(async function* ({ input, signal }) {
      yield* await stream(input, (of, hooks) => filterWorkspace(of, input.filter, hooks), signal);
    }),
  };
};
