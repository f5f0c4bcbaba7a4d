import type { Command } from 'commander';
import type { ListedModel, ModelTerms } from '../contract/models.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './failure.ts';
import { addCommonOptions, type CommonOptions } from './settings.ts';
import { choiceOption, UsageError } from './usage.ts';
import { writeLines } from './vectors.ts';

type ListOptions = CommonOptions & { readonly workspace?: string };
type ImportOptions = ListOptions & {
  readonly id?: string;
  readonly standardisation?: string;
  readonly acceptTerms: boolean;
};

const HELP = `
A model is read as data: the weights of a frozen Inception-ResNet-v1 of facenet (20180402-114759, 20180408-102900, 20170512-110547, or one of
your own by freeze_graph.py), by name and shape. Nothing in the file is run, and any other file is refused with what was found.

Examples:
  facenet-studio models
  facenet-studio models import 20180402-114759.pb --accept-terms

Exit codes: 0 all well, 1 failed, 2 wrong usage or a file that is no such model.`;

const linesOfModel = ({
  id,
  title,
  place,
  isDefault,
  dimensions,
  origin,
}: ListedModel): readonly string[] => [
  `${id}${isDefault ? ' (default)' : ''}: ${title}; ${String(dimensions)} numbers; ${place === 'program' ? 'comes with the program' : `in the ${place === 'user' ? 'data folder' : 'workspace'}`}`,
  `  from: ${origin.published}`,
  `  trained on: ${origin.trainedOn}`,
  `  terms: ${origin.terms}`,
];

const list = async (options: ListOptions, context: CommandContext): Promise<void> => {
  const { models, problems } = await context.withStudio((studio, signal) =>
    studio.models.list({ workspace: options.workspace ?? null }, { signal }),
  );
  if (options.json) context.terminal.out(`${JSON.stringify({ models, problems })}\n`);
  else writeLines(context.terminal, [...models.flatMap(linesOfModel), ...problems]);
  context.exit(problems.length > 0 ? EXIT.someFailed : EXIT.well);
};

const linesOfTerms = ({ title, published, trainedOn, terms }: ModelTerms): readonly string[] => [
  title,
  `  from: ${published}`,
  `  trained on: ${trainedOn}`,
  `  terms: ${terms}`,
];

const importModel = async (file: string, options: ImportOptions, context: CommandContext): Promise<void> => {
  const standardisation =
    options.standardisation === undefined
      ? undefined
      : choiceOption('--standardisation', options.standardisation, ['fixed', 'per-image']);
  const imported = await context.withStudio(async (studio, signal) => {
    const terms = await studio.models.terms({ file }, { signal });
    for (const line of linesOfTerms(terms)) context.terminal.error(`${line}\n`);
    if (!options.acceptTerms)
      throw new UsageError(
        'Nothing was imported: read where the model is from and whose pictures it was trained on, then give --accept-terms.',
      );
    return studio.models.import(
      {
        workspace: options.workspace ?? null,
        file,
        ...(options.id === undefined ? {} : { id: options.id }),
        ...(standardisation === undefined ? {} : { standardisation }),
        acceptsTerms: true,
      },
      { signal },
    );
  });
  const { model, folder, isNew } = imported;
  if (options.json) context.terminal.out(`${JSON.stringify({ ...model, folder, isNew })}\n`);
  else
    writeLines(context.terminal, [
      isNew ? `Imported ${model.id}: ${folder}` : `${model.id} was imported before: ${folder}`,
      `Use it with --model ${model.id}.`,
    ]);
  context.exit(EXIT.well);
};

/** Adds `models`, `models list` and `models import` to the program. */
export const registerModels = (program: Command, context: CommandContext): void => {
  const models = program
    .command('models')
    .description('List the models that make vectors, or import one.')
    .addHelpText('after', HELP);
  addCommonOptions(models.command('list', { isDefault: true }).description('List the models.'))
    .option('--workspace <folder>', 'those of a workspace too')
    .action((options: ListOptions) => list(options, context));
  addCommonOptions(models.command('import').description("Import a frozen graph of facenet's, as data."))
    .argument('<file.pb>', 'the frozen graph')
    .option('--workspace <folder>', 'import it into a workspace rather than for all of them')
    .option('--id <id>', 'its name here (default: by the name of the file)')
    .option(
      '--standardisation <kind>',
      'how its pictures were scaled: fixed, (v - 127.5) / 128, or per-image (default: what is known of the model)',
    )
    .option('--accept-terms', 'you have read the terms', false)
    .addHelpText('after', HELP)
    .action((file: string, options: ImportOptions) => importModel(file, options, context));
};
