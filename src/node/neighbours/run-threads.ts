import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { processEntry } from '../processes/entry.ts';
import { COUNTER, type ForeignWork, type SearchWork } from './messages.ts';

/** Multiplications and additions between two looks at whether to stop: a third of a second of compiled loops. */
const PRODUCTS_AT_ONCE = 2e10;
const FEWEST_ROWS_AT_ONCE = 24;
const PROGRESS_EVERY_MS = 200;

/** Rows that a thread takes at a time. */
export const rowsAtOnce = (count: number, dimensions: number): number =>
  Math.max(FEWEST_ROWS_AT_ONCE, Math.round(PRODUCTS_AT_ONCE / count / dimensions));

export type ThreadOptions = {
  /** Ends the search; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told now and then how many rows are done. */
  readonly onProgress?: (done: number) => void;
  /** As many as there are cores when left out. */
  readonly threads?: number;
};

const runThread = (work: SearchWork | ForeignWork): Promise<void> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(processEntry('neighbours'), { workerData: work });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A thread of the search for neighbours ended with ${String(code)}.`));
    });
  });

/** Has threads do all `rows` of some work. @throws the signal's reason when it was stopped */
export const runThreads = async (
  work: SearchWork | ForeignWork,
  rows: number,
  { signal, onProgress, threads = availableParallelism() }: ThreadOptions,
): Promise<void> => {
  const stop = (): void => {
    Atomics.store(work.counters, COUNTER.stop, 1);
  };
  signal?.addEventListener('abort', stop);
  const timer = setInterval(() => onProgress?.(Atomics.load(work.counters, COUNTER.done)), PROGRESS_EVERY_MS);
  try {
    const outcomes = await Promise.allSettled(
      Array.from({ length: Math.min(threads, Math.ceil(rows / work.rowsAtOnce)) }, () =>
        runThread(work).catch((error: unknown) => {
          // The others' work would be for nothing.
          stop();
          throw error;
        }),
      ),
    );
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
  signal?.throwIfAborted();
  onProgress?.(rows);
};
