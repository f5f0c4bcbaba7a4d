import type { ForeignAnswer, ForeignQuestion, ForeignSearch } from '../../core/clustering/foreign.ts';
import type { Vectors } from '../../core/neighbours/graph.ts';
import { paddedCount } from '../../core/neighbours/search-loops.ts';
import { loadSearchLoops } from './loops.ts';
import { COUNTER, type ForeignWork } from './messages.ts';
import { rowsAtOnce, runThreads, type ThreadOptions } from './run-threads.ts';

const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));
const sharedIntegers = (length: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));
const sharedDoubles = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));

/** The vectors that the question is about: those that ask, and those that somebody looks at. */
const concerned = ({ groups, rows }: ForeignQuestion): Int32Array => {
  const asks = new Uint8Array(groups.length);
  for (const row of rows) asks[row] = 1;
  return Int32Array.from(groups.keys()).filter((index) => asks[index] === 1 || (groups[index] ?? -1) >= 0);
};

const prepare = (
  { dimensions, values }: Vectors,
  { rows, groups, cores, bounds }: ForeignQuestion,
  some: Int32Array,
): ForeignWork => {
  const count = some.length;
  const places = new Int32Array(groups.length);
  const own = sharedFloats(count * dimensions);
  some.forEach((index, place) => {
    places[index] = place;
    own.set(values.subarray(index * dimensions, (index + 1) * dimensions), place * dimensions);
  });
  const work: ForeignWork = {
    count,
    dimensions,
    rowsAtOnce: rowsAtOnce(count, dimensions),
    values: own,
    panels: sharedFloats(paddedCount(count) * dimensions),
    squares: sharedFloats(paddedCount(count)),
    groups: some.map((index) => groups[index] ?? -1),
    cores: cores === null ? null : Float64Array.from(some, (index) => cores[index] ?? 0),
    rows: rows.map((row) => places[row] ?? 0),
    bounds,
    indices: sharedIntegers(rows.length),
    distances: sharedDoubles(rows.length),
    counters: sharedIntegers(Object.keys(COUNTER).length),
  };
  loadSearchLoops().arrange(own, count, dimensions, work.panels, work.squares);
  return work;
};

/**
 * Finds foreign neighbours on threads of their own; see `ForeignSearch`. The search rejects with the signal's reason when it is stopped.
 */
export const createForeignSearch =
  (vectors: Vectors, options: ThreadOptions = {}): ForeignSearch =>
  async (question): Promise<ForeignAnswer> => {
    const { rows } = question;
    options.signal?.throwIfAborted();
    if (rows.length === 0) return { indices: new Int32Array(0), distances: new Float64Array(0) };
    const some = concerned(question);
    const work = prepare(vectors, question, some);
    await runThreads(work, rows.length, options);
    return {
      indices: work.indices.map((place) => (place < 0 ? -1 : (some[place] ?? -1))),
      distances: work.distances,
    };
  };
