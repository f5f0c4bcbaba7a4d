import { expect, test } from 'vitest';
import { createScheduler, type Stage } from '../../src/engine/pipeline/batches.ts';
import { createCellStage } from '../../src/engine/pipeline/cell-stage.ts';
import { createSquareStage } from '../../src/engine/pipeline/square-stage.ts';

const level = (sidePx: number) => ({
  widthPx: sidePx,
  heightPx: sidePx,
  copyTo: () => undefined,
});

test('canvases take the levels that wait longest first, small ones too, so that no photo is held for its smallest', async () => {
  const stage = createCellStage(() => Promise.resolve());
  const finished: number[] = [];
  let begun = 0;
  let mostHeld = 0;
  const photos = Array.from({ length: 40 }, (_, photo) => {
    const levels = [150, 107, 76, 54, 38, 27, 19, 14].map((sidePx) =>
      stage.submit(level(sidePx), () => undefined),
    );
    void levels[0]?.then(() => (begun += 1));
    return Promise.all(levels).then(() => finished.push(photo));
  });
  while (!stage.isEmpty()) {
    await stage.run();
    await new Promise((resolve) => setImmediate(resolve));
    mostHeld = Math.max(mostHeld, begun - finished.length);
  }
  await Promise.all(photos);
  // Those of two canvases. The tallest tiles of all photos first would hold 38.
  expect(mostHeld).toBeLessThanOrEqual(12);
  expect(finished).toHaveLength(40);
});

test('no batch is larger than a full one, whatever photos bring, and each square gets its own answer', async () => {
  const batches: number[] = [];
  const stage = createSquareStage({
    sidePx: 2,
    valuesPerSquare: 3,
    fullBatch: 10,
    newSquares: (length) => new Float32Array(length),
    network(squares, count, values) {
      batches.push(count);
      for (let square = 0; square < count; square += 1)
        for (let value = 0; value < 3; value += 1)
          values[square * 3 + value] = (squares[square * 12] ?? -1) + value;
      return Promise.resolve();
    },
  });
  let next = 0;
  let released = 0;
  const photos = [3, 25, 1, 10, 4].map((count) => {
    const first = next;
    next += count;
    const squares = Float32Array.from({ length: count * 12 }, (_, at) => 10 * (first + Math.floor(at / 12)));
    const wanted = Array.from({ length: count * 3 }, (_, at) => 10 * (first + Math.floor(at / 3)) + (at % 3));
    const source = {
      copyTo(target: Float32Array, from: number) {
        expect(isReleased).toBe(false);
        target.set(squares.subarray(from, from + target.length));
      },
      release() {
        isReleased = true;
        released += 1;
      },
    };
    let isReleased = false;
    return { wanted, answered: stage.submit(source, count) };
  });
  while (!stage.isEmpty()) await stage.run();
  for (const { wanted, answered } of photos) expect([...(await answered)]).toEqual(wanted);
  expect(batches).toEqual([10, 10, 10, 10, 3]);
  expect(released).toBe(photos.length);
});

/** A stage whose batches end when the test says so. */
const heldStage = (waiting: number, full: number) => {
  const running: (() => void)[] = [];
  let left = waiting;
  const stage: Stage = {
    isFull: () => left >= full,
    isEmpty: () => left === 0,
    run() {
      left -= Math.min(left, full);
      return new Promise((resolve) => running.push(resolve));
    },
  };
  return { stage, running, left: () => left };
};

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

test('two batches are given out at once, and one that is not full only when nothing else is computed', async () => {
  const held = heldStage(7, 2);
  const scheduler = createScheduler([held.stage]);
  scheduler.enter();
  const parked = scheduler.park(new Promise(() => undefined));
  expect(parked).toBeInstanceOf(Promise);
  await turns();
  expect(held.running).toHaveLength(2);
  held.running[0]?.();
  await turns();
  expect([held.running.length, held.left()]).toEqual([3, 1]);
  held.running[1]?.();
  await turns();
  // One is left, and one batch still runs: what it brings may fill the last.
  expect([held.running.length, held.left()]).toEqual([3, 1]);
  held.running[2]?.();
  await turns();
  expect([held.running.length, held.left()]).toEqual([4, 0]);
});
