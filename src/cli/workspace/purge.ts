import type { Command } from 'commander';
import type { PurgeReport, PurgeView } from '../../contract/workspace-purge.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { counted, duration, grouped } from '../words.ts';
import { followWork } from './follow-work.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

const BYTES_PER_MIB = 2 ** 20;

const listOf = (title: string, names: readonly string[]): readonly string[] =>
  names.length === 0 ? [] : [title, ...names.map((name) => `  ${name}`)];

const viewLines = (view: PurgeView): readonly string[] => [
  `  ${counted(view.photos, 'photo', 'photos')} (${counted(view.files, 'file', 'files')}) with ${counted(view.faces, 'face', 'faces')} and ${counted(view.crops, 'crop', 'crops')}`,
  ...(view.facesOfOthers > 0
    ? [`  of these ${counted(view.facesOfOthers, 'face', 'faces')} of other people in the same photos`]
    : []),
  `  names: ${view.names.join(', ')}`,
  `  ${counted(view.steps, 'step', 'steps')} of the history, ${grouped(view.stepsGone)} of them whole; ${counted(view.backups, 'backup', 'backups')} rewritten`,
  ...listOf('Exports inside the workspace that hold the person go whole:', view.exports),
  ...listOf('Models that were trained with the person stay; train them again without:', view.models),
  ...listOf('Originals are not touched, and are not read again; they lie in:', view.originals),
];

const previewLines = (view: PurgeView, identity: string): readonly string[] => [
  `Would remove ${identity} for good, which cannot be undone:`,
  ...viewLines(view),
  `Nothing was changed. To do it, add --yes ${JSON.stringify(identity)}.`,
];

const reportLines = (report: PurgeReport, identity: string): readonly string[] => [
  `Removed ${identity} for good, in ${duration(report.seconds)}:`,
  ...viewLines(report),
  ...(report.backupsRemoved > 0
    ? [`  ${counted(report.backupsRemoved, 'backup', 'backups')} could not be read and went whole`]
    : []),
  report.remains.length === 0
    ? `Looked at every byte of ${counted(report.filesSearched, 'file', 'files')} (${(report.bytesSearched / BYTES_PER_MIB).toFixed(1)} MiB): nothing is left.`
    : 'Something is left after all; remove these files, or run the same again:',
  ...report.remains.map(({ file, what }) => `  ${file}: ${what}`),
  ...listOf('Not looked for, being too short or in what belongs to others:', report.notSearched),
];

type PurgeOptions = OutputOptions & { readonly yes?: string; readonly quiet: boolean };

const HELP = `
Without --yes it says what would go, and changes nothing.
Copies outside the workspace (exports, lists, backups made elsewhere) are not reached.`;

/** Adds `purge` to the program. */
export const registerPurge = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('purge')
      .description(
        'Remove a person for good: photos, crops, decisions, history and backups of the workspace.',
      )
      .argument('<workspace>', 'folder of the workspace')
      .argument('<identity>', 'the name')
      .option('--yes <name>', 'do it; the same name, typed again')
      .option('--quiet', 'no progress', false),
  )
    .addHelpText('after', HELP)
    .action(async (workspace: string, identity: string, options: PurgeOptions) => {
      const typed = options.yes;
      if (typed === undefined) {
        const view = await withWorkspace(context, workspace, 'read', (client, signal) =>
          client.previewPurge({ workspace, identity }, { signal }),
        );
        write(context.terminal, options, view, (shown) => previewLines(shown, identity));
        return;
      }
      const report = await followWork(context, workspace, {
        ...options,
        access: 'write',
        verb: 'Removing and searching',
        unit: 'bytes',
        stopped: 'Run the same again: it ends the work, or says that nobody of that name is left.',
        work: (client, signal) => client.purge({ workspace, identity, typed }, { signal }),
      });
      if (report === null) return;
      write(context.terminal, options, report, (shown) => reportLines(shown, identity));
      context.exit(report.remains.length > 0 ? EXIT.someFailed : EXIT.well);
    });
};
