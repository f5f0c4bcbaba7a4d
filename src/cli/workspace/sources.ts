import type { Command } from 'commander';
import { WhenFilesArrive } from '../../contract/workspace-edits.ts';
import { SourceLayoutChoice, type ScanReport } from '../../contract/workspace.ts';
import { whoAmI } from '../../node/user-name.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { choiceOption } from '../usage.ts';
import { counted, grouped } from '../words.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

const lineOf = ({ source, files, added, changed, moved, missing, unreadable }: ScanReport): string => {
  if (source.isOffline)
    return `${source.folder}: cannot be reached, or none of its files can; what is known of it is kept until it is back. If they are really gone, say so with "scan --gone".`;
  const parts = [
    ...(added > 0 ? [`${grouped(added)} new`] : []),
    ...(changed > 0 ? [`${grouped(changed)} changed`] : []),
    ...(moved > 0 ? [`${grouped(moved)} moved`] : []),
    ...(missing > 0 ? [`${grouped(missing)} missing`] : []),
    ...(unreadable > 0 ? [`${counted(unreadable, 'folder', 'folders')} could not be read`] : []),
  ];
  return `${source.folder} (${source.layout}): ${counted(files, 'file', 'files')}, ${parts.length === 0 ? 'nothing new' : parts.join(', ')}.`;
};

const exitOf = (reports: readonly ScanReport[]): number =>
  reports.some(({ source, unreadable }) => source.isOffline || unreadable > 0) ? EXIT.someFailed : EXIT.well;

/** Adds `init` to the program. */
export const registerInit = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('init')
      .description('Make a workspace: a folder in which the studio keeps its catalogue and its crops.')
      .argument('<folder>', 'a new or an empty folder'),
  ).action(async (folder: string, options: OutputOptions) => {
    const made = await context.withStudio((studio) => studio.workspace.create({ folder }));
    write(context.terminal, options, made, () => [
      `Made the workspace ${made.folder}. Add photos with "facenet-studio add ${folder} <folder of photos>".`,
    ]);
  });
};

type AddOptions = OutputOptions & {
  readonly layout: string;
  readonly poll: boolean;
  readonly whenFilesArrive?: string;
};

/** Adds `add` to the program. */
export const registerAdd = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('add')
      .description('Add a folder of photos to a workspace and note its files. Originals are never written.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<folder>', 'folder of photos')
      .option(
        '--layout <layout>',
        `how its folders name people: ${SourceLayoutChoice.options.join(', ')}`,
        'auto',
      )
      .option(
        '--when-files-arrive <rule>',
        `what is done by itself with files that come into it while the workspace is open: ${WhenFilesArrive.options.join(' or ')} (default: as before, at first align)`,
      )
      .option('--poll', 'look for changes from time to time, as for a network drive', false),
  ).action(async (workspace: string, folder: string, options: AddOptions) => {
    const layout = choiceOption('--layout', options.layout, SourceLayoutChoice.options);
    const arrival = options.whenFilesArrive;
    const request = {
      ...{ workspace, folder, layout, isPolled: options.poll, who: whoAmI() },
      ...(arrival === undefined
        ? {}
        : { whenFilesArrive: choiceOption('--when-files-arrive', arrival, WhenFilesArrive.options) }),
    };
    const report = await withWorkspace(context, workspace, 'write', (client, signal) =>
      client.addSource(request, { signal }),
    );
    write(context.terminal, options, report, () => [lineOf(report)]);
    context.exit(exitOf([report]));
  });
};

type ScanOptions = OutputOptions & { readonly gone: boolean };

/** Adds `scan` to the program. */
export const registerScan = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('scan')
      .description('Compare the folders of a workspace with what is known of them.')
      .argument('<workspace>', 'folder of the workspace')
      .option('--gone', 'files that are not there are really gone, even all of a folder', false),
  ).action(async (workspace: string, options: ScanOptions) => {
    const reports = await withWorkspace(context, workspace, 'write', (client, signal) =>
      client.scan({ workspace, isRemovalConfirmed: options.gone }, { signal }),
    );
    write(context.terminal, options, { sources: reports }, () =>
      reports.length === 0 ? ['The workspace has no folders yet.'] : reports.map(lineOf),
    );
    context.exit(exitOf(reports));
  });
};
