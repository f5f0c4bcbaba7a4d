import type { Command } from 'commander';
import type { CentreFilterReport, CentreFilterWish, CentreMetricsReport } from '../../contract/cleaning.ts';
import type { CommandContext } from '../context.ts';
import { choiceOption, numberOption } from '../usage.ts';
import { counted, grouped } from '../words.ts';
import { tellOfFaces } from './follow.ts';
import { addFaceOptions, type FaceOptions } from './options.ts';

type FilterOptions = FaceOptions & {
  readonly filterPercentile: string;
  readonly filterMinNrofImagesPerClass: string;
  readonly exact?: string;
};

const METRICS_HELP = `
For each face its distance to the centre of its identity, the mean of the vectors at unit length, as calculate_filtering_metrics.py
has it. Faces without vectors are embedded first, which a workspace keeps; nothing else is written.

Exit codes: 0 all well, 3 some files could not be embedded, 1 failed, 2 wrong usage.`;

const FILTER_HELP = `
Says which faces stay when those far from the centre of their identity go, and identities that are left with too few. Nothing is
changed. By default the percentile is exact and every identity is looked at; with --exact facenet as train_softmax.py does it.

Faces without vectors are embedded first, which a workspace keeps.

Example:
  facenet-studio filter crops --embeddings crops.npy --filter-percentile 95 --filter-min-nrof-images-per-class 10 --json

Exit codes: 0 all well, 3 some files could not be embedded, 1 failed, 2 wrong usage.`;

const MOST_FACES_OF_IDENTITY = 1_000_000;

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

const FOLDER = 'folder of identities <identity>/<file>, or a workspace';

/** Adds `filter-metrics` to the program. */
export const registerFilterMetrics = (program: Command, context: CommandContext): void => {
  addFaceOptions(
    program
      .command('filter-metrics')
      .description('Measure how far each face is from the centre of its identity.')
      .argument('<folder>', FOLDER),
  )
    .addHelpText('after', METRICS_HELP)
    .action((folder: string, options: FaceOptions) =>
      tellOfFaces<CentreMetricsReport>(folder, options, context, {
        ofFolder: (of) => (client, signal) => client.centreMetrics({ of }, { signal }),
        ofWorkspace: (of) => (client, signal) => client.centreMetrics(of, { signal }),
        linesOf: metricsLines,
      }),
    );
};

const filterOf = (options: FilterOptions): CentreFilterWish => {
  if (options.exact !== undefined) choiceOption('--exact', options.exact, ['facenet']);
  return {
    percentile: numberOption('--filter-percentile', options.filterPercentile, { least: 0, most: 100 }),
    leastFaces: numberOption('--filter-min-nrof-images-per-class', options.filterMinNrofImagesPerClass, {
      least: 0,
      most: MOST_FACES_OF_IDENTITY,
      isWhole: true,
    }),
    isAsSeed: options.exact !== undefined,
  };
};

/** Adds `filter` to the program. */
export const registerFilter = (program: Command, context: CommandContext): void => {
  addFaceOptions(
    program
      .command('filter')
      .description('Say which faces stay when those far from the centre of their identity go.')
      .argument('<folder>', FOLDER)
      .option('--filter-percentile <percent>', 'share of the faces that stay, in per cent', '100')
      .option(
        '--filter-min-nrof-images-per-class <faces>',
        'identities that are left with fewer faces go altogether',
        '0',
      )
      .option('--exact <program>', 'reproduce the choice of that program: facenet'),
  )
    .addHelpText('after', FILTER_HELP)
    .action((folder: string, options: FilterOptions) => {
      const filter = filterOf(options);
      return tellOfFaces<CentreFilterReport>(folder, options, context, {
        ofFolder: (of) => (client, signal) => client.centreFilter({ of, filter }, { signal }),
        ofWorkspace: (of) => (client, signal) => client.centreFilter({ ...of, filter }, { signal }),
        linesOf: filterLines,
      });
    });
};
