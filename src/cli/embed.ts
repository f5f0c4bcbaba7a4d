import type { Command } from 'commander';
import { VectorFormat, type EmbedReport, type VectorOutput } from '../contract/embedding.ts';
import { engineSummary } from './align.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './failure.ts';
import { followPictures } from './follow.ts';
import { engineOf } from './settings.ts';
import { choiceOption, UsageError } from './usage.ts';
import { addVectorOptions, notesOf, speedOf, writeLines, type VectorOptions } from './vectors.ts';
import { counted } from './words.ts';
import { isWorkspace } from './workspace/align.ts';
import { embedWorkspace } from './workspace/embed.ts';

type Options = VectorOptions & { readonly output?: string };
type ExportOptions = VectorOptions & {
  readonly output: string;
  readonly format?: string;
  readonly embeddingsName: string;
  readonly labelsName: string;
  readonly labelsStringsName: string;
};

const HELP = `
A folder is taken as aligned when facenet-studio.json or a bounding_boxes_*.txt is in it; otherwise its pictures are photos, and in each the
face that "align" would choose is cut out as the model takes it. Crops that were made otherwise than the model takes them are cut out of the
originals anew, or the face is found again in them; both are told. <output>.npy holds one row of float32 for each file, in the order of
"files" in the JSON. A workspace keeps its vectors: only faces without a vector of this model are embedded, and a run that was stopped continues.

Examples:
  facenet-studio embed crops --output crops.npy --json
  facenet-studio embed photos --model 20180402-114759 --output photos.npy
  facenet-studio embed my-workspace

Exit codes: 0 all well (a photo without a face is a result), 3 some pictures could not be embedded, 1 failed, 2 wrong usage.`;

const EXPORT_HELP = `
facenet writes three files into <output>: embeddings.npy, labels.npy (numbers of the folders, sorted) and label_strings.npy (their names).
npy, csv and parquet write one file.

Examples:
  facenet-studio export-embeddings crops --output vectors
  facenet-studio export-embeddings crops --output crops.parquet
  facenet-studio export-embeddings crops --output crops.csv --format csv

Exit codes: 0 all well, 3 some pictures could not be embedded, 1 failed, 2 wrong usage.`;

const tell = (report: EmbedReport, options: VectorOptions, context: CommandContext): void => {
  if (options.json)
    context.terminal.out(`${JSON.stringify({ ...report, engine: engineSummary(report.engine) })}\n`);
  else
    writeLines(context.terminal, [
      `${counted(report.files.length, 'vector', 'vectors')} of ${String(report.dimensions)} numbers by ${report.model}, in ${speedOf(report)}.`,
      ...notesOf(report),
      ...(report.output === null ? [] : [`Written: ${report.output}`]),
    ]);
  context.exit(report.failed.length > 0 ? EXIT.someFailed : EXIT.well);
};

const embed = async (
  paths: readonly string[],
  output: VectorOutput | null,
  options: VectorOptions,
  context: CommandContext,
): Promise<void> => {
  const [first = ''] = paths;
  if (paths.some(isWorkspace)) {
    if (paths.length === 1) return embedWorkspace(first, output, options, context);
    throw new UsageError('A workspace is embedded alone: name it without other paths.');
  }
  const input = {
    paths: [...paths],
    ...(options.model === undefined ? {} : { model: options.model }),
    engine: engineOf(options),
    isFlipped: options.flip,
    output,
  };
  const report = await followPictures(context, options, (studio, signal) =>
    studio.embedding.embed(input, { signal }),
  );
  if (report !== null) tell(report, options, context);
};

const FORMAT_OF_ENDING: readonly (readonly [string, VectorFormat])[] = [
  ['.npy', 'npy'],
  ['.csv', 'csv'],
  ['.parquet', 'parquet'],
];

const formatOf = ({ format, output }: ExportOptions): VectorFormat =>
  format === undefined
    ? (FORMAT_OF_ENDING.find(([ending]) => output.toLowerCase().endsWith(ending))?.[1] ?? 'facenet')
    : choiceOption('--format', format, VectorFormat.options);

const fileName = (option: string, name: string): string => {
  if (/[/\\]/.test(name) || name === '' || name === '.' || name === '..')
    throw new UsageError(`${option} takes the name of a file in the output folder, not "${name}".`);
  return name;
};

/** Adds `embed` to the program. */
export const registerEmbed = (program: Command, context: CommandContext): void => {
  const command = program
    .command('embed')
    .description('Make vectors of faces: one for each photo or crop, or for every kept face of a workspace.')
    .argument('<path...>', 'photos, folders of photos, aligned folders; or one workspace')
    .option('--output <file.npy>', 'where to write the vectors, as a NumPy array');
  addVectorOptions(command)
    .addHelpText('after', HELP)
    .action((paths: string[], options: Options) =>
      embed(
        paths,
        options.output === undefined ? null : { path: options.output, format: 'npy' },
        options,
        context,
      ),
    );
};

/** Adds `export-embeddings` to the program. */
export const registerExportEmbeddings = (program: Command, context: CommandContext): void => {
  const command = program
    .command('export-embeddings')
    .description("Write vectors for other programs: facenet's three files, NumPy, CSV or Parquet.")
    .argument('<path...>', 'aligned folders, folders of photos, photos; or one workspace')
    .requiredOption('--output <path>', 'a folder for facenet, else a file')
    .option(
      '--format <name>',
      `one of ${VectorFormat.options.join(', ')} (default: by the ending of --output; facenet without one)`,
    )
    .option('--embeddings-name <file>', 'name of the vectors, with facenet', 'embeddings.npy')
    .option('--labels-name <file>', 'name of the numbers, with facenet', 'labels.npy')
    .option('--labels-strings-name <file>', 'name of the names, with facenet', 'label_strings.npy');
  addVectorOptions(command)
    .addHelpText('after', EXPORT_HELP)
    .action((paths: string[], options: ExportOptions) => {
      const names = {
        embeddings: fileName('--embeddings-name', options.embeddingsName),
        labels: fileName('--labels-name', options.labelsName),
        labelStrings: fileName('--labels-strings-name', options.labelsStringsName),
      };
      return embed(paths, { path: options.output, format: formatOf(options), names }, options, context);
    });
};
