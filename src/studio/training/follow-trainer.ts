import { join } from 'node:path';
import type { RunEvent, RunRecord } from '../../contract/runs.ts';
import type { EpochNumbers, TrainerEvent } from '../../contract/trainer.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import type { MetricsLog } from './metrics-log.ts';
import { IMAGES_FILE, keepCheckpoint, PENDING_FOLDER, removeOthers, writeRecord } from './run-folder.ts';
import type { Trainer } from './trainer.ts';

type Ended = Extract<TrainerEvent, { kind: 'ended' }>;

const ENDS: Readonly<Record<Ended['reason'], Pick<RunRecord, 'state' | 'note'>>> = {
  epochs: { state: 'finished', note: null },
  schedule: { state: 'finished', note: 'The schedule of learning rates ended the training.' },
  stopped: { state: 'stopped', note: 'Stopped; resume goes on.' },
  'not-finite': {
    state: 'failed',
    note: 'The loss or a gradient was no longer a finite number, and nothing of that step was kept: lower the learning rate, or look at the images named in not-finite.json.',
  },
};

/** What of a run is known while its trainer tells of it. */
type Known = {
  record: RunRecord;
  epoch: EpochNumbers | null;
  /** Of the last step's batch. */
  accuracy: number | null;
};

/** Accuracies of images that were held out and of those that were not are no match for each other: a run takes one kind. */
const scoreAt = (step: number, { record, epoch, accuracy }: Known): number | null => {
  if (record.data.validationImages === 0) return accuracy;
  return epoch?.step === step ? (epoch.validation?.accuracy ?? null) : null;
};

/** Writes down what the trainer tells, and gives what others hear of it; null for nothing. */
const take = async (
  event: TrainerEvent,
  known: Known,
  { folder, log }: { readonly folder: string; readonly log: MetricsLog },
): Promise<RunEvent | null> => {
  const change = async (next: Partial<RunRecord>): Promise<void> => {
    known.record = { ...known.record, ...next };
    await writeRecord(folder, known.record);
  };
  switch (event.kind) {
    case 'started':
      await change({ device: event.engine });
      return null;
    case 'step':
      await log.step(event.numbers);
      known.accuracy = event.numbers.accuracy;
      return { kind: 'step', numbers: event.numbers };
    case 'epoch':
      await log.epoch(event.numbers);
      known.epoch = event.numbers;
      return { kind: 'epoch', numbers: event.numbers };
    case 'checkpoint': {
      const { file, step, epoch } = event;
      // First the log, so that no checkpoint is ahead of it.
      await log.sync();
      const kept = await keepCheckpoint(known.record, { file, step, epoch }, scoreAt(step, known));
      await change({ ...kept, step, epoch });
      await removeOthers(known.record);
      return null;
    }
    case 'warning':
      return { kind: 'notice', message: event.message };
    case 'batch-halved': {
      const { batchSize, step } = event;
      const message = `Memory did not suffice: the batch is ${String(batchSize)} images from step ${String(step + 1)} on.`;
      return { kind: 'notice', message };
    }
    case 'ended': {
      const { reason, step, images } = event;
      if (images.length > 0)
        await writeTextDurably(join(folder, 'not-finite.json'), [
          `${JSON.stringify({ step, images }, null, 2)}\n`,
        ]);
      await change(ENDS[reason]);
      return null;
    }
  }
};

/**
 * Has a trainer train a run, from its last checkpoint where it has one, and writes down what it tells; the summary comes last.
 * @throws what the trainer's contract throws
 */
export async function* followTrainer(
  folder: string,
  begun: RunRecord,
  {
    log,
    trainer,
    nowMs,
  }: { readonly log: MetricsLog; readonly trainer: Trainer; readonly nowMs: () => number },
): AsyncGenerator<RunEvent, void, undefined> {
  const known: Known = { record: begun, epoch: null, accuracy: null };
  const startedMs = nowMs();
  const events = await trainer.client.train(
    {
      plan: begun.plan,
      images: join(folder, IMAGES_FILE),
      checkpoint: begun.checkpoints.at(-1)?.file ?? null,
      pretrained: begun.pretrained,
      pendingFolder: join(begun.checkpointsFolder, PENDING_FOLDER),
    },
    { signal: trainer.lost },
  );
  for await (const event of events) {
    const told = await take(event, known, { folder, log });
    if (told !== null) yield told;
  }
  const { id, state, note, step, epoch, best } = known.record;
  const seconds = (nowMs() - startedMs) / 1000;
  yield { kind: 'summary', summary: { run: id, folder, state, note, step, epoch, best, seconds } };
}
