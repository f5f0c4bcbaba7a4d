import type { Command } from 'commander';
import { CleaningQueue, type CleaningReport } from '../../contract/cleaning.ts';
import type { CommandContext } from '../context.ts';
import { choiceOption, numberOption } from '../usage.ts';
import { grouped } from '../words.ts';
import { tellOfFaces } from './follow.ts';
import { addFaceOptions, type FaceOptions } from './options.ts';

type Options = FaceOptions & { readonly limit: string };

const MOST_ITEMS = 10_000_000;

const HELP = `
Ranks what may be wrong with the labels of a folder <identity>/<file> or of a workspace, most suspicious first. Nothing is changed.

  mislabels   faces nearer to another identity than to their own, and faces that look like nobody here
  duplicates  files of the same bytes, and faces that are rather one picture twice
  identities  pairs of identities that may be one person
  mixed       identities that may be two people, with the split
  quality     crops that are much worse than most; of a folder that "align" wrote, or of a workspace

Faces without vectors are embedded first; a workspace keeps its vectors. Distances are those between the embeddings. Neighbours are found once and
kept beside a table of --embeddings or in the workspace. Of a workspace the faces that are kept are looked at, as decisions have them; a face that
was confirmed speaks for its identity and is in no list of mislabels.

Examples:
  facenet-studio clean mislabels my-workspace
  facenet-studio clean mislabels crops --embeddings crops.npy
  facenet-studio clean identities crops --limit 100 --json
  facenet-studio clean quality crops --json

Exit codes: 0 all well, 3 some files could not be embedded, 1 failed, 2 wrong usage.`;

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

const clean = (
  queueName: string,
  folder: string,
  options: Options,
  context: CommandContext,
): Promise<void> => {
  const queue = choiceOption('The queue', queueName, CleaningQueue.options);
  const limit = numberOption('--limit', options.limit, { least: 1, most: MOST_ITEMS, isWhole: true });
  return tellOfFaces<CleaningReport>(folder, options, context, {
    ofFolder: (of) => (client, signal) => client.rank({ queue, of, limit }, { signal }),
    ofWorkspace: (of) => (client, signal) => client.rank({ ...of, queue, limit }, { signal }),
    linesOf: (found) => [...linesOf(found), `${grouped(found.items.length)} of ${grouped(found.total)}`],
  });
};

/** Adds `clean` to the program. */
export const registerClean = (program: Command, context: CommandContext): void => {
  const command = program
    .command('clean')
    .description(
      'Rank what may be wrong with the labels of a dataset: wrong names, duplicates, bad pictures.',
    )
    .argument('<queue>', `what to look for: ${CleaningQueue.options.join(', ')}`)
    .argument('<folder>', 'folder of identities <identity>/<file>, or a workspace')
    .option('--limit <items>', 'how many at most', '10000');
  addFaceOptions(command)
    .addHelpText('after', HELP)
    .action((queue: string, folder: string, options: Options) => clean(queue, folder, options, context));
};
