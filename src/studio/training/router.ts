import { join, resolve } from 'node:path';
import { implement } from '@orpc/server';
import { runsContract } from '../../contract/runs.ts';
import { modelsFolder } from '../models/registry.ts';
import type { Studio } from '../studio.ts';
import { freezeRun } from './freeze.ts';
import { isAtWork } from './lock.ts';
import { listRuns } from './run-folder.ts';
import { createRuns } from './runs.ts';
import { startTrainer } from './trainer.ts';

/** Implements the studio's contract on runs. */
export const createRunsRouter = ({ home, owners, now }: Pick<Studio, 'home' | 'owners' | 'now'>) => {
  const os = implement(runsContract);
  const runs = createRuns(startTrainer, now, owners);
  const ownModels = modelsFolder({ home, workspace: null }, 'user') ?? join(home, 'models');
  return os.router({
    start: os.start.handler(async function* ({ input }) {
      yield* runs.start(input);
    }),
    resume: os.resume.handler(async function* ({ input }) {
      yield* runs.resume(input.folder);
    }),
    stop: os.stop.handler(({ input }) => runs.stop(input.folder)),
    list: os.list.handler(async ({ input }) =>
      listRuns(resolve(input.folder), (folder) => isAtWork(folder, owners)),
    ),
    freeze: os.freeze.handler(({ input }) =>
      freezeRun(startTrainer, input.folder, input.output === null ? ownModels : resolve(input.output)),
    ),
  });
};
