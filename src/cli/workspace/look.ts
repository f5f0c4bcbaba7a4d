import type { Command } from 'commander';
import { FaceSortKey, type FaceSummary } from '../../contract/workspace-faces.ts';
import type { LedgerEntry } from '../../contract/workspace-ledger.ts';
import type { WorkspaceStatus } from '../../contract/workspace.ts';
import { FileStatus } from '../../contract/workspace-file-status.ts';
import type { CommandContext } from '../context.ts';
import { choiceOption, numberOption } from '../usage.ts';
import { counted, grouped, printable } from '../words.ts';
import { addFilterOptions, filterOf, type FilterOptions } from './filters.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

const STATUS_WORDS: Readonly<Record<FileStatus, string>> = {
  aligned: 'with one face',
  severalFaces: 'with several faces',
  noFace: 'without a face',
  unreadable: 'could not be read',
  skipped: 'no pictures',
  duplicate: 'the same content as another file',
  excluded: 'left out',
  pending: 'wait to be aligned',
  missing: 'not there any more',
  offline: 'in a folder that cannot be reached',
};

const statusLines = (status: WorkspaceStatus): readonly string[] => [
  `${status.folder}: ${counted(status.files, 'file', 'files')}, ${counted(status.faces, 'face', 'faces')} of ${counted(status.identities, 'identity', 'identities')}.`,
  ...FileStatus.options
    .filter((name) => status.statuses[name] > 0)
    .map((name) => `  ${grouped(status.statuses[name])} ${STATUS_WORDS[name]}`),
  ...Object.entries(status.states)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `  ${counted(count, 'face', 'faces')} ${state.replaceAll('-', ' ')}`),
  ...(status.staleCrops > 0
    ? [`  ${counted(status.staleCrops, 'crop waits', 'crops wait')} to be made again`]
    : []),
  ...status.sources.map(
    ({ folder, layout, isOffline, whenFilesArrive }) =>
      `Folder ${folder} (${layout})${whenFilesArrive === 'align' ? '' : ', files that arrive wait'}${isOffline ? ', cannot be reached' : ''}`,
  ),
  ...status.notices.map(({ message }) => message),
  ...(status.undo === null ? [] : [`Last step: ${status.undo}`]),
];

/** Adds `status` to the program. */
export const registerStatus = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('status')
      .description('Say what is in a workspace: every file with its status, faces, identities, folders.')
      .argument('<workspace>', 'folder of the workspace'),
  ).action(async (workspace: string, options: OutputOptions) => {
    const status = await withWorkspace(context, workspace, 'read', (client, signal) =>
      client.status({ workspace }, { signal }),
    );
    write(context.terminal, options, status, statusLines);
  });
};

const faceLine = ({ id, identity, state, score, sizePx, file }: FaceSummary): string =>
  [
    String(id),
    identity?.name ?? '-',
    state,
    score.toFixed(3),
    `${String(Math.round(sizePx))} px`,
    printable(file),
  ].join('\t');

const fileLine = ({ id, status, file, reason }: LedgerEntry): string =>
  [String(id), status, printable(file), reason.message].join('\t');

type ListOptions = OutputOptions &
  FilterOptions & {
    readonly files?: string | true;
    readonly sort: string;
    readonly descending: boolean;
    readonly offset: string;
    readonly limit: string;
  };

const MOST_LISTED = 10_000;

const listFiles = async (workspace: string, options: ListOptions, context: CommandContext): Promise<void> => {
  const { files: wanted } = options;
  const statuses =
    typeof wanted === 'string'
      ? wanted.split(',').map((text) => choiceOption('--files', text, FileStatus.options))
      : undefined;
  const limit = numberOption('--limit', options.limit, { least: 1, most: MOST_LISTED, isWhole: true });
  const after = numberOption('--offset', options.offset, { least: 0, most: 2 ** 40, isWhole: true });
  const files = await withWorkspace(context, workspace, 'read', (client, signal) =>
    client.files({ workspace, after, limit, ...(statuses === undefined ? {} : { statuses }) }, { signal }),
  );
  write(context.terminal, options, { files }, () => files.map(fileLine));
};

const HELP = `
Without --files it lists faces. Filters join with "and".

Examples:
  facenet-studio list work --identity "Ben Affleck" --sort score
  facenet-studio list work --state unreviewed --size ..40 --sort sharpness --json
  facenet-studio list work --files noFace,unreadable`;

/** Adds `list` to the program. */
export const registerList = (program: Command, context: CommandContext): void => {
  const command = program
    .command('list')
    .description('List faces of a workspace, filtered and sorted, or its files with their status.')
    .argument('<workspace>', 'folder of the workspace')
    .option('--sort <key>', `what to sort by: ${FaceSortKey.options.join(', ')}`, 'added')
    .option('--descending', 'largest first', false)
    .option('--offset <faces>', 'faces to leave out first; with --files the id to begin after', '0')
    .option('--limit <faces>', 'how many at most', '1000')
    .option(
      '--files [statuses]',
      `list files instead, those with these statuses, with commas between: ${FileStatus.options.join(', ')}`,
    );
  addOutputOptions(addFilterOptions(command))
    .addHelpText('after', HELP)
    .action(async (workspace: string, options: ListOptions) => {
      if (options.files !== undefined) {
        await listFiles(workspace, options, context);
        return;
      }
      const by = choiceOption('--sort', options.sort, FaceSortKey.options);
      const limit = numberOption('--limit', options.limit, { least: 1, most: MOST_LISTED, isWhole: true });
      const offset = numberOption('--offset', options.offset, { least: 0, most: 2 ** 40, isWhole: true });
      const found = await withWorkspace(context, workspace, 'read', async (client, signal) =>
        client.faces(
          {
            workspace,
            filter: await filterOf(client, workspace, options),
            sort: { by, isDescending: options.descending },
            offset,
            limit,
          },
          { signal },
        ),
      );
      write(context.terminal, options, { total: found.total, faces: found.faces }, ({ total, faces }) => [
        ...faces.map(faceLine),
        `${grouped(faces.length)} of ${counted(total, 'face', 'faces')}`,
      ]);
    });
};
