import type { WhenFilesArrive } from '../../contract/workspace-edits.ts';
import type { ScanReport, SourceLayoutChoice } from '../../contract/workspace.ts';
import { applyEdit, type Editing } from '../edits/edit.ts';
import type { Workspace } from './open.ts';
import { guessFolderLayout, scanNewSource } from './scan.ts';
import { assertApart, checkSourceFolder, knownLayout, registerSource } from './sources.ts';

/**
 * Adds a folder to a workspace and registers its files. Its layout is kept from the first time on; adding it again scans it again.
 * @throws UNUSABLE when it cannot be read or lies inside the workspace or another source, or around it
 */
export const addSource = async (
  workspace: Workspace,
  editing: Editing,
  request: {
    readonly folder: string;
    readonly layout: SourceLayoutChoice;
    readonly isPolled: boolean;
    readonly whenFilesArrive?: WhenFilesArrive | undefined;
    readonly who: string;
  },
): Promise<ScanReport> => {
  const { catalogue, paths } = workspace;
  const folder = await checkSourceFolder(request.folder, paths.folder);
  assertApart(catalogue, request.folder, folder);
  const known = knownLayout(catalogue, folder);
  const layout = known ?? (request.layout === 'auto' ? await guessFolderLayout(folder) : request.layout);
  const source = registerSource(catalogue, {
    folder,
    layout,
    isPolled: request.isPolled,
    atMs: editing.now(),
  });
  const { whenFilesArrive, who } = request;
  applyEdit(
    editing,
    { kind: 'keep-source', source, ...(whenFilesArrive === undefined ? {} : { whenFilesArrive }) },
    who,
  );
  return scanNewSource(workspace, source);
};
