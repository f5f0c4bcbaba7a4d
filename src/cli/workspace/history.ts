import type { Command } from 'commander';
import type { HistoryStep } from '../../contract/workspace-edits.ts';
import { whoAmI } from '../../node/user-name.ts';
import type { CommandContext } from '../context.ts';
import { numberOption } from '../usage.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

const lineOf = ({ sequence, atMs, who, label, isUndone }: HistoryStep): string =>
  `${String(sequence)}\t${new Date(atMs).toISOString()}\t${who}\t${label}${isUndone ? ' (undone)' : ''}`;

const MOVES = [
  ['undo', 'Take the last step back; again for the one before, over restarts too.', 'Undone: '],
  ['redo', 'Do the step again that was undone last.', 'Done again: '],
] as const;

/** Adds `undo` and `redo` to the program. */
export const registerUndo = (program: Command, context: CommandContext): void => {
  for (const [name, description, said] of MOVES) {
    addOutputOptions(
      program.command(name).description(description).argument('<workspace>', 'folder of the workspace'),
    ).action(async (workspace: string, options: OutputOptions) => {
      const step = await withWorkspace(context, workspace, 'write', (client, signal) =>
        client[name]({ workspace, who: whoAmI() }, { signal }),
      );
      write(context.terminal, options, { step }, () => [
        step === null ? `There is nothing to ${name}.` : said + step.label,
      ]);
    });
  }
};

/** Adds `history` to the program. */
export const registerHistory = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('history')
      .description('Say who changed what and when, newest first.')
      .argument('<workspace>', 'folder of the workspace')
      .option('--limit <steps>', 'how many at most', '100'),
  ).action(async (workspace: string, options: OutputOptions & { readonly limit: string }) => {
    const limit = numberOption('--limit', options.limit, { least: 1, most: 1000, isWhole: true });
    const steps = await withWorkspace(context, workspace, 'read', (client, signal) =>
      client.history({ workspace, limit }, { signal }),
    );
    write(context.terminal, options, { steps }, () =>
      steps.length === 0 ? ['Nothing was changed yet.'] : steps.map(lineOf),
    );
  });
};
