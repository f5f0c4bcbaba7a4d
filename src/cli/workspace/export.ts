import type { Command } from 'commander';
import type { ExportReport } from '../../contract/workspace-export.ts';
import { FaceState } from '../../contract/workspace-faces.ts';
import { SETTING_LIMITS } from '../../core/align/limits.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { choiceOption, numberOption } from '../usage.ts';
import { counted, duration, grouped } from '../words.ts';
import { followWork } from './follow-work.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';

const leftOutLine = ([reason, count]: readonly [string, number]): string =>
  reason === 'no-identity'
    ? `  ${counted(count, 'face', 'faces')} left out: nobody said who they are`
    : `  ${counted(count, 'face', 'faces')} left out: ${reason.replaceAll('-', ' ')}`;

const linesOf = (report: ExportReport): readonly string[] => [
  `Exported ${counted(report.files, 'crop', 'crops')} of ${counted(report.identities, 'identity', 'identities')} to ${report.folder}, in ${duration(report.seconds)}.`,
  `  ${grouped(report.copied)} copied, ${grouped(report.linked)} linked, ${grouped(report.recropped)} cut out anew`,
  ...Object.entries(report.leftOut).map(leftOutLine),
  ...(report.note === null ? [] : [report.note]),
  ...(report.failed === 0 ? [] : [`${counted(report.failed, 'face', 'faces')} could not be exported:`]),
  ...report.failures.map(({ file, message }) => `  ${file}: ${message}`),
];

type ExportOptions = OutputOptions & {
  readonly size?: string;
  readonly link: boolean;
  readonly states: string;
  readonly quiet: boolean;
};

/** Adds `export` to the program. */
export const registerExport = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('export')
      .description('Write the crops that are kept into a new folder, identity/stem.png, with a manifest.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<folder>', 'a new or an empty folder')
      .option(
        '--size <px>',
        'width and height of the crops, as 160 or 182; cut out of the originals where it is another',
      )
      .option('--link', 'hard links to the crops of the workspace instead of copies', false)
      .option(
        '--states <states>',
        `faces in these states, with commas between: ${FaceState.options.join(', ')}`,
        'confirmed,unreviewed',
      )
      .option('--quiet', 'no progress', false),
  ).action(async (workspace: string, folder: string, options: ExportOptions) => {
    const limits = { ...SETTING_LIMITS.imageSizePx, isWhole: true };
    const sizePx = options.size === undefined ? null : numberOption('--size', options.size, limits);
    const states = options.states.split(',').map((text) => choiceOption('--states', text, FaceState.options));
    const report = await followWork(context, workspace, {
      ...options,
      access: 'read',
      verb: 'Exporting',
      unit: 'crops',
      stopped: 'Nothing was exported.',
      work: (client, signal) =>
        client.export({ workspace, folder, sizePx, isLinked: options.link, states }, { signal }),
    });
    if (report === null) return;
    write(context.terminal, options, report, linesOf);
    context.exit(report.failed > 0 ? EXIT.someFailed : EXIT.well);
  });
};
