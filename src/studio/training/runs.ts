import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import * as z from 'zod';
import type { RunEvent, RunRecord, RunRequest } from '../../contract/runs.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import type { Owners } from '../align/owner.ts';
import { failed, unusable, writeFailure } from '../failure.ts';
import { createRun } from './create-run.ts';
import { followTrainer } from './follow-trainer.ts';
import { lockRun } from './lock.ts';
import { openMetricsLog } from './metrics-log.ts';
import { checkSnapshot, PENDING_FOLDER, readRecord, writeRecord } from './run-folder.ts';
import type { StartTrainer, Trainer } from './trainer.ts';

/** Milliseconds since 1970. */
export type Clock = () => number;

export type Runs = {
  start(request: RunRequest): AsyncGenerator<RunEvent, void, undefined>;
  resume(folder: string): AsyncGenerator<RunEvent, void, undefined>;
  stop(folder: string): Promise<void>;
};

const TrainerError = z.object({
  data: z.union([z.object({ message: z.string() }), z.object({ reason: z.string(), advice: z.string() })]),
});

/** What the trainer says, as a sentence of the studio's contract; a bug as it is. */
const trainerFailure = (error: unknown, trainer: Trainer, folder: string): unknown => {
  if (trainer.lost.aborted)
    return failed(
      `The trainer ended unexpectedly, perhaps for want of memory: "facenet-studio resume ${folder}" goes on from the last checkpoint.`,
    );
  if (!(error instanceof ORPCError) || !error.defined) return error;
  const known = TrainerError.safeParse(error);
  if (!known.success) return error;
  const { data } = known.data;
  return failed('message' in data ? data.message : `${data.reason} ${data.advice}`);
};

/** Makes a run ready to go on: what the trainer left unnamed is of no use. @throws UNUSABLE for a run that cannot go on */
const takeUp = async (folder: string): Promise<RunRecord> => {
  const record = await readRecord(folder);
  if (record.state === 'finished')
    throw unusable(
      `The run in ${folder} is finished: start a new one with its weights by --pretrained-model.`,
    );
  await checkSnapshot(folder, record);
  const pending = join(record.checkpointsFolder, PENDING_FOLDER);
  await rm(pending, { recursive: true, force: true });
  await makeFolderDurably(pending);
  const running: RunRecord = { ...record, state: 'running', note: null };
  await writeRecord(folder, running);
  return running;
};

/** Runs trainings, each in a trainer of its own and a folder of its own. */
export const createRuns = (startTrainer: StartTrainer, nowMs: Clock, owners: Owners): Runs => {
  const trainers = new Map<string, Trainer>();

  const work = async function* (
    folder: string,
    record: RunRecord,
  ): AsyncGenerator<RunEvent, void, undefined> {
    const trainer = startTrainer(record.engine);
    trainers.set(folder, trainer);
    const log = await openMetricsLog(folder, record.checkpoints.at(-1)?.step ?? 0, () => nowMs() / 1000);
    try {
      yield { kind: 'run', record, folder };
      yield* followTrainer(folder, record, { log, trainer, nowMs });
    } catch (error) {
      const told = trainerFailure(error, trainer, folder);
      const note = told instanceof Error ? told.message : String(told);
      await writeRecord(folder, { ...(await readRecord(folder)), state: 'failed', note });
      throw writeFailure(told, folder);
    } finally {
      await log.close();
      await trainer.stop();
      trainers.delete(folder);
    }
  };

  const locked = async function* (
    folder: string,
    begin: () => Promise<RunRecord>,
  ): AsyncGenerator<RunEvent, void, undefined> {
    const letGo = await lockRun(folder, owners);
    try {
      yield* work(folder, await begin());
    } finally {
      await letGo();
    }
  };

  return {
    async *start(request) {
      const { record, folder, passedOver } = await createRun(request, nowMs());
      if (passedOver > 0)
        yield {
          kind: 'notice',
          message: `${String(passedOver)} files are no usable images and take no part.`,
        };
      yield* locked(folder, () => Promise.resolve(record));
    },
    async *resume(given) {
      const folder = resolve(given);
      await readRecord(folder);
      yield* locked(folder, () => takeUp(folder));
    },
    async stop(given) {
      const trainer = trainers.get(resolve(given));
      if (trainer === undefined) throw unusable(`The run in ${given} is not at work.`);
      await trainer.client.stop({});
    },
  };
};
