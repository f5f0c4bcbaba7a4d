/** A stage that works on many photos' pieces at once. */
export type Stage = {
  /** There is enough for a run that wastes nothing. */
  isFull(): boolean;
  isEmpty(): boolean;
  /** Takes one batch of what waits and resolves when it is done, well or not. */
  run(): Promise<void>;
};

export type BatchScheduler = {
  /** Says that a photo set out. */
  enter(): void;
  /** Says that a photo arrived, well or not. */
  leave(): void;
  /** Awaits a stage's result for a photo; the stage already holds its pieces. */
  park<Value>(result: Promise<Value>): Promise<Value>;
};

/** Batches given out at once: one that is computed and one that waits for it, so that the networks never stand still. */
const MOST_RUNNING = 2;

/**
 * Decides when stages run. Of the full ones the first, so that photos which are nearly done leave first and memory stays
 * bounded; a batch that is not full only when every photo under way waits for a stage, since nothing would fill it.
 */
export const createScheduler = (stages: readonly Stage[]): BatchScheduler => {
  let underWay = 0;
  let parked = 0;
  let running = 0;
  let isPlanned = false;

  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    // A turn of the event loop between batches: photos move on, and what arrived meanwhile fills them.
    setImmediate(() => {
      isPlanned = false;
      if (running === MOST_RUNNING) return;
      const stage =
        stages.find((candidate) => candidate.isFull()) ??
        (parked === underWay && running === 0 ? stages.find((candidate) => !candidate.isEmpty()) : undefined);
      if (stage === undefined) return;
      running += 1;
      void stage.run().finally(() => {
        running -= 1;
        plan();
      });
      plan();
    });
  };

  return {
    enter() {
      underWay += 1;
    },
    leave() {
      underWay -= 1;
      plan();
    },
    async park(result) {
      parked += 1;
      plan();
      try {
        return await result;
      } finally {
        parked -= 1;
        plan();
      }
    },
  };
};
