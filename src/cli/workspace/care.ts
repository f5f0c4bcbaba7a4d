import type { Command } from 'commander';
import type { StudioClient } from '../../contract/studio.ts';
import type { Backup, RestoredBackup, Sample, VerifyReport } from '../../contract/workspace-care.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { follow } from '../follow.ts';
import { UsageError } from '../usage.ts';
import { counted, duration, grouped } from '../words.ts';
import { followWork } from './follow-work.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

const SAMPLE = /^(\d+)\/(\d+)$/;

const sampleOf = (text: string): Sample => {
  const [, part, of] = SAMPLE.exec(text) ?? [];
  const sample = { part: Number(part), of: Number(of) };
  if (sample.part >= 1 && sample.part <= sample.of) return sample;
  throw new UsageError(`--sample takes a part of the crops like 1/10, not "${text}".`);
};

const verifyLines = (report: VerifyReport): readonly string[] => [
  `${grouped(report.cropsWhole)} of ${counted(report.crops, 'crop', 'crops')} whole, ${counted(report.steps, 'step', 'steps')} of history give ${counted(report.decisions, 'decision', 'decisions')}, in ${duration(report.seconds)}.`,
  ...(report.repaired > 0 ? [`Made ${counted(report.repaired, 'crop', 'crops')} again.`] : []),
  ...(report.sparesRemoved > 0
    ? [`Removed ${counted(report.sparesRemoved, 'crop', 'crops')} that belonged to no face and to no backup.`]
    : []),
  ...((report.spareCrops ?? 0) > 0
    ? [
        `${counted(report.spareCrops ?? 0, 'file', 'files')} among the crops belong to no face; they do no harm. A repair removes those that no backup names.`,
      ]
    : []),
  ...report.problems.flatMap(({ message, count, examples }) => [
    message,
    `  ${grouped(count)}: ${examples.join(', ')}${count > examples.length ? ' …' : ''}`,
  ]),
  ...(report.problems.length === 0 ? ['All is as it should be.'] : []),
];

type QuietOptions = OutputOptions & { readonly quiet: boolean };

type VerifyOptions = QuietOptions & { readonly sample: string; readonly repair: boolean };

/** Adds `verify` to the program. */
export const registerVerify = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('verify')
      .description('Compare a workspace with itself: catalogue, history and every crop by its hash.')
      .argument('<workspace>', 'folder of the workspace')
      .option('--sample <part/of>', 'look at a part of the crops, as 1/10', '1/1')
      .option(
        '--repair',
        'have missing and damaged crops made again from the originals, and remove crops that nothing names any more',
        false,
      )
      .option('--quiet', 'no progress', false),
  ).action(async (workspace: string, options: VerifyOptions) => {
    const sample = sampleOf(options.sample);
    const report = await followWork(context, workspace, {
      ...options,
      access: options.repair ? 'write' : 'read',
      verb: 'Checking',
      unit: 'crops',
      stopped: 'Nothing was changed but what was repaired already.',
      work: (client, signal) => client.verify({ workspace, sample, isRepaired: options.repair }, { signal }),
    });
    if (report === null) return;
    write(context.terminal, options, report, verifyLines);
    context.exit(report.problems.length > 0 ? EXIT.someFailed : EXIT.well);
  });
};

const BYTES_PER_MIB = 2 ** 20;

const backupLine = ({ name, atMs, reason, bytes }: Backup): string =>
  [name, new Date(atMs).toISOString(), reason, `${(bytes / BYTES_PER_MIB).toFixed(1)} MiB`].join('\t');

type BackupOptions = QuietOptions & { readonly to?: string; readonly list: boolean };

/** Adds `backup` to the program. */
export const registerBackup = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('backup')
      .description('Copy the catalogue of a workspace and check the copy; one is made every day by itself.')
      .argument('<workspace>', 'folder of the workspace')
      .option('--to <path>', "a folder, or a new file; the workspace's own folder of backups when left out")
      .option('--list', 'name the backups that there are, newest first', false)
      .option('--quiet', 'no progress', false),
  ).action(async (workspace: string, options: BackupOptions) => {
    const { to = null, list } = options;
    if (list && to !== null) throw new UsageError('--list makes no backup: leave out --to.');
    if (list) {
      const backups = await withWorkspace(context, workspace, 'read', (client, signal) =>
        client.backups({ workspace }, { signal }),
      );
      write(context.terminal, options, { backups }, () =>
        backups.length === 0 ? ['There are no backups yet.'] : backups.map(backupLine),
      );
      return;
    }
    const made = await followWork(context, workspace, {
      ...options,
      access: 'read',
      verb: 'Copying',
      unit: 'bytes',
      stopped: 'No backup was made.',
      work: (client, signal) => client.backUp({ workspace, to }, { signal }),
    });
    if (made === null) return;
    write(context.terminal, options, made, ({ file }) => [`Made the backup ${file} and checked it.`]);
  });
};

/** Adds `restore` to the program. */
export const registerRestore = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('restore')
      .description('Put a backup in the place of the catalogue, which is kept as a backup first.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<backup>', 'its name, as "backup --list" gives it')
      .option('--quiet', 'no progress', false),
  ).action(async (workspace: string, backup: string, options: QuietOptions) => {
    const done = await follow<StudioClient, RestoredBackup>(
      context,
      {
        ...options,
        verb: 'Restoring',
        unit: 'bytes',
        stopped: 'The catalogue is the one before or the backup, whole; "backup --list" tells what was kept.',
      },
      (use) => context.withStudio(use),
      (client, signal) => client.workspace.restore({ workspace, backup }, { signal }),
    );
    if (done === null) return;
    write(context.terminal, options, done, ({ restored, kept }) => [
      `Restored ${restored}.${kept === null ? '' : ` What was there is kept as ${kept}.`} "facenet-studio scan ${workspace}" and "facenet-studio verify ${workspace}" tell what changed since.`,
    ]);
  });
};
