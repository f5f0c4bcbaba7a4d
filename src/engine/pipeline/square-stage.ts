import { sharedFloats } from '../networks/networks.ts';
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

/** Memory that a batch travels in; kept from run to run. */
type Sheet = { readonly squares: Float32Array; readonly values: Float32Array; readonly places: number };

/**
 * Gathers the squares of many photos into batches for R- or O-net. From `fullBatch` squares on a run costs no more for each
 * square; `valuesPerSquare` is the size of one answer.
 */
export const createSquareStage = (options: {
  readonly sidePx: number;
  readonly valuesPerSquare: number;
  readonly fullBatch: number;
  readonly network: (squares: Float32Array, count: number, values: Float32Array) => Promise<unknown>;
}): SquareStage => {
  const { sidePx, valuesPerSquare, fullBatch, network } = options;
  const floatsPerSquare = sidePx * sidePx * 3;
  let waiting: Waiting[] = [];
  let waitingSquares = 0;
  const spare: Sheet[] = [];

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

  const sheetFor = (count: number): Sheet => {
    const sheet = spare.pop();
    if (sheet !== undefined && sheet.places >= count) return sheet;
    return {
      squares: sharedFloats(count * floatsPerSquare),
      values: sharedFloats(count * valuesPerSquare),
      places: count,
    };
  };

  return {
    isFull: () => waitingSquares >= fullBatch,
    isEmpty: () => waiting.length === 0,
    submit: (squares, count) =>
      new Promise((resolve, reject) => {
        waiting.push({ squares, count, resolve, reject });
        waitingSquares += count;
      }),
    async run() {
      const batch = take();
      const count = batch.reduce((sum, item) => sum + item.count, 0);
      const sheet = sheetFor(count);
      try {
        let first = 0;
        for (const item of batch) {
          sheet.squares.set(item.squares, first * floatsPerSquare);
          first += item.count;
        }
        await network(sheet.squares.subarray(0, count * floatsPerSquare), count, sheet.values);
        first = 0;
        for (const item of batch) {
          item.resolve(sheet.values.slice(first * valuesPerSquare, (first + item.count) * valuesPerSquare));
          first += item.count;
        }
      } catch (error) {
        for (const item of batch) item.reject(error);
      } finally {
        spare.push(sheet);
      }
    },
  };
};
