import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { addCommonOptions } from '../settings.ts';
import { followRun } from './follow-run.ts';
import {
  addSoftmaxOptions,
  addTrainOptions,
  addTripletOptions,
  runRequestOf,
  type TrainOptions,
} from './options.ts';

const HELP = `
<data> is a folder of class folders with aligned images: <data>/<identity>/<image>, or a workspace, of which the faces that are kept are
taken by the identities that they bear. A run is a folder of its own with run.json, the list of
its images, metrics.jsonl, event files of TensorBoard and checkpoints; "resume" goes on where one was stopped or killed, to the same
result. With --json one JSON line is written for each step and epoch, and a summary at the end.

Examples:
  facenet-studio train softmax casia_182 --image-size 160 --embedding-size 512 --optimizer ADAM --learning-rate -1 \\
    --learning-rate-schedule-file data/learning_rate_schedule_classifier_casia.txt --keep-probability 0.8 --random-crop --random-flip \\
    --use-fixed-image-standardization --weight-decay 5e-4 --prelogits-norm-loss-factor 5e-4
  facenet-studio train triplet casia_182 --people-per-batch 45 --images-per-person 40

Exit codes: 0 all well, 1 failed (the last good state is kept), 2 wrong usage, 130 stopped.`;

/** Adds `train softmax` and `train triplet` to the program. */
export const registerTrain = (program: Command, context: CommandContext): void => {
  const train = program.command('train').description('Train a network that makes embeddings.');
  const kinds = [
    ['softmax', 'Train with softmax cross-entropy over the identities, with centre loss.', addSoftmaxOptions],
    ['triplet', 'Train with triplet loss, with triplets selected on the way.', addTripletOptions],
  ] as const;
  for (const [kind, description, addOwn] of kinds) {
    const command = train
      .command(kind)
      .copyInheritedSettings(train)
      .description(description)
      .argument('<data>', 'folder of class folders with aligned images, or a workspace');
    addCommonOptions(addOwn(addTrainOptions(command)))
      .addHelpText('after', HELP)
      .action((data: string, options: TrainOptions) => {
        const request = runRequestOf(data, options, kind);
        return followRun((studio, signal) => studio.runs.start(request, { signal }), options, context);
      });
  }
};
