/** A thread of a search for neighbours: takes rows that nobody has taken until none are left or somebody says stop. */
import { workerData } from 'node:worker_threads';
import { loadSearchLoops } from './loops.ts';
import { COUNTER, type SearchWork } from './messages.ts';

const work = (search: SearchWork): void => {
  const loops = loadSearchLoops();
  const { count, dimensions, k, rowsAtOnce, values, panels, squares, indices, distances, counters } = search;
  while (Atomics.load(counters, COUNTER.stop) === 0) {
    const first = Atomics.add(counters, COUNTER.taken, rowsAtOnce);
    if (first >= count) return;
    const last = Math.min(count, first + rowsAtOnce);
    loops.search(values, count, dimensions, panels, squares, k, first, last, indices, distances);
    Atomics.add(counters, COUNTER.done, last - first);
  }
};

// The searcher is the same build.
work(workerData as SearchWork);
