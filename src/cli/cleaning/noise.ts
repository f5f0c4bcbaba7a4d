import type { Command } from 'commander';
import { estimateShare, sampleSize } from '../../core/cleaning/noise-estimate.ts';
import type { CommandContext } from '../context.ts';
import { numberOption, UsageError } from '../usage.ts';
import { grouped } from '../words.ts';
import { addOutputOptions, write, type OutputOptions } from '../workspace/output.ts';

type Options = OutputOptions & { readonly confidence: string; readonly total?: string };

const HELP = `
Draw faces at random, look at each, count the wrong labels: this is what the sample says of all. The interval holds the true share in at
least as many of all samples as --confidence says (Clopper and Pearson). With --total it also says how many to review until the share is
known to two points of a hundred.

Example:
  facenet-studio noise 7 200 --total 13233

Exit codes: 0 all well, 2 wrong usage.`;

const MOST_FACES = 1e7;
/** To what the share is to be known: two points of a hundred. */
const HALF_WIDTH = 0.02;

const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** Adds `noise` to the program. */
export const registerNoise = (program: Command, context: CommandContext): void => {
  addOutputOptions(
    program
      .command('noise')
      .description('Say what share of all labels is wrong, from a sample that was reviewed.')
      .argument('<wrong>', 'wrong labels in the sample')
      .argument('<reviewed>', 'faces in the sample')
      .option('--confidence <share>', 'share of samples whose interval holds the truth, below 1', '0.95')
      .option('--total <faces>', 'faces of the whole dataset'),
  )
    .addHelpText('after', HELP)
    .action((wrongText: string, reviewedText: string, options: Options) => {
      const reviewed = numberOption('<reviewed>', reviewedText, {
        least: 1,
        most: MOST_FACES,
        isWhole: true,
      });
      const wrong = numberOption('<wrong>', wrongText, { least: 0, most: reviewed, isWhole: true });
      const confidence = numberOption('--confidence', options.confidence, { least: 0.5, most: 0.9999 });
      const total =
        options.total === undefined
          ? null
          : numberOption('--total', options.total, { least: 1, most: MOST_FACES, isWhole: true });
      if (total !== null && total < reviewed)
        throw new UsageError(`--total takes at least the ${grouped(reviewed)} faces of the sample.`);
      const estimate = estimateShare(wrong, reviewed, confidence);
      // At the end of the interval that is nearer to a half most are needed.
      const expected = Math.min(estimate.high, 0.5);
      const toReview =
        total === null ? null : sampleSize(total, { expected, halfWidth: HALF_WIDTH, confidence });
      write(context.terminal, options, { ...estimate, confidence, toReview }, () => [
        `${percent(estimate.share)} of the sample are wrong; of all ${percent(estimate.low)} to ${percent(estimate.high)}`,
        ...(toReview === null
          ? []
          : [`Review ${grouped(toReview)} to know it to within ${percent(HALF_WIDTH)} either way`]),
      ]);
    });
};
