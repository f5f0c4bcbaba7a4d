/** Lets work through together (`shared`) or one alone (`exclusive`); who waits to be alone goes before newcomers. */
export type Gate = {
  shared<Result>(work: () => Promise<Result>): Promise<Result>;
  exclusive<Result>(work: () => Promise<Result>): Promise<Result>;
};

/** A gate that nobody has passed yet. */
export const createGate = (): Gate => {
  let inside = 0;
  let isAlone = false;
  let aloneWaiting = 0;
  let waiting: (() => void)[] = [];

  const wakeAll = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };
  /** `tryEnter` notes that it entered in the same step in which it finds that it may. */
  const enter = async (tryEnter: () => boolean): Promise<void> => {
    while (!tryEnter()) await new Promise<void>((resolve) => waiting.push(resolve));
  };

  return {
    async shared(work) {
      await enter(() => {
        if (isAlone || aloneWaiting > 0) return false;
        inside += 1;
        return true;
      });
      try {
        return await work();
      } finally {
        inside -= 1;
        wakeAll();
      }
    },
    async exclusive(work) {
      aloneWaiting += 1;
      await enter(() => {
        if (isAlone || inside > 0) return false;
        aloneWaiting -= 1;
        isAlone = true;
        return true;
      });
      try {
        return await work();
      } finally {
        isAlone = false;
        wakeAll();
      }
    },
  };
};
