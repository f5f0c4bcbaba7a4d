/** A thread of a search for neighbours: takes rows that nobody has taken until none are left or somebody says stop. */
import { workerData } from 'node:worker_threads';
import { loadSearchLoops } from './loops.ts';
import { COUNTER, type ForeignWork, type SearchWork } from './messages.ts';

/** Takes places from 0 to below `count` until none is left. */
const takeAll = (
  { rowsAtOnce, counters }: Pick<SearchWork, 'rowsAtOnce' | 'counters'>,
  count: number,
  search: (first: number, last: number) => void,
): void => {
  while (Atomics.load(counters, COUNTER.stop) === 0) {
    const first = Atomics.add(counters, COUNTER.taken, rowsAtOnce);
    if (first >= count) return;
    const last = Math.min(count, first + rowsAtOnce);
    search(first, last);
    Atomics.add(counters, COUNTER.done, last - first);
  }
};

const work = (search: SearchWork | ForeignWork): void => {
  const loops = loadSearchLoops();
  const { count, dimensions, values, panels, squares, indices } = search;
  if ('rows' in search) {
    const { groups, cores, rows, bounds, distances } = search;
    takeAll(search, rows.length, (first, last) => {
      loops.searchForeign(
        values,
        count,
        dimensions,
        panels,
        squares,
        groups,
        cores,
        rows,
        bounds,
        first,
        last,
        indices,
        distances,
      );
    });
    return;
  }
  const { k, distances } = search;
  takeAll(search, count, (first, last) => {
    loops.search(values, count, dimensions, panels, squares, k, first, last, indices, distances);
  });
};

// The searcher is the same build.
work(workerData as SearchWork | ForeignWork);
