import { sharedFloats } from '../networks/networks.ts';
import type { Stage } from './batches.ts';

/** Numbers of one kind in a row: bytes or floats. */
type Row<Values> = { subarray(begin: number, end: number): Values };

/** Squares [count, side, side, 3] of one call. They are released as soon as they are copied. */
export type SquareSource<Values = Float32Array> = {
  /** Fills `target` with values from `from` on. */
  copyTo(target: Values, from: number): void;
  release(): void;
};

/** The squares of one call, which may be spread over several batches. */
type Pending<Values> = {
  readonly squares: SquareSource<Values>;
  readonly count: number;
  readonly values: Float32Array;
  taken: number;
  answered: number;
  readonly resolve: (values: Float32Array) => void;
  readonly reject: (error: unknown) => void;
};
type Part<Values> = { readonly of: Pending<Values>; readonly first: number; readonly count: number };

export type SquareStage<Values = Float32Array> = Stage & {
  /** Resolves with [count, valuesPerSquare]. */
  submit(squares: SquareSource<Values>, count: number): Promise<Float32Array>;
};

/** Memory that a batch travels in; kept from run to run. */
type Sheet<Values> = { readonly squares: Values; readonly values: Float32Array };

/**
 * Gathers the squares of many photos into batches for a network, and spreads those of a photo with many over several, so that none is
 * larger than `fullBatch`: from there on a run costs no less for each square, and takes more memory. `valuesPerSquare` is the size of
 * one answer.
 */
export const createSquareStage = <Values extends Row<Values>>(options: {
  readonly sidePx: number;
  readonly valuesPerSquare: number;
  readonly fullBatch: number;
  /** Memory for squares that the network sees: `sharedFloats` or `sharedBytes`. */
  readonly newSquares: (length: number) => Values;
  readonly network: (squares: Values, count: number, values: Float32Array) => Promise<unknown>;
}): SquareStage<Values> => {
  const { sidePx, valuesPerSquare, fullBatch, newSquares, network } = options;
  const numbersPerSquare = sidePx * sidePx * 3;
  const waiting: Pending<Values>[] = [];
  let waitingSquares = 0;
  const spare: Sheet<Values>[] = [];

  const take = (): readonly Part<Values>[] => {
    const parts: Part<Values>[] = [];
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

  const newSheet = (): Sheet<Values> => ({
    squares: newSquares(fullBatch * numbersPerSquare),
    values: sharedFloats(fullBatch * valuesPerSquare),
  });

  /** @returns how many squares were copied */
  const fill = (batch: readonly Part<Values>[], squares: Values): number => {
    let count = 0;
    try {
      for (const part of batch) {
        const to = squares.subarray(count * numbersPerSquare, (count + part.count) * numbersPerSquare);
        part.of.squares.copyTo(to, part.first * numbersPerSquare);
        count += part.count;
      }
    } finally {
      for (const { of, first, count: copied } of batch) if (first + copied === of.count) of.squares.release();
    }
    return count;
  };

  const answer = ({ of, first, count }: Part<Values>, values: Float32Array): void => {
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
        await network(sheet.squares.subarray(0, count * numbersPerSquare), count, sheet.values);
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
