import type { Command } from 'commander';
import type { CompareReport } from '../contract/embedding.ts';
import { engineSummary } from './align.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './failure.ts';
import { engineOf } from './settings.ts';
import { UsageError } from './usage.ts';
import { isWorkspace } from './workspace/align.ts';
import { followPictures } from './follow.ts';
import { addVectorOptions, notesOf, writeLines, type VectorOptions } from './vectors.ts';

const HELP = `
The distance is Euclidean, between the vectors of the faces that "align" would choose; the smaller, the more alike. Below the model's
threshold two faces are taken for one person.

Examples:
  facenet-studio compare one.jpg another.jpg
  facenet-studio compare holiday/*.jpg --json

Exit codes: 0 all well (a photo without a face is a result), 3 some pictures could not be embedded, 1 failed, 2 wrong usage.`;

const DECIMALS = 4;
const CELL = 9;

const tableOf = ({ files, distances }: CompareReport): readonly string[] => [
  'Images:',
  ...files.map((file, index) => `${String(index).padStart(3)}: ${file}`),
  '',
  'Distances (Euclidean):',
  `    ${files.map((_, index) => String(index).padStart(CELL)).join('')}`,
  ...distances.map(
    (row, index) =>
      `${String(index).padStart(3)} ${row.map((value) => value.toFixed(DECIMALS).padStart(CELL)).join('')}`,
  ),
];

const compare = async (
  paths: readonly string[],
  options: VectorOptions,
  context: CommandContext,
): Promise<void> => {
  if (paths.some(isWorkspace))
    throw new UsageError('A workspace cannot be compared: name photos or folders.');
  const input = {
    paths: [...paths],
    ...(options.model === undefined ? {} : { model: options.model }),
    engine: engineOf(options),
    isFlipped: options.flip,
  };
  const report = await followPictures(context, options, (studio, signal) =>
    studio.embedding.compare(input, { signal }),
  );
  if (report === null) return;
  if (options.json)
    context.terminal.out(`${JSON.stringify({ ...report, engine: engineSummary(report.engine) })}\n`);
  else {
    const { threshold } = report;
    writeLines(context.terminal, [
      ...tableOf(report),
      ...(threshold === null
        ? []
        : [`Below ${String(threshold)} ${report.model} takes two faces for one person.`]),
      ...notesOf(report),
    ]);
  }
  context.exit(report.failed.length > 0 ? EXIT.someFailed : EXIT.well);
};

/** Adds `compare` to the program. */
export const registerCompare = (program: Command, context: CommandContext): void => {
  const command = program
    .command('compare')
    .description('Print how far the faces of pictures are from each other.')
    .argument('<path...>', 'photos, crops, or folders of them');
  addVectorOptions(command)
    .addHelpText('after', HELP)
    .action((paths: string[], options: VectorOptions) => compare(paths, options, context));
};
