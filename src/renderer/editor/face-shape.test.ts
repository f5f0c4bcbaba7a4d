import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cornersOf,
  drawnShape,
  growShape,
  handlePoint,
  HANDLES,
  isSameShape,
  isWithin,
  keepInPhoto,
  LEAST_BOX_PX,
  moveLandmark,
  moveShape,
  resizeShape,
  rotateShape,
  turnBetween,
  turned,
  type FaceShape,
} from './face-shape.ts';
import { cursorOf, gripAt, knobPoint } from './grip.ts';

const LEVEL: FaceShape = {
  box: [100, 100, 200, 220],
  landmarks: [
    [130, 150],
    [170, 150],
    [150, 170],
    [135, 195],
    [165, 195],
  ],
  rotationDegrees: 0,
};
const FREE = { keepsRatio: false, movesLandmarks: true };
const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const point = fc.record({ x: coordinate, y: coordinate });
const angle = fc.double({ min: -180, max: 180, noNaN: true });
const handle = fc.constantFrom(...HANDLES);
const near = (value: number): unknown => expect.closeTo(value, 6);

describe('a face that is resized', () => {
  it('follows the handle, and keeps what lies across, however it is turned', () => {
    fc.assert(
      fc.property(angle, handle, point, (degrees, held, by) => {
        const shape = rotateShape(LEVEL, degrees);
        const across = { x: held.x === 0 ? 0 : -held.x, y: held.y === 0 ? 0 : -held.y } as typeof held;
        const from = handlePoint(shape, held);
        const after = resizeShape(shape, held, { x: from.x + by.x, y: from.y + by.y }, FREE);
        const [kept, was] = [handlePoint(after, across), handlePoint(shape, across)];
        expect([kept.x, kept.y]).toEqual([near(was.x), near(was.y)]);
        expect(after.box[2] - after.box[0]).toBeGreaterThanOrEqual(LEAST_BOX_PX - 1e-6);
        expect(after.box[3] - after.box[1]).toBeGreaterThanOrEqual(LEAST_BOX_PX - 1e-6);
      }),
    );
  });

  it('has the handle where the pointer is, however it is turned', () => {
    const farther = fc.double({ min: 0, max: 300, noNaN: true });
    fc.assert(
      fc.property(angle, handle, farther, farther, (degrees, held, x, y) => {
        const shape = rotateShape(LEVEL, degrees);
        const from = handlePoint(shape, held);
        // Away from the middle, along the sides of the box.
        const along = turned({ x: held.x * x, y: held.y * y }, { x: 0, y: 0 }, degrees);
        const to = { x: from.x + along.x, y: from.y + along.y };
        const at = handlePoint(resizeShape(shape, held, to, FREE), held);
        expect([at.x, at.y]).toEqual([near(to.x), near(to.y)]);
      }),
    );
  });

  it('lies where the pointer is', () => {
    const after = resizeShape(LEVEL, { x: 1, y: 1 }, { x: 260, y: 300 }, FREE);
    expect(after.box).toEqual([100, 100, 260, 300]);
    // The left eye stays at three tenths of the width.
    expect(after.landmarks[0]).toEqual([near(148), near(100 + (200 * 50) / 120)]);
  });

  it('leaves its landmarks where they are when only the box is meant', () => {
    const after = resizeShape(
      LEVEL,
      { x: -1, y: 0 },
      { x: 40, y: 0 },
      { keepsRatio: false, movesLandmarks: false },
    );
    expect(after.box).toEqual([40, 100, 200, 220]);
    expect(after.landmarks).toEqual(LEVEL.landmarks);
  });

  it('keeps the ratio of its sides where it is asked to', () => {
    const after = resizeShape(
      LEVEL,
      { x: 1, y: 1 },
      { x: 300, y: 230 },
      { keepsRatio: true, movesLandmarks: true },
    );
    expect(after.box).toEqual([100, 100, near(300), near(340)]);
  });

  it('grows about its middle by keys', () => {
    expect(growShape(LEVEL, { x: 2, y: 0 }).box).toEqual([99, 100, 201, 220]);
    expect(growShape(LEVEL, { x: 0, y: -4 }).box).toEqual([100, 102, 200, 218]);
  });
});

describe('a face that is turned', () => {
  it('takes its landmarks along and comes back', () => {
    fc.assert(
      fc.property(angle, (degrees) => {
        const there = rotateShape(LEVEL, degrees);
        expect(isSameShape(rotateShape(there, -degrees), LEVEL)).toBe(true);
      }),
    );
    const quarter = rotateShape(LEVEL, 90);
    expect(quarter.rotationDegrees).toBe(90);
    // What was above the middle is to its right.
    expect(quarter.landmarks[2]).toEqual([near(140), near(160)]);
    const [corner] = cornersOf(quarter);
    expect([corner?.x, corner?.y]).toEqual([near(210), near(110)]);
  });

  it('turns as far as the pointer went round its middle', () => {
    expect(turnBetween(LEVEL, { x: 150, y: 50 }, { x: 300, y: 160 })).toBeCloseTo(90);
    expect(turnBetween(LEVEL, { x: 150, y: 50 }, { x: 10, y: 160 })).toBeCloseTo(-90);
    expect(rotateShape({ ...LEVEL, rotationDegrees: 170 }, 20).rotationDegrees).toBeCloseTo(-170);
  });
});

describe('a face', () => {
  it('moves as a whole, and a landmark by itself', () => {
    expect(moveShape(LEVEL, { x: 5, y: -3 })).toMatchObject({ box: [105, 97, 205, 217] });
    const after = moveLandmark(LEVEL, 2, { x: 1, y: 2 });
    expect(after.landmarks[2]).toEqual([1, 2]);
    expect(after.box).toEqual(LEVEL.box);
  });

  it('is drawn from any corner, and not from a mere click', () => {
    expect(drawnShape({ x: 50, y: 80 }, { x: 10, y: 20 })?.box).toEqual([10, 20, 50, 80]);
    expect(drawnShape({ x: 50, y: 80 }, { x: 52, y: 81 })).toBeNull();
  });

  it('cannot be lost beside the photo', () => {
    fc.assert(
      fc.property(point, (by) => {
        const { box } = keepInPhoto(moveShape(LEVEL, by), { width: 300, height: 200 });
        const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
        expect(x >= -1e-9 && x <= 300 + 1e-9 && y >= -1e-9 && y <= 200 + 1e-9).toBe(true);
      }),
    );
  });

  it('knows what of it is within', () => {
    const diamond = rotateShape({ ...LEVEL, box: [100, 100, 200, 200] }, 45);
    expect(isWithin(diamond, { x: 150, y: 85 })).toBe(true);
    expect(isWithin(diamond, { x: 105, y: 105 })).toBe(false);
  });
});

describe('a grip', () => {
  it('is what lies below the pointer, at any zoom', () => {
    for (const scale of [0.25, 1, 4]) {
      const shape = { ...LEVEL, box: [100, 100, 500, 500] as [number, number, number, number] };
      const off = 6 / scale;
      expect(gripAt(shape, { x: 500 + off, y: 500 }, scale, true)).toEqual({
        kind: 'resize',
        handle: { x: 1, y: 1 },
      });
      expect(gripAt(shape, { x: 100 - off, y: 300 }, scale, true)).toEqual({
        kind: 'resize',
        handle: { x: -1, y: 0 },
      });
      expect(gripAt(shape, { x: 130 - off, y: 150 }, scale, true)).toEqual({ kind: 'landmark', place: 0 });
      expect(gripAt(shape, { x: 400, y: 400 }, scale, true)).toEqual({ kind: 'move' });
      expect(gripAt(shape, knobPoint(shape, scale), scale, true)).toEqual({ kind: 'turn' });
      expect(gripAt(shape, { x: 700, y: 700 }, scale, true)).toBeNull();
    }
    expect(gripAt(LEVEL, { x: 130, y: 150 }, 1, false)).toEqual({ kind: 'move' });
  });

  it('of a small box leaves room to move it by', () => {
    expect(gripAt({ ...LEVEL, box: [100, 100, 130, 130] }, { x: 100, y: 115 }, 1, false)).toEqual({
      kind: 'move',
    });
  });

  it('shows by its cursor where it leads, also on a turned box', () => {
    const corner = { kind: 'resize', handle: { x: 1, y: 1 } } as const;
    expect(cursorOf(corner, 0)).toBe('nwse-resize');
    expect(cursorOf(corner, 45)).toBe('ns-resize');
    expect(cursorOf({ kind: 'resize', handle: { x: 0, y: -1 } }, 0)).toBe('ns-resize');
    expect(cursorOf({ kind: 'resize', handle: { x: 1, y: 0 } }, 90)).toBe('ns-resize');
  });
});
