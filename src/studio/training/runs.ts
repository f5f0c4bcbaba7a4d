import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ORPCError } from '@orpc/client';
import * as z from 'zod';
import type { RunEvent, RunRecord, RunRequest } from '../../contract/runs.ts';
import type { EpochNumbers, TrainerEvent } from '../../contract/trainer.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { makeFolderDurably } from '../../node/files/folders.ts';
import { PROJECT_FOLDER } from '../../node/processes/entry.ts';
import { failed, unusable, writeFailure } from '../failure.ts';
import { openMetricsLog, type MetricsLog } from './metrics-log.ts';
import {
  checkSnapshot,
  IMAGES_FILE,
  keepCheckpoint,
  PENDING_FOLDER,
  readRecord,
  removeOthers,
  writeRecord,
} from './run-folder.ts';
import { takeSnapshot } from './snapshot.ts';
import type { StartTrainer, Trainer } from './trainer.ts';

/** Milliseconds since 1970. */
export type Clock = () => number;

export type Runs = {
  start(request: RunRequest): AsyncGenerator<RunEvent, void, undefined>;
  resume(folder: string): AsyncGenerator<RunEvent, void, undefined>;
  stop(folder: string): Promise<void>;
};

const idAt = (milliseconds: number): string =>
  `${new Date(milliseconds).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}-${randomBytes(2).toString('hex')}`;

const Package = z.object({ version: z.string() });

const studioVersion = async (): Promise<string> =>
  Package.parse(JSON.parse(await readFile(join(PROJECT_FOLDER, 'package.json'), 'utf8'))).version;

const TrainerError = z.object({
  data: z.union([z.object({ message: z.string() }), z.object({ reason: z.string(), advice: z.string() })]),
});

/** What the trainer says, as a sentence of the studio's contract. */
const trainerFailure = (error: unknown, trainer: Trainer, folder: string): unknown => {
  const resume = `"facenet-studio resume ${folder}" goes on from the last checkpoint.`;
  if (trainer.lost.aborted)
    return failed(`The trainer ended unexpectedly, perhaps for want of memory. ${resume}`);
  if (!(error instanceof ORPCError) || !error.defined) return error;
  const known = TrainerError.safeParse(error);
  if (!known.success) return error;
  const { data } = known.data;
  return failed('message' in data ? data.message : `${data.reason} ${data.advice}`);
};

const NOTES: Readonly<Record<Extract<TrainerEvent, { kind: 'ended' }>['reason'], string | null>> = {
  epochs: null,
  schedule: 'The schedule of learning rates ended the training.',
  stopped: 'Stopped; resume goes on.',
  'not-finite':
    'The loss or a gradient was no longer a finite number: nothing of that step was kept. Lower the learning rate, or look at its images.',
};

/** Runs trainings, each in a trainer of its own and a folder of its own. */
export const createRuns = (startTrainer: StartTrainer, now: Clock): Runs => {
  const trainers = new Map<string, Trainer>();

  const create = async (
    request: RunRequest,
  ): Promise<{ record: RunRecord; folder: string; unusable: number }> => {
    const { plan } = request;
    const snapshot = await takeSnapshot({ ...request, seed: plan.settings.seed });
    const { loss } = plan.settings;
    const id = idAt(now());
    const folder = join(resolve(request.logsFolder), id);
    const checkpointsFolder = join(resolve(request.modelsFolder), id, 'checkpoints');
    const record: RunRecord = {
      format: 1,
      id,
      createdAt: new Date(now()).toISOString(),
      state: 'running',
      note: null,
      plan: {
        ...plan,
        settings: {
          ...plan.settings,
          loss: loss.kind === 'softmax' ? { ...loss, classes: snapshot.identities } : loss,
        },
      },
      engine: request.engine,
      versions: { studio: await studioVersion(), node: process.version },
      device: null,
      data: {
        folder: resolve(request.dataFolder),
        identities: snapshot.identities,
        trainImages: snapshot.images.filter(({ part }) => part === 'train').length,
        validationImages: snapshot.images.filter(({ part }) => part === 'validation').length,
        droppedIdentities: snapshot.dropped,
        snapshotSha256: snapshot.sha256,
      },
      pretrained: request.pretrained,
      checkpointsFolder,
      keepCheckpoints: request.keepCheckpoints,
      checkpoints: [],
      best: null,
      step: 0,
      epoch: 0,
    };
    try {
      await makeFolderDurably(folder);
      await makeFolderDurably(join(checkpointsFolder, PENDING_FOLDER));
      await writeTextDurably(join(folder, IMAGES_FILE), [snapshot.text]);
      await writeRecord(folder, record);
    } catch (error) {
      throw writeFailure(error, folder);
    }
    return { record, folder, unusable: snapshot.unusable };
  };

  const follow = async function* (
    folder: string,
    begun: RunRecord,
    log: MetricsLog,
    trainer: Trainer,
  ): AsyncGenerator<RunEvent, void, undefined> {
    let record = begun;
    const startedAt = now();
    let lastEpoch: EpochNumbers | null = null;
    let lastAccuracy: number | null = null;
    const change = async (next: Partial<RunRecord>): Promise<void> => {
      record = { ...record, ...next };
      await writeRecord(folder, record);
    };
    const events = await trainer.client.train(
      {
        plan: record.plan,
        images: join(folder, IMAGES_FILE),
        checkpoint: record.checkpoints.at(-1)?.file ?? null,
        pretrained: record.pretrained,
        pendingFolder: join(record.checkpointsFolder, PENDING_FOLDER),
      },
      { signal: trainer.lost },
    );
    for await (const event of events) {
      switch (event.kind) {
        case 'started':
          await change({ device: event.engine });
          break;
        case 'step':
          await log.step(event.numbers);
          lastAccuracy = event.numbers.accuracy;
          yield { kind: 'step', numbers: event.numbers };
          break;
        case 'epoch':
          lastEpoch = event.numbers;
          await log.epoch(event.numbers);
          yield { kind: 'epoch', numbers: event.numbers };
          break;
        case 'checkpoint': {
          const { file, step, epoch } = event;
          await log.sync();
          const validated = lastEpoch?.step === step ? (lastEpoch.validation?.accuracy ?? null) : null;
          // Accuracies of images that were held out and of those that were not are no match for each other.
          const score = record.data.validationImages > 0 ? validated : lastAccuracy;
          await change({ ...(await keepCheckpoint(record, { file, step, epoch }, score)), step, epoch });
          await removeOthers(record);
          break;
        }
        case 'batch-halved':
          yield {
            kind: 'notice',
            message: `Memory did not suffice: the batch is ${String(event.batchSize)} images from step ${String(event.step + 1)} on.`,
          };
          break;
        case 'ended': {
          const state =
            event.reason === 'not-finite' ? 'failed' : event.reason === 'stopped' ? 'stopped' : 'finished';
          if (event.images.length > 0)
            await writeTextDurably(join(folder, 'not-finite.json'), [
              `${JSON.stringify({ step: event.step, images: event.images }, null, 2)}\n`,
            ]);
          await change({ state, note: NOTES[event.reason] });
        }
      }
    }
    const { id, state, note, step, epoch, best } = record;
    const seconds = (now() - startedAt) / 1000;
    yield { kind: 'summary', summary: { run: id, folder, state, note, step, epoch, best, seconds } };
  };

  const execute = async function* (
    folder: string,
    record: RunRecord,
  ): AsyncGenerator<RunEvent, void, undefined> {
    if (trainers.has(folder)) throw unusable(`The run in ${folder} is at work already.`);
    const trainer = startTrainer(record.engine);
    trainers.set(folder, trainer);
    const log = await openMetricsLog(folder, record.checkpoints.at(-1)?.step ?? 0, () => now() / 1000);
    try {
      yield { kind: 'run', record, folder };
      yield* follow(folder, record, log, trainer);
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

  return {
    async *start(request) {
      const { record, folder, unusable: passedOver } = await create(request);
      if (passedOver > 0)
        yield {
          kind: 'notice',
          message: `${String(passedOver)} files are no usable images and take no part.`,
        };
      yield* execute(folder, record);
    },
    async *resume(given) {
      const folder = resolve(given);
      const record = await readRecord(folder);
      if (record.state === 'finished')
        throw unusable(
          `The run in ${folder} is finished: start a new one with its weights by --pretrained-model.`,
        );
      await checkSnapshot(folder, record);
      await rm(join(record.checkpointsFolder, PENDING_FOLDER), { recursive: true, force: true });
      await makeFolderDurably(join(record.checkpointsFolder, PENDING_FOLDER));
      const running: RunRecord = { ...record, state: 'running', note: null };
      await writeRecord(folder, running);
      yield* execute(folder, running);
    },
    async stop(given) {
      const trainer = trainers.get(resolve(given));
      if (trainer === undefined) throw unusable(`The run in ${given} is not at work.`);
      await trainer.client.stop({});
    },
  };
};
