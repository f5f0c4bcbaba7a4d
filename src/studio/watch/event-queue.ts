import { readFileSync } from 'node:fs';

/**
 * Linux queues 16,384 events for a process that does not listen; what comes after that is lost. Neither libuv nor any watcher built on it
 * says so. But a full queue is read in one go, so many events in one turn of the event loop mean that some may be missing.
 *
 * All watches of a process share one queue: make one of these for each process.
 */
export type EventQueue = {
  /** Counts an event that arrived. */
  count(): void;
  /** Calls `listener` once in a turn in which events may have been lost. */
  subscribe(listener: () => void): () => void;
};

const LIMIT_FILE = '/proc/sys/fs/inotify/max_queued_events';
const USUAL_LIMIT = 16_384;
/** Events that libuv does not hand over, as those of a watch that was just closed, fill the queue without being counted. */
const SHARE_TO_WORRY = 4;

/** How many events the system queues. */
export const queueLimit = (): number => {
  try {
    return Number(readFileSync(LIMIT_FILE, 'utf8'));
  } catch {
    // Other systems have no such file, and other limits.
    return USUAL_LIMIT;
  }
};

/** An empty queue. `nextTurn` calls back when all events that are there were handed over. */
export const createEventQueue = (
  limit: number = queueLimit(),
  nextTurn: (callback: () => void) => void = (callback) => void setImmediate(callback),
): EventQueue => {
  const listeners = new Set<() => void>();
  let events = 0;
  return {
    count() {
      if (events === 0)
        nextTurn(() => {
          events = 0;
        });
      events += 1;
      if (events !== Math.ceil(limit / SHARE_TO_WORRY)) return;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
