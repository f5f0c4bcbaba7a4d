import type { Command } from './command.ts';
import type { Studio } from './studio.svelte.ts';
import type { Workspace } from './workspace.svelte.ts';

/** What keeps the open workspace whole, takes what was decided elsewhere, and takes people out of it. */
export const keepCommands = (studio: Studio): readonly Command[] => {
  const { keep, workspace } = studio;
  const { current } = keep;
  const command = (
    id: string,
    label: string,
    isAvailable: boolean,
    run: (workspace: Workspace) => void,
  ): Command => ({
    ...{ id, label, keys: null, group: 'Keep' },
    isAvailable: workspace !== null && isAvailable,
    run: () => {
      if (workspace !== null) run(workspace);
    },
  });
  const canWrite = workspace?.isReadOnly === false;
  return [
    command('verify-workspace', 'Verify workspace', current?.verification.isRunning === false, () => {
      keep.verify();
    }),
    command('back-up', 'Back up now', current?.backingUp.isRunning === false, () => void keep.backUp()),
    command('restore-backup', 'Restore a backup…', canWrite, ({ folder }) => {
      keep.askRestore(folder);
    }),
    command('export-decisions', 'Export decisions…', true, (open) => void keep.exportDecisions(open)),
    command('apply-decisions', 'Apply decisions…', canWrite, (open) => void keep.applyDecisions(open)),
    command('remove-person', 'Remove a person for good…', canWrite, (open) => {
      keep.askRemove(open);
    }),
  ];
};
