import { open, readdir, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { EpochNumbers, StepNumbers } from '../../contract/trainer.ts';
import { eventFileStart, scalarEvents } from '../../node/codecs/event-file.ts';
import { writeTextDurably } from '../../node/files/atomic.ts';
import { METRICS_FILE } from './run-folder.ts';
import { systemCode } from '../failure.ts';

/** The numbers of a run, one JSON line each, and beside them an event file of TensorBoard. */
export type MetricsLog = {
  step(numbers: StepNumbers): Promise<void>;
  epoch(numbers: EpochNumbers): Promise<void>;
  /** Makes everything durable. */
  sync(): Promise<void>;
  close(): Promise<void>;
};

const stepOf = (line: string): number => {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'step' in parsed ? Number(parsed.step) : Infinity;
  } catch {
    // A line that was cut off as the process ended.
    return Infinity;
  }
};

/** Takes the lines of steps after `step` out of the log: the training goes on from there and writes them anew. */
const cutBack = async (file: string, step: number): Promise<void> => {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  });
  const kept = text.split('\n').filter((line) => line !== '' && stepOf(line) <= step);
  await writeTextDurably(
    file,
    kept.map((line) => `${line}\n`),
  );
};

const eventFile = async (folder: string, seconds: number): Promise<FileHandle> => {
  const earlier = (await readdir(folder)).filter((name) => name.startsWith('events.out.tfevents.')).length;
  const handle = await open(
    join(folder, `events.out.tfevents.${String(Math.floor(seconds))}.${String(earlier)}.studio`),
    'wx',
  );
  await handle.appendFile(eventFileStart(seconds));
  return handle;
};

/** Tags of the seed's summaries. */
const STEP_TAGS = {
  'loss/total_loss': 'loss',
  'loss/cross_entropy': 'crossEntropy',
  'loss/center_loss': 'centerLoss',
  'loss/regularization': 'regularization',
  'loss/prelogits_norm': 'prelogitsNorm',
  'train/accuracy': 'accuracy',
  'train/gradient_norm': 'gradientNorm',
  learning_rate: 'learningRate',
} as const satisfies Record<string, keyof StepNumbers>;

/** Opens the log of a run that goes on after `step`. The caller closes it. */
export const openMetricsLog = async (
  folder: string,
  step: number,
  nowSeconds: () => number,
): Promise<MetricsLog> => {
  const file = join(folder, METRICS_FILE);
  await cutBack(file, step);
  const lines = await open(file, 'a');
  const events = await eventFile(folder, nowSeconds());
  return {
    async step(numbers) {
      await lines.appendFile(`${JSON.stringify({ type: 'step', ...numbers })}\n`);
      const values = Object.fromEntries(Object.entries(STEP_TAGS).map(([tag, name]) => [tag, numbers[name]]));
      await events.appendFile(scalarEvents(nowSeconds(), numbers.step, values));
    },
    async epoch(numbers) {
      await lines.appendFile(`${JSON.stringify({ type: 'epoch', ...numbers })}\n`);
      const { validation } = numbers;
      if (validation !== null)
        await events.appendFile(
          scalarEvents(nowSeconds(), numbers.step, {
            'validation/cross_entropy': validation.crossEntropy,
            'validation/accuracy': validation.accuracy,
          }),
        );
    },
    async sync() {
      await lines.datasync();
      await events.datasync();
    },
    async close() {
      await lines.close();
      await events.close();
    },
  };
};
