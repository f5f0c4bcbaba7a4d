/** A stage that works on many photos' pieces at once. */
export type Stage = {
  /** There is enough for a run that wastes nothing. */
  isFull(): boolean;
  isEmpty(): boolean;
  /** Runs one batch of what waits. Synchronous: native operations are. */
  run(): void;
};

export type BatchScheduler = {
  /** Says that a photo set out. */
  enter(): void;
  /** Says that a photo arrived, well or not. */
  leave(): void;
  /** Awaits a stage's result for a photo; the stage already holds its pieces. */
  park<Value>(result: Promise<Value>): Promise<Value>;
};

/**
 * Decides when stages run. Of the full ones the first, so that photos which are nearly done leave first and memory stays
 * bounded; a batch that is not full only when every photo under way waits for a stage, since nothing would fill it.
 */
export const createScheduler = (stages: readonly Stage[]): BatchScheduler => {
  let underWay = 0;
  let parked = 0;
  let isPlanned = false;

  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    // A turn of the event loop between batches: messages (cancel, pixels) arrive, and photos move on.
    setImmediate(() => {
      isPlanned = false;
      const stage =
        stages.find((candidate) => candidate.isFull()) ??
        (parked === underWay ? stages.find((candidate) => !candidate.isEmpty()) : undefined);
      if (stage === undefined) return;
      stage.run();
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
