import { notFound } from '../failure.ts';
import type { WorkspacePictures } from '../pictures/pictures.ts';
import type { Workspace } from './open.ts';
import { cropFileOf, originalOf } from './pictures.ts';
import type { RecentWorkspaces } from './recent.ts';
import type { Workspaces } from './registry.ts';

/** Pictures of the workspaces that were opened from a window: no other id leads anywhere. */
export const createWorkspacePictures = (
  workspaces: Workspaces,
  recent: RecentWorkspaces,
): WorkspacePictures => {
  const read = async <Result>(id: string, work: (workspace: Workspace) => Result): Promise<Result> => {
    const found = (await recent.list()).find((workspace) => workspace.id === id);
    if (found === undefined) throw notFound('That workspace was not opened from a window.');
    return workspaces.use(found.folder, 'read', work);
  };
  return {
    cropFile: (id, face) => read(id, (workspace) => cropFileOf(workspace, face)),
    original: (id, photo) => read(id, (workspace) => originalOf(workspace, photo)),
  };
};
