import { VERDICTS } from '../words/faces.ts';
import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';
import type { Workspace } from './workspace.svelte.ts';

/** What makes, opens and closes workspaces, and steps through their history. */
export const workspaceCommands = (studio: Studio): readonly Command[] => {
  const { workspace } = studio;
  const command = (
    id: string,
    label: string,
    keys: string | null,
    isAvailable: boolean,
    run: () => void,
  ): Command => ({ id, label, keys, isAvailable, run, group: 'Workspace' });
  const canEdit = workspace !== null && !workspace.isReadOnly;
  return [
    command('new-workspace', 'New workspace…', null, true, () => void studio.newWorkspace()),
    command('open-workspace', 'Open workspace…', 'Ctrl+Shift+O', true, () => void studio.chooseWorkspace()),
    ...(studio.recent.all ?? [])
      .filter(({ id }) => id !== workspace?.id)
      .map(({ id, folder }) => ({
        ...command(
          `recent-${id}`,
          `Open recent: ${folder}`,
          null,
          true,
          () => void studio.openWorkspace(folder),
        ),
        isPassing: true as const,
      })),
    command('undo', 'Undo', 'Ctrl+Z', canEdit, () => void workspace?.undo()),
    command('redo', 'Redo', 'Ctrl+Shift+Z', canEdit, () => void workspace?.redo()),
    command('scan', 'Look for new photos', null, canEdit, () => void workspace?.scan()),
    command('embed', 'Embed new and changed faces', null, canEdit, () => void workspace?.embed()),
    command('export', 'Export the dataset…', 'Ctrl+Shift+E', workspace !== null, () => {
      if (workspace !== null) void studio.exportDataset(workspace);
    }),
    command(
      'close-workspace',
      `Close workspace ${workspace?.name ?? ''}`.trim(),
      null,
      workspace !== null,
      () => void studio.closeWorkspace(),
    ),
  ];
};

/** What is done with the faces of the open workspace. */
export const faceCommands = (studio: Studio, workspace: Workspace): readonly Command[] => {
  const command = (
    id: string,
    label: string,
    keys: string | null,
    isAvailable: boolean,
    run: () => void,
  ): Command => ({ id, label, keys, isAvailable, run, group: 'Faces' });
  const isInGrid =
    studio.screen === 'library' && workspace.shownFiles === null && studio.curation.top === null;
  const canMark = isInGrid && !workspace.isReadOnly && workspace.active !== null;
  return [
    command('open-folder', `Add folder to ${workspace.name}…`, 'Ctrl+O', !workspace.isReadOnly, () => {
      void studio.openFolder();
    }),
    ...VERDICTS.map(({ state, keys, verb }) =>
      command(`mark-${state}`, `${verb}: the selected faces`, keys, canMark, () => {
        workspace.mark(state, verb);
      }),
    ),
    command('find-identity', 'Find an identity', 'Ctrl+P', true, () => {
      studio.findIdentity(workspace);
    }),
    command('search', 'Search names and files', 'Ctrl+F', true, () => {
      studio.go('library');
      studio.searchRequests += 1;
    }),
    command('clear-filter', 'Show all faces', null, workspace.isFiltered, () => {
      workspace.show({});
    }),
    command('select-all', 'Select all that the filter shows', 'Ctrl+A', isInGrid, () => {
      workspace.selection.selectAll();
    }),
  ];
};
