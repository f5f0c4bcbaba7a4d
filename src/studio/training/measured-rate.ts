import { open } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { RunRequest } from '../../contract/runs.ts';
import { METRICS_FILE, readRecord } from './run-folder.ts';

/** The end of a log that is read for its rate. */
const TAIL_BYTES = 64 * 1024;
/** Runs that are looked through for one of the same network. */
const MOST_RUNS = 20;

const Line = z.object({ type: z.literal('step'), imagesPerSecond: z.number() });

const rateIn = (line: string): number[] => {
  try {
    const parsed = Line.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data.imagesPerSecond] : [];
  } catch {
    // Cut off at the beginning, or still on its way to the disk.
    return [];
  }
};

const medianRateOf = async (folder: string): Promise<number | null> => {
  const handle = await open(join(folder, METRICS_FILE), 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Math.min(size, TAIL_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, size - bytes);
    const rates = buffer.toString('utf8').split('\n').flatMap(rateIn);
    return rates.toSorted((a, b) => a - b)[Math.floor(rates.length / 2)] ?? null;
  } finally {
    await handle.close();
  }
};

/** Images a second of the last run of the same network and image size; null where there was none. @param runs the last first */
export const measuredRate = async (
  runs: readonly string[],
  { plan: { settings: wanted } }: Pick<RunRequest, 'plan'>,
): Promise<number | null> => {
  for (const folder of runs.slice(0, MOST_RUNS)) {
    try {
      const { settings } = (await readRecord(folder)).plan;
      if (settings.network !== wanted.network || settings.imageSizePx !== wanted.imageSizePx) continue;
      const rate = await medianRateOf(folder);
      if (rate !== null) return rate;
    } catch {
      // A run that was moved or damaged tells nothing; the next may.
      continue;
    }
  }
  return null;
};
