import { resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import * as z from 'zod';
import type { RunEvent, RunRecord, RunRequest } from '../../contract/runs.ts';
import type { Owners } from '../align/owner.ts';
import { failed, unusable, writeFailure } from '../failure.ts';
import { followTrainer } from './follow-trainer.ts';
import type { KnownRuns } from './known-runs.ts';
import { lockRun } from './lock.ts';
import { openMetricsLog } from './metrics-log.ts';
import type { DataParts } from './prepare-data.ts';
import { hasRecord, prepareRun } from './prepare-run.ts';
import { readRecord, writeRecord } from './run-folder.ts';
import { beginRun, readBegun } from './run-request.ts';
import type { StartTrainer, Trainer } from './trainer.ts';

/** Trainings, each in a trainer of its own and a folder of its own. */
export type Runs = {
  /** Makes the folder of a run; nothing is trained yet. Gives the folder. */
  begin(request: RunRequest): Promise<string>;
  /** Goes on with a run from where it stands, be that its beginning. Leaving the stream ends it at once. */
  goOn(folder: string): AsyncGenerator<RunEvent, void, undefined>;
  /** Ends a run of this process after its present step, with a checkpoint. @throws UNUSABLE where it is not at work here */
  stop(folder: string): Promise<void>;
};

export type RunsParts = DataParts & {
  readonly startTrainer: StartTrainer;
  readonly owners: Owners;
  readonly known: KnownRuns;
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

/** Runs of this process; none is at work yet. */
export const createRuns = (parts: RunsParts): Runs => {
  const { startTrainer, owners, known, now } = parts;
  /** What stops those that are at work. */
  const atWork = new Map<string, AbortController>();

  const train = async function* (
    folder: string,
    record: RunRecord,
    stop: AbortSignal,
  ): AsyncGenerator<RunEvent, void, undefined> {
    const trainer = startTrainer(record.engine);
    const stopTrainer = (): void => {
      trainer.client.stop({}).catch(() => undefined);
    };
    stop.addEventListener('abort', stopTrainer);
    if (stop.aborted) stopTrainer();
    const log = await openMetricsLog(folder, record.checkpoints.at(-1)?.step ?? 0, () => now() / 1000);
    try {
      yield { kind: 'run', record, folder };
      yield* followTrainer(folder, record, { log, trainer, nowMs: now });
    } catch (error) {
      const told = trainerFailure(error, trainer, folder);
      const note = told instanceof Error ? told.message : String(told);
      await writeRecord(folder, { ...(await readRecord(folder)), state: 'failed', note });
      throw writeFailure(told, folder);
    } finally {
      stop.removeEventListener('abort', stopTrainer);
      await log.close();
      await trainer.stop();
    }
  };

  return {
    async begin(request) {
      const { folder } = await beginRun(request, now());
      await known.note(folder);
      return folder;
    },
    async *goOn(given) {
      const folder = resolve(given);
      // A folder that is no run gets no lock.
      if (!(await hasRecord(folder))) await readBegun(folder);
      const letGo = await lockRun(folder, owners);
      const stop = new AbortController();
      atWork.set(folder, stop);
      try {
        await known.note(folder);
        const record = yield* prepareRun(folder, parts, stop.signal);
        if (record !== null) {
          yield* train(folder, record, stop.signal);
          return;
        }
        const note = 'Stopped before its first step; resume begins it.';
        const { id } = await readBegun(folder);
        const nothing = { step: 0, epoch: 0, best: null, seconds: 0 };
        yield { kind: 'summary', summary: { run: id, folder, state: 'stopped', note, ...nothing } };
      } finally {
        atWork.delete(folder);
        await letGo();
      }
    },
    stop(given) {
      const stop = atWork.get(resolve(given));
      if (stop === undefined)
        return Promise.reject(
          unusable(`The run in ${given} is not at work in this program: stop it where it was begun.`),
        );
      stop.abort();
      return Promise.resolve();
    },
  };
};
