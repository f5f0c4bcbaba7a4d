import type { Command } from 'commander';
import {
  type DistanceMetric,
  MissingPolicy,
  type ProtocolFigures,
  type ValidationReport,
  type ValidationRequest,
  type VectorSource,
} from '../contract/validation.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './failure.ts';
import { followPictures } from './follow.ts';
import { addCommonOptions, engineOf, type CommonOptions } from './settings.ts';
import type { Terminal } from './terminal.ts';
import { choiceOption, numberOption, UsageError } from './usage.ts';
import { counted, grouped, printable } from './words.ts';

type Options = CommonOptions & {
  readonly pairs: string;
  readonly model?: string;
  readonly embeddings?: string;
  readonly distanceMetric: string;
  readonly subtractMean: boolean;
  readonly useFlippedImages: boolean;
  readonly useFixedImageStandardization: boolean;
  readonly lfwNrofFolds: string;
  readonly far: string;
  readonly missing: string;
  readonly exact?: string;
};

const HELP = `
The LFW protocol: each fold is judged by the threshold with the best accuracy on all others, and by the one that accepts --far of their
pairs of different people. Takes crops as the model takes them, photos (which are aligned as the model's contract says) or a workspace.

Pairs: LFW's pairs.txt, CSV (file_a,file_b,same and, if there, fold), lists with "file file 1" or "1 file file" a line (AgeDB, CFP-FP), lists with a
picture a line (CALFW, CPLFW), or the folder Split/FP or Split/FF of CFP's protocol.

By default every distance that occurs is tried as a threshold. --exact facenet takes the seed's grids and gives its numbers.

Examples:
  facenet-studio validate lfw --pairs pairs.txt
  facenet-studio validate lfw --pairs pairs.txt --use-flipped-images --distance-metric 1 --json
  facenet-studio validate --embeddings lfw.npy --pairs pairs.txt --exact facenet

Exit codes: 0 all well, 3 some pairs are missing (a picture without a face, or no picture), 1 failed, 2 wrong usage.`;

/** Of folds and of the rate at which the validation rate is told. */
export const VALIDATION_LIMITS = {
  folds: { least: 2, most: 1000, isWhole: true },
  far: { least: 0, most: 0.999, isLeastExcluded: true },
} as const;

/** The seed's numbers for distances. */
const METRICS = ['squared-euclidean', 'angle'] as const satisfies readonly DistanceMetric[];

const vectorsOf = (folder: string | undefined, options: Options): VectorSource => {
  const { embeddings, model, useFlippedImages, useFixedImageStandardization } = options;
  if (embeddings === undefined) {
    if (folder === undefined) throw new UsageError('Name a folder of crops or photos, or give --embeddings.');
    return {
      kind: 'model',
      model: model ?? null,
      isFlipped: useFlippedImages,
      standardisation: useFixedImageStandardization ? 'fixed' : null,
    };
  }
  if (folder !== undefined || model !== undefined || useFlippedImages || useFixedImageStandardization) {
    throw new UsageError(
      'With --embeddings nothing is embedded: leave out the folder, --model, --use-flipped-images and --use-fixed-image-standardization.',
    );
  }
  return { kind: 'file', file: embeddings };
};

/** What the command was asked. @throws UsageError */
const requestOf = (folder: string | undefined, options: Options): ValidationRequest => ({
  folder: folder ?? null,
  pairs: options.pairs,
  vectors: vectorsOf(folder, options),
  metric:
    METRICS[Number(choiceOption('--distance-metric', options.distanceMetric, ['0', '1']))] ?? METRICS[0],
  subtractsMean: options.subtractMean,
  folds: numberOption('--lfw-nrof-folds', options.lfwNrofFolds, VALIDATION_LIMITS.folds),
  farTarget: numberOption('--far', options.far, VALIDATION_LIMITS.far),
  missing: choiceOption('--missing', options.missing, MissingPolicy.options),
  method: options.exact === undefined ? 'exact' : choiceOption('--exact', options.exact, ['facenet']),
  engine: engineOf(options),
});

const UNDEFINED = 'undefined';
const fixed = (value: number | null, digits: number): string => value?.toFixed(digits) ?? UNDEFINED;

const POLICY_WORDS = {
  wrong: 'counted as wrong answers',
  skip: 'left out',
  fail: 'counted as wrong answers',
} as const satisfies Record<MissingPolicy, string>;

/** The lines of the seed's `validate_on_lfw.py`. */
export const figureLines = ({ accuracy, val, auc, eer }: ProtocolFigures): readonly string[] => [
  `Accuracy: ${fixed(accuracy.mean, 5)}+-${fixed(accuracy.std, 5)}`,
  `Validation rate: ${fixed(val.mean, 5)}+-${fixed(val.std, 5)} @ FAR=${fixed(val.far, 5)}`,
  `Area Under Curve (AUC): ${fixed(auc, 3)}`,
  `Equal Error Rate (EER): ${fixed(eer, 3)}`,
];

/** The figures, then what they stand on. */
const writeText = (terminal: Terminal, report: ValidationReport): void => {
  const { pairs } = report;
  const missing =
    pairs.missing === 0 ? 'none missing' : `${grouped(pairs.missing)} missing, ${POLICY_WORDS[pairs.policy]}`;
  terminal.out([...figureLines(report), `Pairs: ${grouped(pairs.scored)} scored, ${missing}`, ''].join('\n'));
};

const MOST_MISSING_SHOWN = 20;

/** Missing pairs by fold, and remarks. */
const writeNotes = (terminal: Terminal, { pairs, remarks }: ValidationReport): void => {
  const shown = [...pairs.missingPairs].sort((a, b) => a.fold - b.fold || a.line - b.line);
  for (const { fold, line, reason } of shown.slice(0, MOST_MISSING_SHOWN)) {
    terminal.error(`Missing in fold ${String(fold)}, line ${String(line)}: ${printable(reason)}\n`);
  }
  const more = shown.length - MOST_MISSING_SHOWN;
  if (more > 0) terminal.error(`and ${counted(more, 'more pair', 'more pairs')}; all of them with --json\n`);
  for (const remark of remarks) terminal.error(`${printable(remark)}\n`);
};

const validate = async (
  folder: string | undefined,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const request = requestOf(folder, options);
  const report = await followPictures<ValidationReport>(context, options, ({ validate: client }, signal) =>
    client.run(request, { signal }),
  );
  if (report === null) return;
  if (options.json) context.terminal.out(`${JSON.stringify(report)}\n`);
  else writeText(context.terminal, report);
  if (!options.quiet) writeNotes(context.terminal, report);
  context.exit(report.pairs.missing > 0 ? EXIT.someFailed : EXIT.well);
};

/** Adds `validate` to the program. */
export const registerValidate = (program: Command, context: CommandContext): void => {
  const command = program
    .command('validate')
    .description('Judge a model by pairs of pictures: accuracy, validation rate, AUC, EER.')
    .argument('[folder]', 'crops, photos or a workspace')
    .requiredOption('--pairs <file>', 'the list of pairs')
    .option(
      '--model <id>',
      'the model that makes the embeddings (default: the one that comes with the program)',
    )
    .option('--embeddings <file>', 'embeddings made before, a .npy with the names of its rows beside it')
    .option('--distance-metric <number>', '0: squared Euclidean distance; 1: angle in half turns', '0')
    .option('--subtract-mean', 'take the mean of the training folds off every embedding', false)
    .option('--use-flipped-images', 'embed mirror images as well and put both vectors together', false)
    .option('--use-fixed-image-standardization', "(v - 127.5) / 128 instead of the model's own", false)
    .option('--lfw-nrof-folds <count>', 'folds; those of the list where it has so many', '10')
    .option('--far <rate>', 'the false accept rate at which the validation rate is told', '0.001')
    .option(
      '--missing <policy>',
      `what a pair without a face does: ${MissingPolicy.options.join(', ')}`,
      'wrong',
    )
    .option('--exact <implementation>', "facenet: the seed's grids, with its numbers");
  addCommonOptions(command)
    .addHelpText('after', HELP)
    .action((folder: string | undefined, options: Options) => validate(folder, options, context));
};
