import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { PairGenerationReport } from '../contract/pairs.ts';
import type { CommandContext } from './context.ts';
import { followPictures } from './follow.ts';
import { addCommonOptions, engineOf, type CommonOptions } from './settings.ts';
import { numberOption, UsageError } from './usage.ts';
import { counted } from './words.ts';
import { write } from './workspace/output.ts';

type Options = CommonOptions & {
  readonly output: string;
  readonly folds: string;
  readonly pairs: string;
  readonly seed: string;
  readonly shareIdentities: boolean;
  readonly hard?: string;
  readonly model?: string;
};

const HELP = `
Draws as many pairs of one person as of two in each fold, none twice, and every person as likely as any other. Nobody is in two folds, so
that thresholds are judged on people they were not chosen on. Of a workspace the kept faces with an identity are drawn from, of a folder its pictures.

With --hard each pair of two people is the nearest of so many random ones, by the distance of a model. The same seed gives the same list.

Examples:
  facenet-studio pairs generate my-workspace --output pairs.csv
  facenet-studio pairs generate lfw --output pairs.txt --folds 10 --pairs 300 --seed 7
  facenet-studio pairs generate my-workspace --output hard.csv --hard 20

Exit codes: 0 all well, 1 failed, 2 wrong usage.`;

const LIMITS = {
  folds: { least: 1, most: 1000, isWhole: true },
  pairs: { least: 1, most: 1_000_000, isWhole: true },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER, isWhole: true },
  hard: { least: 2, most: 1000, isWhole: true },
} as const;

const linesOf = (report: PairGenerationReport): readonly string[] => [
  `Wrote ${counted(report.pairs, 'pair', 'pairs')} in ${counted(report.folds, 'fold', 'folds')} to ${report.output}, drawn from ${counted(report.pictures, 'picture', 'pictures')} of ${counted(report.people, 'person', 'people')} with seed ${String(report.seed)}.`,
  ...(report.leftOut > 0
    ? [`${counted(report.leftOut, 'picture', 'pictures')} left out: of nobody by name, or without a vector.`]
    : []),
];

const generate = async (folder: string, options: Options, context: CommandContext): Promise<void> => {
  const { output, model, hard } = options;
  if (hard === undefined && model !== undefined)
    throw new UsageError('--model says by which distance pairs are hard: it goes with --hard.');
  const request = {
    folder,
    output: resolve(output),
    folds: numberOption('--folds', options.folds, LIMITS.folds),
    pairsOfEachKind: numberOption('--pairs', options.pairs, LIMITS.pairs),
    seed: numberOption('--seed', options.seed, LIMITS.seed),
    isIdentityDisjoint: !options.shareIdentities,
    hard:
      hard === undefined
        ? null
        : { candidates: numberOption('--hard', hard, LIMITS.hard), model: model ?? null },
    engine: engineOf(options),
  };
  const report = await followPictures<PairGenerationReport>(context, options, ({ pairs }, signal) =>
    pairs.generate(request, { signal }),
  );
  if (report !== null) write(context.terminal, options, report, linesOf);
};

/** Adds `pairs` to the program. */
export const registerPairs = (program: Command, context: CommandContext): void => {
  const pairs = program.command('pairs').description('Lists of pairs by which a model is judged.');
  addCommonOptions(
    pairs
      .command('generate')
      .description('Make a list of pairs of a dataset of your own.')
      .argument('<folder>', 'a workspace, or a folder of identities')
      .requiredOption('--output <file>', "a new file: .txt for LFW's own format, .csv for CSV")
      .option('--folds <count>', 'folds of the list', '10')
      .option('--pairs <count>', 'pairs of one person in each fold, and as many of two people', '300')
      .option('--seed <number>', 'another one gives another list', '0')
      .option('--share-identities', 'somebody may be in several folds: for few people', false)
      .option(
        '--hard <candidates>',
        'of so many random pairs of two people take the one hardest to tell apart',
      )
      .option('--model <id>', 'the model by whose distance that is (default: the one of the program)'),
  )
    .addHelpText('after', HELP)
    .action((folder: string, options: Options) => generate(folder, options, context));
};
