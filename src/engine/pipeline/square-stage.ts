import type { Stage } from './batches.ts';

type Waiting = {
  readonly squares: Float32Array;
  readonly count: number;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
};

export type SquareStage = Stage & {
  /** `squares` is [count, side, side, 3]; resolves with [count, valuesPerSquare]. */
  submit(squares: Float32Array, count: number): Promise<Float32Array>;
};

/**
 * Gathers the squares of many photos into batches for R- or O-net. From `fullBatch` squares on a run costs no more for each
 * square; `valuesPerSquare` is the size of one answer.
 */
export const createSquareStage = (options: {
  readonly sidePx: number;
  readonly valuesPerSquare: number;
  readonly fullBatch: number;
  readonly network: (squares: Float32Array, count: number) => Float32Array;
}): SquareStage => {
  const { sidePx, valuesPerSquare, fullBatch, network } = options;
  const floatsPerSquare = sidePx * sidePx * 3;
  let waiting: Waiting[] = [];
  let waitingSquares = 0;
  // Kept from batch to batch: a new one each time is what the collector works for.
  let joined = new Float32Array(0);

  const take = (): Waiting[] => {
    const taken: Waiting[] = [];
    let count = 0;
    while (count < fullBatch) {
      const next = waiting[taken.length];
      if (next === undefined) break;
      taken.push(next);
      count += next.count;
    }
    waiting = waiting.slice(taken.length);
    waitingSquares -= count;
    return taken;
  };

  return {
    isFull: () => waitingSquares >= fullBatch,
    isEmpty: () => waiting.length === 0,
    submit: (squares, count) =>
      new Promise((resolve, reject) => {
        waiting.push({ squares, count, resolve, reject });
        waitingSquares += count;
      }),
    run() {
      const batch = take();
      const count = batch.reduce((sum, item) => sum + item.count, 0);
      try {
        if (joined.length < count * floatsPerSquare) joined = new Float32Array(count * floatsPerSquare);
        let first = 0;
        for (const item of batch) {
          joined.set(item.squares, first * floatsPerSquare);
          first += item.count;
        }
        const values = network(joined.subarray(0, count * floatsPerSquare), count);
        first = 0;
        for (const item of batch) {
          item.resolve(values.slice(first * valuesPerSquare, (first + item.count) * valuesPerSquare));
          first += item.count;
        }
      } catch (error) {
        for (const item of batch) item.reject(error);
      }
    },
  };
};
