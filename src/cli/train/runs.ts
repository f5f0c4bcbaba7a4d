import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import { addCommonOptions, type CommonOptions } from '../settings.ts';
import { grouped, printable } from '../words.ts';
import { followRun } from './follow-run.ts';

const scoreText = (score: number | null): string =>
  score === null ? '' : `, best accuracy ${score.toFixed(4)}`;

/** Adds `runs` to the program. */
export const registerRuns = (program: Command, context: CommandContext): void => {
  addCommonOptions(
    program
      .command('runs')
      .description('List the runs in a folder, the newest first.')
      .argument('[folder]', 'folder of runs', 'runs'),
  ).action((folder: string, options: CommonOptions) =>
    context.withStudio(async (studio, lost) => {
      const runs = await studio.runs.list({ folder: resolve(folder) }, { signal: lost });
      if (options.json) context.terminal.out(`${JSON.stringify({ runs })}\n`);
      else
        for (const { record } of runs)
          context.terminal.out(
            `${record.id}  ${record.state.padEnd(8)}  ${grouped(record.step)} steps, ${grouped(record.data.identities)} identities` +
              `${scoreText(record.best?.score ?? null)}\n`,
          );
      context.exit(EXIT.well);
    }),
  );
};

/** Adds `resume` to the program. */
export const registerResume = (program: Command, context: CommandContext): void => {
  addCommonOptions(
    program
      .command('resume')
      .description('Go on with a run that was stopped or killed, to the result that it would have had.')
      .argument('<run>', 'folder of the run'),
  ).action((run: string, options: CommonOptions) =>
    followRun((studio, signal) => studio.runs.resume({ folder: resolve(run) }, { signal }), options, context),
  );
};

/** Adds `freeze` to the program. */
export const registerFreeze = (program: Command, context: CommandContext): void => {
  addCommonOptions(
    program
      .command('freeze')
      .description(
        "Make a model of a run's best checkpoint: weights and a frozen graph with the names of the seed.",
      )
      .argument('<run>', 'folder of the run')
      .argument('[output]', 'folder in which the model gets a folder (default: your models)'),
  ).action((run: string, output: string | undefined, options: CommonOptions) =>
    context.withStudio(async (studio, lost) => {
      const made = await studio.runs.freeze(
        { folder: resolve(run), output: output === undefined ? null : resolve(output) },
        { signal: lost },
      );
      if (options.json) context.terminal.out(`${JSON.stringify(made)}\n`);
      else
        context.terminal.out(
          `Step ${grouped(made.step)}: ${printable(made.weights)} and ${printable(made.graph)}\n`,
        );
      context.exit(EXIT.well);
    }),
  );
};
