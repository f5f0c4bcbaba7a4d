import { expect, test } from 'vitest';
import { matchFaces } from './match-faces.ts';

test('a face keeps its id when it is found a little elsewhere, and another face gets none', () => {
  const known = [
    { id: 7, box: [0, 0, 100, 100] as [number, number, number, number] },
    { id: 9, box: [300, 0, 400, 100] as [number, number, number, number] },
  ];
  expect(
    matchFaces(
      [
        [305, 5, 405, 105],
        [600, 0, 700, 100],
        [4, 0, 104, 100],
      ],
      known,
    ),
  ).toEqual([9, null, 7]);
});

test('of two boxes over one face the nearer one is it', () => {
  const known = [{ id: 1, box: [0, 0, 100, 100] as [number, number, number, number] }];
  expect(
    matchFaces(
      [
        [20, 0, 120, 100],
        [1, 0, 101, 100],
      ],
      known,
    ),
  ).toEqual([null, 1]);
});
