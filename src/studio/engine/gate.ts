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
  const until = async (mayEnter: () => boolean): Promise<void> => {
    while (!mayEnter()) await new Promise<void>((resolve) => waiting.push(resolve));
  };

  return {
    async shared(work) {
      await until(() => !isAlone && aloneWaiting === 0);
      inside += 1;
      try {
        return await work();
      } finally {
        inside -= 1;
        wakeAll();
      }
    },
    async exclusive(work) {
      aloneWaiting += 1;
      await until(() => !isAlone && inside === 0);
      aloneWaiting -= 1;
      isAlone = true;
      try {
        return await work();
      } finally {
        isAlone = false;
        wakeAll();
      }
    },
  };
};
