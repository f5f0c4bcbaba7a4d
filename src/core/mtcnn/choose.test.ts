import { expect, test } from 'vitest';
import { chooseFace } from './choose.ts';
import type { Box } from '../geometry/box.ts';

const around = (x: number, y: number, side: number): Box => [
  x - side / 2,
  y - side / 2,
  x + side / 2,
  y + side / 2,
];

test('a large face off the centre is taken, not a speck in the middle; the seed takes the speck (D6)', () => {
  const photo = { widthPx: 1200, heightPx: 800 };
  const faces = [around(400, 400, 300), around(600, 400, 24)];
  expect(chooseFace(faces, photo, false)).toBe(0);
  expect(chooseFace([around(200, 400, 300), around(600, 400, 24)], photo, true)).toBe(1);
});

test('of two faces of one size the one nearer to the centre is taken, by both rules', () => {
  const photo = { widthPx: 250, heightPx: 250 };
  const faces = [around(60, 125, 80), around(130, 120, 80)];
  expect(chooseFace(faces, photo, false)).toBe(1);
  expect(chooseFace(faces, photo, true)).toBe(1);
});

test('the choice is the same for a photo of twice the size', () => {
  const faces = [around(60, 125, 90), around(140, 120, 60)];
  const doubled = faces.map(([x1, y1, x2, y2]): Box => [2 * x1, 2 * y1, 2 * x2, 2 * y2]);
  expect(chooseFace(doubled, { widthPx: 500, heightPx: 500 }, false)).toBe(
    chooseFace(faces, { widthPx: 250, heightPx: 250 }, false),
  );
});

test('without faces there is none to choose', () => {
  expect(chooseFace([], { widthPx: 10, heightPx: 10 }, false)).toBeNull();
});
