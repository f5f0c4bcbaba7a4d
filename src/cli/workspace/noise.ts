import type { Command } from 'commander';
import type { NoiseReport } from '../../contract/workspace-noise.ts';
import type { CommandContext } from '../context.ts';
import { numberOption } from '../usage.ts';
import { counted, grouped } from '../words.ts';
import { addOutputOptions, write, type OutputOptions } from './output.ts';
import { withWorkspace } from './with-workspace.ts';

type Options = OutputOptions & { readonly size?: string; readonly seed: string; readonly limit: string };

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const linesOf = ({ labelled, sample, reviewed, wrong, share, waiting }: NoiseReport): readonly string[] => [
  `${grouped(sample.length)} drawn of ${counted(labelled, 'labelled face', 'labelled faces')}: ${grouped(reviewed)} reviewed, ${grouped(wrong)} wrong.`,
  ...(share === null
    ? []
    : [
        `Wrong labels: ${percent(share.share)}, with 95 % certainty ${percent(share.low)} to ${percent(share.high)}.`,
      ]),
  ...(waiting.length === 0
    ? []
    : ['To review next, with "mark <workspace> confirmed --faces 1,2" or "move":']),
  ...waiting.map(({ face, file, identity }) => `${String(face)}\t${identity}\t${file}`),
];

/** Adds `noise` to the program. */
export const registerNoise = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('noise')
      .description('Estimate how many labels of a workspace are wrong, by a random sample that you review.')
      .argument('<workspace>', 'folder of the workspace')
      .option('--size <faces>', 'how many to draw (default: enough to tell a share of a tenth to within 3 %)')
      .option('--seed <number>', 'another number draws other faces', '1')
      .option('--limit <faces>', 'how many that wait to name', '20'),
  ).action(async (workspace: string, options: Options) => {
    const size =
      options.size === undefined
        ? null
        : numberOption('--size', options.size, { least: 1, most: 100_000, isWhole: true });
    const seed = numberOption('--seed', options.seed, { least: 0, most: 2 ** 31 - 1, isWhole: true });
    const limit = numberOption('--limit', options.limit, { least: 0, most: 1000, isWhole: true });
    const report = await withWorkspace(context, workspace, 'read', (client, signal) =>
      client.noise({ workspace, size, seed, limit }, { signal }),
    );
    write(context.terminal, options, report, linesOf);
  });
};
