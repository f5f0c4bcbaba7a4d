import { join, resolve } from 'node:path';
import { implement } from '@orpc/server';
import { runsContract } from '../../contract/runs.ts';
import { modelsFolder } from '../models/registry.ts';
import type { Studio } from '../studio.ts';
import { createDataSizes } from './data-sizes.ts';
import { freezeRun } from './freeze.ts';
import { knownRuns, listedRun, runsIn } from './list-runs.ts';
import { lookAhead } from './preflight.ts';
import { readRecord } from './run-folder.ts';
import { workspaceIn } from './run-request.ts';
import { startTrainer } from './trainer.ts';
import { watchRun } from './watch-run.ts';

/** Implements the studio's contract on runs. */
export const createRunsRouter = (studio: Studio) => {
  const { home, owners, now, runs, trainings, knownRuns: known, workspaces } = studio;
  const os = implement(runsContract);
  const ownModels = modelsFolder({ home, workspace: null }, 'user') ?? join(home, 'models');
  const countData = createDataSizes(workspaces, now);
  return os.router({
    start: os.start.handler(async function* ({ input }) {
      yield* runs.goOn(await runs.begin(input));
    }),
    resume: os.resume.handler(async function* ({ input }) {
      yield* runs.goOn(input.folder);
    }),
    stop: os.stop.handler(({ input }) => runs.stop(input.folder)),
    preflight: os.preflight.handler(({ input }) => lookAhead(input, { countData, known })),
    begin: os.begin.handler(async ({ input }) => {
      const folder = await runs.begin(input);
      const workspace = await workspaceIn(input.dataFolder);
      const title = input.name === null ? {} : { title: `Train ${input.name}` };
      return { folder, job: trainings.start(folder, { workspace, ...title }) };
    }),
    goOn: os.goOn.handler(async ({ input }) => {
      const folder = resolve(input.folder);
      const { name, data } = await readRecord(folder);
      const title = name === null ? {} : { title: `Train ${name}` };
      return { job: trainings.start(folder, { workspace: data.workspace, ...title }) };
    }),
    list: os.list.handler(({ input }) => runsIn(input.folder, owners)),
    known: os.known.handler(({ input }) => knownRuns(known, input.workspace, owners)),
    watch: os.watch.handler(async function* ({ input, signal }) {
      yield* watchRun(resolve(input.folder), (folder) => listedRun(folder, owners), signal);
    }),
    freeze: os.freeze.handler(({ input }) =>
      freezeRun(startTrainer, input.folder, input.output === null ? ownModels : resolve(input.output)),
    ),
  });
};
