import type { Command } from 'commander';
import { ClusterAlgorithm, type ClusterParameters, type ClusterReport } from '../../contract/clustering.ts';
import { CLUSTER_DEFAULTS } from '../../core/clustering/defaults.ts';
import { addEmbeddingOptions, type EmbeddingOptions } from '../cleaning/options.ts';
import { followFaces } from '../cleaning/follow.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { choiceOption, numberOption, UsageError } from '../usage.ts';
import { counted, duration, grouped } from '../words.ts';
import { write } from '../workspace/output.ts';

type Options = EmbeddingOptions & {
  readonly algorithm: string;
  readonly eps?: string;
  readonly minSamples?: string;
  readonly minClusterSize?: string;
  readonly threshold?: string;
  readonly iterations?: string;
  readonly seed?: string;
  readonly output?: string;
  readonly quiet: boolean;
};

const MOST_DISTANCE = 1e6;
const MOST_SAMPLES = 1000;
const MOST_SEED = 0xffffffff;
const MOST_LISTED = 20;

const HELP = `
Groups the faces of a folder by who they look like. A face that looks like nobody else is a cluster of one: none is left out.

  dbscan            faces at most --eps apart are neighbours (Euclidean distance of the embeddings), and with --min-samples of them, itself
                    counted, a face is in the midst of a cluster; facenet's cluster.py
  chinese-whispers  faces whose cosine is above --threshold speak for each other's cluster, --iterations times; facenet's clustering.py
  hdbscan           clusters of any density, of --min-cluster-size faces or more

With --output every cluster becomes a folder 0, 1, 2, ... with copies of its files, the largest first. The folder itself is never changed.
The defaults of --eps and --threshold are facenet's, for embeddings of length 1; those of other models need other values.

Examples:
  facenet-studio cluster crops --embeddings crops.npy --algorithm dbscan --eps 0.9
  facenet-studio cluster crops --embeddings crops.npy --algorithm chinese-whispers --threshold 0.7 --seed 7 --json
  facenet-studio cluster crops --embeddings crops.npy --algorithm hdbscan --min-cluster-size 3 --output people

Exit codes: 0 all well, 3 some files could not be copied, 1 failed, 2 wrong usage.`;

/** Options that an algorithm takes; another one given beside it would change nothing, and is refused. */
const TAKEN: Readonly<Record<ClusterAlgorithm, readonly (keyof Options)[]>> = {
  dbscan: ['eps', 'minSamples'],
  'chinese-whispers': ['threshold', 'iterations', 'seed'],
  hdbscan: ['minSamples', 'minClusterSize'],
};
const FLAGS = {
  eps: '--eps',
  minSamples: '--min-samples',
  minClusterSize: '--min-cluster-size',
  threshold: '--threshold',
  iterations: '--iterations',
  seed: '--seed',
} as const satisfies Partial<Record<keyof Options, string>>;

const refuseOthers = (algorithm: ClusterAlgorithm, options: Options): void => {
  for (const [name, flag] of Object.entries(FLAGS) as [keyof typeof FLAGS, string][])
    // the keys of a literal record
    if (options[name] !== undefined && !TAKEN[algorithm].includes(name))
      throw new UsageError(
        `${flag} means nothing to ${algorithm}: leave it out, or choose another algorithm.`,
      );
};

const whole = (
  flag: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number => (text === undefined ? otherwise : numberOption(flag, text, { least, most, isWhole: true }));

/** @throws UsageError */
const parametersOf = (options: Options): ClusterParameters => {
  const algorithm = choiceOption('--algorithm', options.algorithm, ClusterAlgorithm.options);
  refuseOthers(algorithm, options);
  const { dbscan, chineseWhispers, hdbscan } = CLUSTER_DEFAULTS;
  switch (algorithm) {
    case 'dbscan': {
      const limits = { least: 0, most: MOST_DISTANCE, isLeastExcluded: true };
      const eps = options.eps === undefined ? dbscan.eps : numberOption('--eps', options.eps, limits);
      return {
        algorithm,
        eps,
        minSamples: whole('--min-samples', options.minSamples, dbscan.minSamples, 1, MOST_SAMPLES),
      };
    }
    case 'chinese-whispers': {
      const { threshold, iterations, seed } = options;
      return {
        algorithm,
        threshold:
          threshold === undefined
            ? chineseWhispers.threshold
            : numberOption('--threshold', threshold, { least: -1, most: 1 }),
        iterations: whole('--iterations', iterations, chineseWhispers.iterations, 1, MOST_SAMPLES),
        seed: whole('--seed', seed, chineseWhispers.seed, 0, MOST_SEED),
      };
    }
    case 'hdbscan': {
      const size = whole(
        '--min-cluster-size',
        options.minClusterSize,
        hdbscan.minClusterSize,
        2,
        MOST_SAMPLES,
      );
      return {
        algorithm,
        minClusterSize: size,
        minSamples: whole('--min-samples', options.minSamples, size, 1, MOST_SAMPLES),
      };
    }
  }
};

const documentOf = ({ parameters, ...report }: ClusterReport): unknown => {
  const { algorithm, ...rest } = parameters;
  return { algorithm, parameters: rest, ...report };
};

const linesOf = ({ clusters, singletons, failed, seconds }: ClusterReport): readonly string[] => {
  const several = clusters.filter(({ faces }) => faces.length > 1);
  return [
    ...several
      .slice(0, MOST_LISTED)
      .map(({ id, faces }) => `${String(id)}\t${grouped(faces.length)}\t${faces[0] ?? ''}`),
    ...(several.length > MOST_LISTED ? [`and ${grouped(several.length - MOST_LISTED)} more`] : []),
    `${counted(several.length, 'cluster', 'clusters')} of several faces, ${counted(singletons, 'face', 'faces')} alone, in ${duration(seconds)}.`,
    ...(failed.length === 0 ? [] : [`${counted(failed.length, 'file', 'files')} could not be copied:`]),
    ...failed.map((file) => `  ${file}`),
  ];
};

const cluster = async (folder: string, options: Options, context: CommandContext): Promise<void> => {
  const parameters = parametersOf(options);
  const { embeddings, files = null, output = null } = options;
  if (embeddings === undefined)
    throw new UsageError(
      `The faces of ${folder} have no embeddings yet: name a .npy file with --embeddings.`,
    );
  const of = { folder, embeddings, files };
  const report = await followFaces<ClusterReport>(
    context,
    { ...options, verb: 'Clustering' },
    ({ clustering }, signal) => clustering.run({ of, parameters, output }, { signal }),
  );
  if (report === null) return;
  if (options.json) context.terminal.out(`${JSON.stringify(documentOf(report))}\n`);
  else write(context.terminal, options, report, linesOf);
  context.exit(report.failed.length > 0 ? EXIT.someFailed : EXIT.well);
};

/** Adds `cluster` to the program. */
export const registerCluster = (program: Command, context: CommandContext): void => {
  const { dbscan, chineseWhispers, hdbscan } = CLUSTER_DEFAULTS;
  const command = program
    .command('cluster')
    .description('Group faces by who they look like.')
    .argument('<folder>', 'folder of faces')
    .option('--algorithm <name>', `how: ${ClusterAlgorithm.options.join(', ')}`, 'dbscan')
    .option(
      '--eps <distance>',
      `dbscan: distance of neighbours, in the unit of the embeddings (default: ${String(dbscan.eps)})`,
    )
    .option(
      '--min-samples <faces>',
      `dbscan: faces around one in the midst of a cluster, itself counted (default: ${String(dbscan.minSamples)}); hdbscan: the same for its density (default: --min-cluster-size)`,
    )
    .option(
      '--min-cluster-size <faces>',
      `hdbscan: faces of the smallest cluster (default: ${String(hdbscan.minClusterSize)})`,
    )
    .option(
      '--threshold <cosine>',
      `chinese-whispers: cosine above which two faces are joined (default: ${String(chineseWhispers.threshold)})`,
    )
    .option(
      '--iterations <rounds>',
      `chinese-whispers: rounds at most (default: ${String(chineseWhispers.iterations)})`,
    )
    .option(
      '--seed <number>',
      `chinese-whispers: the order of faces (default: ${String(chineseWhispers.seed)})`,
    )
    .option('--output <folder>', 'a new or an empty folder that gets a folder for each cluster')
    .option('--quiet', 'write no progress to stderr', false);
  addEmbeddingOptions(command)
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) => cluster(folder, options, context));
};
