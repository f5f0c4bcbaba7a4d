import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { EpochNumbers, StepNumbers } from '../../contract/trainer.ts';
import type { ListedRun, MetricPoint, RunNews } from '../../contract/runs.ts';
import { createMetricSeries } from '../../core/training/metric-series.ts';
import { systemCode } from '../failure.ts';
import { pause } from '../streams.ts';
import { METRICS_FILE } from './run-folder.ts';

const LOOK_EVERY_MS = 500;
/** Of a long run means are told: no screen has more columns of pixels. */
const MOST_POINTS = 2000;

const AnyLine = z.object({ type: z.enum(['step', 'epoch']) });
/** Lines of the log are these numbers with their type. */
const StepLine = z.object(StepNumbers.shape);
const EpochLine = z.object(EpochNumbers.shape);

type Told = { readonly points: readonly MetricPoint[]; readonly epochs: readonly EpochNumbers[] };

const NAMES = StepNumbers.keyof().options.filter((name) => name !== 'step' && name !== 'epoch');

/** How much of a log was read, and of which file. */
type Place = { readonly file: bigint; readonly bytes: number };

/** The lines of a log from `from` on that are whole, and where the next begins. */
const readLines = async (
  file: string,
  from: number,
  to: number,
): Promise<{ readonly told: Told; readonly bytes: number }> => {
  const series = createMetricSeries(NAMES, MOST_POINTS);
  let epochs: EpochNumbers[] = [];
  if (to <= from) return { told: { points: [], epochs }, bytes: from };
  let bytes = from;
  const stream = createReadStream(file, { start: from, end: to - 1, encoding: 'utf8' });
  for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
    const length = Buffer.byteLength(line) + 1;
    // The last one may still be on its way to the disk.
    if (bytes + length > to) break;
    bytes += length;
    const value: unknown = JSON.parse(line);
    if (AnyLine.parse(value).type === 'step') series.add({ ...StepLine.parse(value), steps: 1 });
    else {
      const epoch = EpochLine.parse(value);
      epochs = [...epochs.filter(({ step }) => step < epoch.step), epoch];
    }
  }
  return { told: { points: series.points, epochs }, bytes };
};

const sizeOf = async (file: string): Promise<Place | null> => {
  try {
    const { ino, size } = await stat(file, { bigint: true });
    return { file: ino, bytes: Number(size) };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
};

/** Whether a log is the one that was read, and holds what was. */
const goesOn = (read: Place | null, found: Place | null): boolean =>
  read !== null && found?.file === read.file && found.bytes >= read.bytes;

/**
 * Follows a run by its files, whichever process trains it: all that is known at first, then what is new, until the signal is aborted.
 * @param list gives the run as lists show it
 */
export async function* watchRun(
  folder: string,
  list: (folder: string) => Promise<ListedRun>,
  signal?: AbortSignal,
): AsyncGenerator<RunNews, void, void> {
  const log = join(folder, METRICS_FILE);
  let read: Place | null = null;
  let told = '';
  while (signal?.aborted !== true) {
    const found = await sizeOf(log);
    const isAnew = !goesOn(read, found);
    const from = isAnew ? 0 : (read?.bytes ?? 0);
    const news = await readLines(log, from, found?.bytes ?? 0);
    const run = await list(folder);
    const text = JSON.stringify(run);
    if ((isAnew && (read !== null || told === '')) || news.bytes > from || text !== told)
      yield { run, isAnew, points: [...news.told.points], epochs: [...news.told.epochs] };
    told = text;
    read = found === null ? null : { file: found.file, bytes: news.bytes };
    await pause(LOOK_EVERY_MS, signal);
  }
}
