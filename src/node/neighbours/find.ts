import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { NeighbourGraph, Vectors } from '../../core/neighbours/graph.ts';
import { paddedCount } from '../../core/neighbours/search-loops.ts';
import { processEntry } from '../processes/entry.ts';
import { loadSearchLoops } from './loops.ts';
import { COUNTER, type SearchWork } from './messages.ts';

/** Multiplications and additions between two looks at whether to stop: a third of a second of compiled loops. */
const PRODUCTS_AT_ONCE = 2e10;
const FEWEST_ROWS_AT_ONCE = 24;
const PROGRESS_EVERY_MS = 200;

export type FindOptions = {
  /** Neighbours of each vector; fewer when there are not so many others. */
  readonly k: number;
  /** Ends the search; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Told now and then how many vectors have their neighbours. */
  readonly onProgress?: (done: number) => void;
  /** As many as there are cores when left out. */
  readonly threads?: number;
};

const shared = (length: number): SharedArrayBuffer =>
  new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT);

const firstNotFinite = (values: Float32Array): number => values.findIndex((value) => !Number.isFinite(value));

const prepare = ({ count, dimensions, values }: Vectors, k: number): SearchWork => {
  const padded = paddedCount(count);
  // What threads see without a copy must be shared.
  const own = values.buffer instanceof SharedArrayBuffer ? values : new Float32Array(shared(values.length));
  if (own !== values) own.set(values);
  const work: SearchWork = {
    count,
    dimensions,
    k,
    rowsAtOnce: Math.max(FEWEST_ROWS_AT_ONCE, Math.round(PRODUCTS_AT_ONCE / count / dimensions)),
    values: own,
    panels: new Float32Array(shared(padded * dimensions)),
    squares: new Float32Array(shared(padded)),
    indices: new Int32Array(shared(count * k)),
    distances: new Float32Array(shared(count * k)),
    counters: new Int32Array(shared(Object.keys(COUNTER).length)),
  };
  loadSearchLoops().arrange(own, count, dimensions, work.panels, work.squares);
  return work;
};

const runThread = (work: SearchWork): Promise<void> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(processEntry('neighbours'), { workerData: work });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`A thread of the search for neighbours ended with ${String(code)}.`));
    });
  });

/**
 * The exact nearest neighbours of every vector, found on threads of their own; see `NeighbourGraph`.
 * @throws the signal's reason when it was stopped, or a sentence when a vector has a value that is not finite
 */
export const findNeighbours = async (vectors: Vectors, options: FindOptions): Promise<NeighbourGraph> => {
  const { count, dimensions, values } = vectors;
  const { signal, onProgress, threads = availableParallelism() } = options;
  if (values.length !== count * dimensions) throw new Error('Vectors do not fit their count and dimensions.');
  const bad = firstNotFinite(values);
  if (bad >= 0)
    throw new Error(
      `Vector ${String(Math.floor(bad / dimensions))} has a value that is not a finite number.`,
    );
  signal?.throwIfAborted();
  const k = Math.min(options.k, count - 1);
  if (k < 1) return { count, k: 0, indices: new Int32Array(0), distances: new Float32Array(0) };
  const work = prepare(vectors, k);
  const stop = (): void => {
    Atomics.store(work.counters, COUNTER.stop, 1);
  };
  signal?.addEventListener('abort', stop);
  const timer = setInterval(() => onProgress?.(Atomics.load(work.counters, COUNTER.done)), PROGRESS_EVERY_MS);
  try {
    const outcomes = await Promise.allSettled(
      Array.from({ length: Math.min(threads, Math.ceil(count / work.rowsAtOnce)) }, () =>
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
  onProgress?.(count);
  return { count, k, indices: work.indices, distances: work.distances };
};
