import { expect, test } from 'vitest';
import { boundedScale, toPhoto, viewGeometry, viewPhoto } from './view.ts';

/** Two rows of three pixels, each of another grey. */
const PHOTO = {
  widthPx: 3,
  heightPx: 2,
  pixels: Uint8Array.from([10, 20, 30, 40, 50, 60].flatMap((grey) => [grey, grey, grey])),
};
const greys = ({ pixels }: { readonly pixels: Uint8Array }): readonly number[] =>
  [...pixels].filter((_, place) => place % 3 === 0);

test('a view that was turned clockwise by a quarter has the left column on top', () => {
  const view = viewPhoto(PHOTO, { rotationDegrees: 90, scale: 1 });
  expect([view.widthPx, view.heightPx]).toEqual([2, 3]);
  expect(greys(view)).toEqual([40, 10, 50, 20, 60, 30]);
});

test('a view as the photo is has its pixels', () => {
  expect(greys(viewPhoto(PHOTO, { rotationDegrees: 0, scale: 1 }))).toEqual(greys(PHOTO));
});

test('points of a view lie where the photo shows the same', () => {
  const photo = { widthPx: 400, heightPx: 300 };
  const turned = viewGeometry(photo, { rotationDegrees: 90, scale: 2 });
  expect([turned.widthPx, turned.heightPx]).toEqual([600, 800]);
  // The photo's upper left corner is the upper right one now.
  expect(toPhoto(turned, [600, 0])).toEqual([expect.closeTo(0), expect.closeTo(0)]);
  expect(toPhoto(turned, [600, 800])).toEqual([expect.closeTo(400), expect.closeTo(0)]);
  const aslant = viewGeometry(photo, { rotationDegrees: 30, scale: 1 });
  expect(toPhoto(aslant, [aslant.widthPx / 2, aslant.heightPx / 2])).toEqual([
    expect.closeTo(200),
    expect.closeTo(150),
  ]);
});

test('a view is enlarged no farther than its pixels allow, and never made smaller', () => {
  const photo = { widthPx: 1000, heightPx: 1000 };
  expect(boundedScale(photo, { rotationDegrees: 0, scale: 4 }, 4e6)).toBe(2);
  expect(boundedScale(photo, { rotationDegrees: 0, scale: 1.5 }, 4e6)).toBe(1.5);
  expect(boundedScale(photo, { rotationDegrees: 0, scale: 2 }, 1000)).toBe(1);
});
