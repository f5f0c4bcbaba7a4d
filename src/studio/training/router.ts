import { join, resolve } from 'node:path';
import { implement } from '@orpc/server';
import { runsContract } from '../../contract/runs.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import type { Owners } from '../align/owner.ts';
import { failed, unusable, writeFailure } from '../failure.ts';
import { isAtWork } from './lock.ts';
import { listRuns, readRecord } from './run-folder.ts';
import { createRuns, type Clock } from './runs.ts';
import { startTrainer as startRealTrainer, type StartTrainer } from './trainer.ts';

/** Names of what `freeze` makes, in the run's folder unless another is named. */
const MODEL_FOLDER = 'model';

const freeze = async (
  startTrainer: StartTrainer,
  given: string,
  output: string | null,
): Promise<{ weights: string; graph: string; step: number }> => {
  const folder = resolve(given);
  const record = await readRecord(folder);
  const best = record.best ?? record.checkpoints.at(-1);
  if (best === undefined)
    throw unusable(`The run in ${folder} has no checkpoint yet: let it train until the end of an epoch.`);
  const target = resolve(output ?? join(folder, MODEL_FOLDER));
  const files = {
    weights: join(target, `${record.id}.safetensors`),
    graph: join(target, `${record.id}.pb`),
  };
  const trainer = startTrainer('cpu');
  try {
    await makeFolderDurably(target);
    const { step } = await trainer.client.freeze(
      { plan: record.plan, checkpoint: best.file, ...files },
      { signal: trainer.lost },
    );
    return { ...files, step };
  } catch (error) {
    if (error instanceof Error && 'data' in error) throw failed(error.message);
    throw writeFailure(error, target);
  } finally {
    await trainer.stop();
  }
};

/** Implements the studio's contract on runs. */
export const createRunsRouter = (
  now: Clock,
  owners: Owners,
  startTrainer: StartTrainer = startRealTrainer,
) => {
  const os = implement(runsContract);
  const runs = createRuns(startTrainer, now, owners);
  return os.router({
    start: os.start.handler(async function* ({ input }) {
      yield* runs.start(input);
    }),
    resume: os.resume.handler(async function* ({ input }) {
      yield* runs.resume(input.folder);
    }),
    stop: os.stop.handler(({ input }) => runs.stop(input.folder)),
    list: os.list.handler(({ input }) =>
      listRuns(resolve(input.folder), (folder) => isAtWork(folder, owners)),
    ),
    freeze: os.freeze.handler(({ input }) => freeze(startTrainer, input.folder, input.output)),
  });
};
