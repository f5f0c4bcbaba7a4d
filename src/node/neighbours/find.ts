import type { NeighbourGraph, Vectors } from '../../core/neighbours/graph.ts';
import { paddedCount } from '../../core/neighbours/search-loops.ts';
import { loadSearchLoops } from './loops.ts';
import { COUNTER, type SearchWork } from './messages.ts';
import { rowsAtOnce, runThreads, type ThreadOptions } from './run-threads.ts';

export type FindOptions = ThreadOptions & {
  /** Neighbours of each vector; fewer when there are not so many others. */
  readonly k: number;
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
    rowsAtOnce: rowsAtOnce(count, dimensions),
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

const assertUsable = ({ count, dimensions, values }: Vectors): void => {
  if (values.length !== count * dimensions) throw new Error('Vectors do not fit their count and dimensions.');
  const bad = firstNotFinite(values);
  if (bad >= 0)
    throw new Error(
      `Vector ${String(Math.floor(bad / dimensions))} has a value that is not a finite number.`,
    );
};

/**
 * The exact nearest neighbours of every vector, found on threads of their own; see `NeighbourGraph`.
 * @throws the signal's reason when it was stopped, or a sentence when a vector has a value that is not finite
 */
export const findNeighbours = async (vectors: Vectors, options: FindOptions): Promise<NeighbourGraph> => {
  const { count } = vectors;
  assertUsable(vectors);
  options.signal?.throwIfAborted();
  const k = Math.min(options.k, count - 1);
  if (k < 1) return { count, k: 0, indices: new Int32Array(0), distances: new Float32Array(0) };
  const work = prepare(vectors, k);
  await runThreads(work, count, options);
  return { count, k, indices: work.indices, distances: work.distances };
};

/**
 * Adds vectors that came later to a graph: their nearest among all are found, while the lists of those before stay as they are. So it takes as long
 * as there are new ones, and is no `NeighbourGraph` of all vectors that a run could rely on.
 * @param vectors those of the graph, and after them the new ones
 * @throws as `findNeighbours` does
 */
export const extendGraph = async (
  graph: NeighbourGraph,
  vectors: Vectors,
  options: ThreadOptions = {},
): Promise<NeighbourGraph> => {
  const { count, k } = graph;
  const added = vectors.count - count;
  assertUsable(vectors);
  options.signal?.throwIfAborted();
  if (added === 0 || k === 0) return { ...graph, count: vectors.count };
  const work = prepare(vectors, k);
  work.indices.set(graph.indices);
  work.distances.set(graph.distances);
  Atomics.store(work.counters, COUNTER.taken, count);
  await runThreads(work, added, options);
  return { count: vectors.count, k, indices: work.indices, distances: work.distances };
};
