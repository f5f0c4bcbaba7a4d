import { implement } from '@orpc/server';
import { workspaceContract } from '../../contract/workspace.ts';
import { applyEdit, previewEdit, redo, undo, undoTo, type Editing } from '../edits/edit.ts';
import { historyOfFace } from '../edits/face-history.ts';
import { readHistory } from '../edits/journal.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from './open.ts';

/** How a workspace is edited: whatever is changed, the crops follow. */
export const editingOf =
  ({ recrops, now }: Studio) =>
  (workspace: Workspace): Editing => ({
    catalogue: workspace.catalogue,
    faces: workspace.faces(),
    now,
    onChanged: (changes) => {
      recrops.after(workspace, changes);
    },
  });

/** Edits, and the history that they make. */
export const editingHandlers = (studio: Studio) => {
  const os = implement(workspaceContract);
  const { workspaces } = studio;
  const editing = editingOf(studio);
  return {
    preview: os.preview.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', (workspace) => previewEdit(editing(workspace), input.command)),
    ),
    edit: os.edit.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', (workspace) =>
        applyEdit(editing(workspace), input.command, input.who),
      ),
    ),
    undo: os.undo.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', (workspace) => undo(editing(workspace), input.who)),
    ),
    redo: os.redo.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', (workspace) => redo(editing(workspace), input.who)),
    ),
    undoTo: os.undoTo.handler(({ input }) =>
      workspaces.use(input.workspace, 'write', (workspace) => ({
        steps: undoTo(editing(workspace), input.sequence, input.who),
      })),
    ),
    faceHistory: os.faceHistory.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ catalogue }) => [
        ...historyOfFace(catalogue, input.face, input.limit),
      ]),
    ),
    history: os.history.handler(({ input }) =>
      workspaces.use(input.workspace, 'read', ({ catalogue }) => [
        ...readHistory(catalogue, { before: input.before, limit: input.limit }),
      ]),
    ),
  };
};
