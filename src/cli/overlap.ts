import type { Command } from 'commander';
import type { OverlapReport, OverlapRequest } from '../contract/pairs.ts';
import type { CommandContext } from './context.ts';
import { followPictures } from './follow.ts';
import { addCommonOptions, engineOf, type CommonOptions } from './settings.ts';
import { numberOption } from './usage.ts';
import { figureLines, VALIDATION_LIMITS } from './validate.ts';
import { counted } from './words.ts';
import { write } from './workspace/output.ts';

type Options = CommonOptions & {
  readonly model?: string;
  readonly threshold?: string;
  readonly pairs?: string;
  readonly lfwNrofFolds: string;
  readonly far: string;
};

const HELP = `
Somebody is in both sets by name when both names are one but for case, accents, punctuation and the order of their parts; by face when both
identities are likelier one person than two, among as many as there are. What is known of the faces alone decides; look at the pictures
that are named.

With --pairs the test set's list is judged twice: with all pairs, and without those that show somebody who is in both.

Examples:
  facenet-studio overlap casia lfw
  facenet-studio overlap my-workspace lfw --pairs pairs.txt --json

Exit codes: 0 all well, 1 failed, 2 wrong usage.`;

const THRESHOLD = { least: 0, most: 1000, isLeastExcluded: true } as const;
const DECIMALS = 3;

const sizeOf = ({ people, pictures }: OverlapReport['test']): string =>
  `${counted(people, 'person', 'people')} in ${counted(pictures, 'picture', 'pictures')}`;

const howOf = ({ byName, byFace }: OverlapReport['overlaps'][number]): string =>
  byName && byFace ? 'name and face' : byName ? 'name' : 'face';

const linesOf = ({ train, test, overlaps, people, judged }: OverlapReport): readonly string[] => [
  `Training set: ${sizeOf(train)}. Test set: ${sizeOf(test)}.`,
  `${counted(people, 'person', 'people')} of the test set ${people === 1 ? 'is' : 'are'} in the training set.`,
  ...overlaps.map((overlap) =>
    [overlap.distance?.toFixed(DECIMALS) ?? '-', howOf(overlap), overlap.test, overlap.train].join('\t'),
  ),
  ...(judged === null
    ? []
    : [
        '',
        `All ${counted(judged.pairs, 'pair', 'pairs')}:`,
        ...figureLines(judged.all),
        `Without ${counted(judged.leftOut, 'pair', 'pairs')} of people who are in both:`,
        ...(judged.disjoint === null ? ['Too few pairs are left.'] : figureLines(judged.disjoint)),
      ]),
];

const overlap = async (
  train: string,
  test: string,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const { model, threshold, pairs, lfwNrofFolds, far } = options;
  const request: OverlapRequest = {
    train,
    test,
    model: model ?? null,
    threshold: threshold === undefined ? null : numberOption('--threshold', threshold, THRESHOLD),
    judged:
      pairs === undefined
        ? null
        : {
            pairs,
            folds: numberOption('--lfw-nrof-folds', lfwNrofFolds, VALIDATION_LIMITS.folds),
            farTarget: numberOption('--far', far, VALIDATION_LIMITS.far),
          },
    engine: engineOf(options),
  };
  const report = await followPictures<OverlapReport>(context, options, ({ pairs: client }, signal) =>
    client.overlap(request, { signal }),
  );
  if (report !== null) write(context.terminal, options, report, linesOf);
};

/** Adds `overlap` to the program. */
export const registerOverlap = (program: Command, context: CommandContext): void => {
  const command = program
    .command('overlap')
    .description('Say who of a test set is in a training set too, by name and by face.')
    .argument('<train>', 'the training set: a folder of identities, or a workspace')
    .argument('<test>', 'the test set, likewise')
    .option('--model <id>', 'the model whose distances are taken (default: the one of the program)')
    .option('--threshold <distance>', 'Euclidean distance below which two identities are one person')
    .option('--pairs <file>', 'a list of pairs of the test set to judge with and without them')
    .option('--lfw-nrof-folds <count>', 'folds of that list', '10')
    .option('--far <rate>', 'the false accept rate at which the validation rate is told', '0.001');
  addCommonOptions(command)
    .addHelpText('after', HELP)
    .action((train: string, test: string, options: Options) => overlap(train, test, options, context));
};
