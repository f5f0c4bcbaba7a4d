import type { Command } from 'commander';
import type { AppliedDecisions, DecisionListSize } from '../../contract/workspace-decisions.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { counted, grouped } from '../words.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { whoAmI } from '../../node/user-name.ts';
import { withWorkspace } from './with-workspace.ts';

const exportLines = ({ file, decisions, photos, notPortable }: DecisionListSize): readonly string[] => [
  `Wrote ${counted(decisions, 'decision', 'decisions')} of ${counted(photos, 'photo', 'photos')} to ${file}. It holds no pictures and no paths.`,
  ...(notPortable > 0
    ? [
        `${counted(notPortable, 'decision hangs', 'decisions hang')} on files of this workspace alone, and ${notPortable === 1 ? 'is' : 'are'} not in it.`,
      ]
    : []),
];

const MOST_SHOWN = 10;

const applyLines = (applied: AppliedDecisions, isPreview: boolean): readonly string[] => [
  `${isPreview ? 'Would apply' : 'Applied'} ${grouped(applied.applied)} of ${counted(applied.decisions, 'decision', 'decisions')}.`,
  ...(applied.alreadySo > 0 ? [`  ${grouped(applied.alreadySo)} decided here already`] : []),
  ...(applied.noSuchPhoto > 0 ? [`  ${grouped(applied.noSuchPhoto)} of photos that are not here`] : []),
  ...(applied.noSuchFace > 0
    ? [`  ${grouped(applied.noSuchFace)} of faces that were not found here; align first if photos wait`]
    : []),
  ...(applied.overwritten > 0
    ? [`  ${grouped(applied.overwritten)} decided otherwise here and overwritten`]
    : []),
  ...(applied.kept > 0
    ? [`  ${grouped(applied.kept)} decided otherwise here and kept; --overwrite takes the list's`]
    : []),
  ...applied.conflicts
    .slice(0, MOST_SHOWN)
    .map(({ file, what, here, list }) => `  ${file}: ${what} is ${here} here, ${list} in the list`),
];

type ApplyOptions = OutputOptions & { readonly overwrite: boolean; readonly dryRun: boolean };

/** Adds `decisions` to the program. */
export const registerDecisions = (program: Command, context: CommandContext): void => {
  const decisions = program
    .command('decisions')
    .description('Take what was decided to another copy of the dataset, without pictures.');
  addOutputOptions(
    decisions
      .command('export')
      .description('Write what was decided as a list that hangs on the content of photos.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<file>', 'a new file'),
  ).action(async (workspace: string, file: string, options: OutputOptions) => {
    const size = await withWorkspace(context, workspace, 'read', (client, signal) =>
      client.exportDecisions({ workspace, file }, { signal }),
    );
    write(context.terminal, options, size, exportLines);
  });
  addOutputOptions(
    decisions
      .command('apply')
      .description('Apply such a list, as one step that undo takes back.')
      .argument('<workspace>', 'folder of the workspace')
      .argument('<file>', 'the list')
      .option('--overwrite', 'what was decided otherwise here gives way', false)
      .option('--dry-run', 'say what would change, and change nothing', false),
  ).action(async (workspace: string, file: string, options: ApplyOptions) => {
    const access = options.dryRun ? 'read' : 'write';
    const applied = await withWorkspace(context, workspace, access, (client, signal) =>
      client.applyDecisions(
        {
          workspace,
          file,
          isOverwriting: options.overwrite,
          isPreview: options.dryRun,
          who: whoAmI(),
        },
        { signal },
      ),
    );
    write(context.terminal, options, applied, (shown) => applyLines(shown, options.dryRun));
    const { kept, noSuchPhoto, noSuchFace } = applied;
    context.exit(kept + noSuchPhoto + noSuchFace > 0 ? EXIT.someFailed : EXIT.well);
  });
};
