import type { Command } from 'commander';
import { CleaningQueue, type CleaningReport } from '../../contract/cleaning.ts';
import type { CommandContext } from '../context.ts';
import { choiceOption, numberOption } from '../usage.ts';
import { grouped } from '../words.ts';
import { write } from '../workspace/output.ts';
import { addEmbeddingOptions, type EmbeddingOptions } from './options.ts';
import { followCleaning } from './follow.ts';

type Options = EmbeddingOptions & { readonly limit: string; readonly quiet: boolean };

const MOST_ITEMS = 10_000_000;

const HELP = `
Ranks what may be wrong with the labels of a folder <identity>/<file>, most suspicious first. Nothing is changed.

  mislabels   faces nearer to another identity than to their own, and faces that look like nobody here
  duplicates  files of the same bytes, and faces that are rather one picture twice
  identities  pairs of identities that may be one person
  mixed       identities that may be two people, with the split
  quality     crops that are much worse than most; needs a folder that "align" wrote, and no embeddings

Distances are those between the embeddings. Neighbours are found once and kept beside the embeddings.

Examples:
  facenet-studio clean mislabels crops --embeddings crops.npy
  facenet-studio clean identities crops --embeddings crops.npy --limit 100 --json
  facenet-studio clean quality crops --json

Exit codes: 0 all well, 1 failed, 2 wrong usage.`;

const number = (value: number | null): string => (value === null ? '-' : value.toFixed(3));

const linesOf = (report: CleaningReport): readonly string[] => {
  switch (report.queue) {
    case 'mislabels':
      return report.items.map(({ file, kind, score, proposed }) =>
        [number(score), kind, file, proposed === null ? '' : `looks like ${proposed.identity}`].join('\t'),
      );
    case 'duplicates':
      return report.items.map(({ file, kind, score, evidence }) =>
        [number(score), kind, file, evidence.file, evidence.place].join('\t'),
      );
    case 'identities':
      return report.items.map(({ identities: [a, b], distance, score }) =>
        [number(score), number(distance), a, b].join('\t'),
      );
    case 'mixed':
      return report.items.map(({ identity, distance, split, rest }) =>
        [number(distance), identity, `${String(split.length)} of ${String(split.length + rest.length)}`].join(
          '\t',
        ),
      );
    case 'quality':
      return report.items.map(({ file, kind, score, evidence }) =>
        [number(score), kind, file, number(evidence.value)].join('\t'),
      );
  }
};

const clean = async (
  queueName: string,
  folder: string,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const queue = choiceOption('The queue', queueName, CleaningQueue.options);
  const limit = numberOption('--limit', options.limit, { least: 1, most: MOST_ITEMS, isWhole: true });
  const { embeddings = null, files = null } = options;
  const report = await followCleaning<CleaningReport>(context, options, (client, signal) =>
    client.rank({ queue, folder, embeddings, files, limit }, { signal }),
  );
  if (report === null) return;
  write(context.terminal, options, report, (found) => [
    ...linesOf(found),
    `${grouped(found.items.length)} of ${grouped(found.total)}`,
  ]);
};

/** Adds `clean` to the program. */
export const registerClean = (program: Command, context: CommandContext): void => {
  const command = program
    .command('clean')
    .description(
      'Rank what may be wrong with the labels of a dataset: wrong names, duplicates, bad pictures.',
    )
    .argument('<queue>', `what to look for: ${CleaningQueue.options.join(', ')}`)
    .argument('<folder>', 'folder of identities: <identity>/<file>')
    .option('--limit <items>', 'how many at most', '10000')
    .option('--quiet', 'write no progress to stderr', false);
  addEmbeddingOptions(command)
    .addHelpText('after', HELP)
    .action((queue: string, folder: string, options: Options) => clean(queue, folder, options, context));
};
