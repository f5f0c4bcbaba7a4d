import type { Command } from 'commander';
import type { CentreFilterReport, CentreMetricsReport } from '../../contract/cleaning.ts';
import type { CommandContext } from '../context.ts';
import { choiceOption, numberOption, UsageError } from '../usage.ts';
import { counted, grouped } from '../words.ts';
import { write } from '../workspace/output.ts';
import { addEmbeddingOptions, type EmbeddingOptions } from './options.ts';

type FilterOptions = EmbeddingOptions & {
  readonly filterPercentile: string;
  readonly filterMinNrofImagesPerClass: string;
  readonly exact?: string;
};

const METRICS_HELP = `
For each face its distance to the centre of its identity, the mean of the vectors at unit length, as calculate_filtering_metrics.py
has it. Nothing is written.

Exit codes: 0 all well, 1 failed, 2 wrong usage.`;

const FILTER_HELP = `
Says which faces stay when those far from the centre of their identity go, and identities that are left with too few. Nothing is
changed. By default the percentile is exact and every identity is looked at; with --exact facenet as train_softmax.py does it.

Example:
  facenet-studio filter crops --embeddings crops.npy --filter-percentile 95 --filter-min-nrof-images-per-class 10 --json

Exit codes: 0 all well, 1 failed, 2 wrong usage.`;

const MOST_FACES_OF_IDENTITY = 1_000_000;

const embeddedFolder = (folder: string, { embeddings, files }: EmbeddingOptions) => {
  if (embeddings === undefined)
    throw new UsageError(
      `The faces of ${folder} have no embeddings yet: name a .npy file with --embeddings.`,
    );
  return { folder, embeddings, files: files ?? null };
};

const metricsLines = ({ faces, histogram }: CentreMetricsReport): readonly string[] => [
  ...histogram.counts.flatMap((count, bin) =>
    count === 0 ? [] : [`${(histogram.least + bin * histogram.width).toFixed(3)}\t${grouped(count)}`],
  ),
  `${counted(faces.length, 'face', 'faces')}; the first column is a distance to the centre, the second the faces from there on`,
];

const filterLines = (report: CentreFilterReport): readonly string[] => [
  ...report.removed,
  `${grouped(report.facesLeft)} of ${counted(report.faces, 'face', 'faces')} stay, ${grouped(report.identitiesLeft)} of ${counted(report.identities, 'identity', 'identities')}; the threshold is ${report.thresholdDistance.toFixed(4)}`,
];

/** Adds `filter-metrics` to the program. */
export const registerFilterMetrics = (program: Command, context: CommandContext): void => {
  addEmbeddingOptions(
    program
      .command('filter-metrics')
      .description('Measure how far each face is from the centre of its identity.')
      .argument('<folder>', 'folder of identities: <identity>/<file>'),
  )
    .addHelpText('after', METRICS_HELP)
    .action(async (folder: string, options: EmbeddingOptions) => {
      const of = embeddedFolder(folder, options);
      const report = await context.withStudio(({ cleaning }, lost) =>
        cleaning.centreMetrics({ of }, { signal: lost }),
      );
      write(context.terminal, options, report, metricsLines);
    });
};

/** Adds `filter` to the program. */
export const registerFilter = (program: Command, context: CommandContext): void => {
  addEmbeddingOptions(
    program
      .command('filter')
      .description('Say which faces stay when those far from the centre of their identity go.')
      .argument('<folder>', 'folder of identities: <identity>/<file>')
      .option('--filter-percentile <percent>', 'share of the faces that stay, in per cent', '100')
      .option(
        '--filter-min-nrof-images-per-class <faces>',
        'identities that are left with fewer faces go altogether',
        '0',
      )
      .option('--exact <program>', 'reproduce the choice of that program: facenet'),
  )
    .addHelpText('after', FILTER_HELP)
    .action(async (folder: string, options: FilterOptions) => {
      const of = embeddedFolder(folder, options);
      const percentile = numberOption('--filter-percentile', options.filterPercentile, {
        least: 0,
        most: 100,
      });
      const leastFaces = numberOption(
        '--filter-min-nrof-images-per-class',
        options.filterMinNrofImagesPerClass,
        { least: 0, most: MOST_FACES_OF_IDENTITY, isWhole: true },
      );
      if (options.exact !== undefined) choiceOption('--exact', options.exact, ['facenet']);
      const isAsSeed = options.exact !== undefined;
      const report = await context.withStudio(({ cleaning }, lost) =>
        cleaning.centreFilter({ of, percentile, leastFaces, isAsSeed }, { signal: lost }),
      );
      write(context.terminal, options, report, filterLines);
    });
};
