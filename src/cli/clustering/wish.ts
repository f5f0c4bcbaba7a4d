import type { Command } from 'commander';
import { ClusterAlgorithm, type ClusterWish } from '../../contract/clustering.ts';
import { CLUSTER_DEFAULTS } from '../../core/clustering/defaults.ts';
import { choiceOption, numberOption, UsageError } from '../usage.ts';

/** What commander gives for the options below. */
export type WishOptions = {
  readonly algorithm: string;
  readonly eps?: string;
  readonly minSamples?: string;
  readonly minClusterSize?: string;
  readonly threshold?: string;
  readonly iterations?: string;
  readonly seed?: string;
  readonly stability?: string;
};

const MOST_DISTANCE = 1e6;
const MOST_SAMPLES = 1000;
const MOST_SEED = 0xffffffff;
const MOST_ROUNDS = 100;

/** Options that an algorithm takes; another one given beside it would change nothing, and is refused. */
const TAKEN: Readonly<Record<ClusterAlgorithm, readonly (keyof WishOptions)[]>> = {
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
} as const satisfies Partial<Record<keyof WishOptions, string>>;

const refuseOthers = (algorithm: ClusterAlgorithm, options: WishOptions): void => {
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

/** The algorithm that was asked for, with its parameters. @throws UsageError */
export const wishOf = (options: WishOptions): ClusterWish => {
  const algorithm = choiceOption('--algorithm', options.algorithm, ClusterAlgorithm.options);
  refuseOthers(algorithm, options);
  const { dbscan, chineseWhispers, hdbscan } = CLUSTER_DEFAULTS;
  const { eps, threshold, iterations, seed, minSamples, minClusterSize } = options;
  switch (algorithm) {
    case 'dbscan': {
      const limits = { least: 0, most: MOST_DISTANCE, isLeastExcluded: true };
      return {
        algorithm,
        eps: eps === undefined ? null : numberOption('--eps', eps, limits),
        minSamples: whole('--min-samples', minSamples, dbscan.minSamples, 1, MOST_SAMPLES),
      };
    }
    case 'chinese-whispers':
      return {
        algorithm,
        threshold:
          threshold === undefined ? null : numberOption('--threshold', threshold, { least: -1, most: 1 }),
        iterations: whole('--iterations', iterations, chineseWhispers.iterations, 1, MOST_SAMPLES),
        seed: whole('--seed', seed, chineseWhispers.seed, 0, MOST_SEED),
      };
    case 'hdbscan': {
      const size = whole('--min-cluster-size', minClusterSize, hdbscan.minClusterSize, 2, MOST_SAMPLES);
      return {
        algorithm,
        minClusterSize: size,
        minSamples: whole('--min-samples', minSamples, size, 1, MOST_SAMPLES),
      };
    }
  }
};

/** How often the run is done again for its stability; null as often as that is quick. @throws UsageError */
export const stabilityRoundsOf = ({ stability }: WishOptions): number | null =>
  stability === undefined
    ? null
    : numberOption('--stability', stability, { least: 0, most: MOST_ROUNDS, isWhole: true });

/** Adds the options of algorithms. */
export const addWishOptions = (command: Command): Command => {
  const { dbscan, chineseWhispers, hdbscan } = CLUSTER_DEFAULTS;
  return command
    .option('--algorithm <name>', `how: ${ClusterAlgorithm.options.join(', ')}`, 'dbscan')
    .option(
      '--eps <distance>',
      `dbscan: distance of neighbours, in the unit of the embeddings (default: the model's own, else ${String(dbscan.eps)})`,
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
      `chinese-whispers: cosine above which two faces are joined (default: the model's own, else ${String(chineseWhispers.threshold)})`,
    )
    .option(
      '--iterations <rounds>',
      `chinese-whispers: rounds at most (default: ${String(chineseWhispers.iterations)})`,
    )
    .option(
      '--seed <number>',
      `chinese-whispers: the order of faces (default: ${String(chineseWhispers.seed)})`,
    )
    .option(
      '--stability <rounds>',
      'cluster so many parts of the faces as well and say how alike the clusters are; 0 leaves it out (default: 5, of many faces 1)',
    );
};
