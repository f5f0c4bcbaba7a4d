import { sharedFloats } from '../networks/networks.ts';
import type { Stage } from './batches.ts';

/** Squares [count, side, side, 3] of one call. They are released as soon as they are copied. */
export type SquareSource = {
  /** Fills `target` with values from `from` on. */
  copyTo(target: Float32Array, from: number): void;
  release(): void;
};

/** The squares of one call, which may be spread over several batches. */
type Pending = {
  readonly squares: SquareSource;
  readonly count: number;
  readonly values: Float32Array;
  taken: number;
  answered: number;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
};
type Part = { readonly of: Pending; readonly first: number; readonly count: number };

export type SquareStage = Stage & {
  /** Resolves with [count, valuesPerSquare]. */
  submit(squares: SquareSource, count: number): Promise<Float32Array>;
};

/** Memory that a batch travels in; kept from run to run. */
type Sheet = { readonly squares: Float32Array; readonly values: Float32Array };

/**
 * Gathers the squares of many photos into batches for R- or O-net, and spreads those of a photo with many over several, so that none is
 * larger than `fullBatch`: from there on a run costs no less for each square, and takes more memory. `valuesPerSquare` is the size of
 * one answer.
 */
export const createSquareStage = (options: {
  readonly sidePx: number;
  readonly valuesPerSquare: number;
  readonly fullBatch: number;
  readonly network: (squares: Float32Array, count: number, values: Float32Array) => Promise<unknown>;
}): SquareStage => {
  const { sidePx, valuesPerSquare, fullBatch, network } = options;
  const floatsPerSquare = sidePx * sidePx * 3;
  const waiting: Pending[] = [];
  let waitingSquares = 0;
  const spare: Sheet[] = [];

  const take = (): readonly Part[] => {
    const parts: Part[] = [];
    let room = fullBatch;
    for (let of = waiting[0]; of !== undefined && room > 0; of = waiting[0]) {
      const count = Math.min(room, of.count - of.taken);
      parts.push({ of, first: of.taken, count });
      of.taken += count;
      room -= count;
      if (of.taken === of.count) waiting.shift();
    }
    waitingSquares -= fullBatch - room;
    return parts;
  };

  const newSheet = (): Sheet => ({
    squares: sharedFloats(fullBatch * floatsPerSquare),
    values: sharedFloats(fullBatch * valuesPerSquare),
  });

  /** @returns how many squares were copied */
  const fill = (batch: readonly Part[], squares: Float32Array): number => {
    let count = 0;
    try {
      for (const part of batch) {
        const to = squares.subarray(count * floatsPerSquare, (count + part.count) * floatsPerSquare);
        part.of.squares.copyTo(to, part.first * floatsPerSquare);
        count += part.count;
      }
    } finally {
      for (const { of, first, count: copied } of batch) if (first + copied === of.count) of.squares.release();
    }
    return count;
  };

  const answer = ({ of, first, count }: Part, values: Float32Array): void => {
    of.values.set(values, first * valuesPerSquare);
    of.answered += count;
    if (of.answered === of.count) of.resolve(of.values);
  };

  return {
    isFull: () => waitingSquares >= fullBatch,
    isEmpty: () => waiting.length === 0,
    submit: (squares, count) =>
      new Promise((resolve, reject) => {
        const values = new Float32Array(count * valuesPerSquare);
        waiting.push({ squares, count, values, taken: 0, answered: 0, resolve, reject });
        waitingSquares += count;
      }),
    async run() {
      const batch = take();
      const sheet = spare.pop() ?? newSheet();
      try {
        const count = fill(batch, sheet.squares);
        await network(sheet.squares.subarray(0, count * floatsPerSquare), count, sheet.values);
        let at = 0;
        for (const part of batch) {
          answer(part, sheet.values.subarray(at, at + part.count * valuesPerSquare));
          at += part.count * valuesPerSquare;
        }
      } catch (error) {
        for (const { of } of batch) of.reject(error);
      } finally {
        spare.push(sheet);
      }
    },
  };
};
