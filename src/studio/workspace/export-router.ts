import { implement } from '@orpc/server';
import { workspaceDecisionsContract } from '../../contract/workspace-decisions.ts';
import { workspaceExportContract } from '../../contract/workspace-export.ts';
import { applyDecisionList } from '../decision-lists/apply.ts';
import { exportDecisions } from '../decision-lists/export.ts';
import { exportWorkspace } from '../exports/export.ts';
import type { Studio } from '../studio.ts';
import type { Editing } from '../edits/edit.ts';
import type { Workspace } from './open.ts';
import { streamInWorkspace } from './stream.ts';

/** What edits of a workspace are made in. */
export type EditingOf = (workspace: Workspace) => Editing;

/** Implements what takes a dataset, or what was decided of it, out of a workspace and into another one. */
export const exportHandlers = ({ host, workspaces, now }: Studio, editing: EditingOf) => {
  const os = implement({ ...workspaceExportContract, ...workspaceDecisionsContract });
  return {
    export: os.export.handler(async function* ({ input, signal }) {
      const { workspace: folder, ...settings } = input;
      yield* await workspaces.use(folder, 'read', (workspace) =>
        streamInWorkspace(
          workspace,
          now,
          (hooks) => exportWorkspace(workspace, { settings, host, now }, hooks),
          signal,
        ),
      );
    }),
    exportDecisions: os.exportDecisions.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => exportDecisions(workspace, input.file)),
    ),
    applyDecisions: os.applyDecisions.handler(({ input }) => {
      const { workspace: folder, ...options } = input;
      return workspaces.use(folder, options.isPreview ? 'read' : 'write', (workspace) =>
        applyDecisionList(editing(workspace), options),
      );
    }),
  };
};
