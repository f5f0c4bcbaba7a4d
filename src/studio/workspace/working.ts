/** Work that goes on in something that may be closed. */
export type Working = {
  /** Does work that the end stops, by this signal. */
  readonly whileOpen: <Result>(work: (ended: AbortSignal) => Promise<Result>) => Promise<Result>;
  /** Resolves when all work has ended, well or not. */
  settled(): Promise<void>;
};

/** Nothing is at work. @param ended aborted before `settled` is asked for */
export const createWorking = (ended: AbortSignal): Working => {
  const working = new Set<Promise<unknown>>();
  return {
    async whileOpen(work) {
      const done = work(ended);
      working.add(done);
      try {
        return await done;
      } finally {
        working.delete(done);
      }
    },
    async settled() {
      await Promise.allSettled(working);
    },
  };
};
