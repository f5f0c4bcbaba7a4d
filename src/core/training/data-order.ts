import { createRandom, shuffledIndices } from './random.ts';

/**
 * The order in which a training sees its images: pass after pass over all of them, each pass shuffled by itself, out of the seed alone. So a
 * position is all that a checkpoint has to keep.
 */
export type DataOrder = {
  /** The images at `count` positions from `position` on. */
  at(position: number, count: number): Int32Array;
};

/** @throws RangeError without images */
export const createDataOrder = (images: number, seed: number): DataOrder => {
  if (images < 1) throw new RangeError('There are no images to put in order.');
  let known: { readonly pass: number; readonly order: Int32Array } = { pass: -1, order: new Int32Array() };
  const orderOf = (pass: number): Int32Array => {
    if (known.pass !== pass)
      known = {
        pass,
        order: shuffledIndices(images, createRandom((seed ^ Math.imul(pass + 1, 0x85ebca6b)) >>> 0)),
      };
    return known.order;
  };
  return {
    at: (position, count) =>
      Int32Array.from({ length: count }, (_, index) => {
        const place = position + index;
        return orderOf(Math.floor(place / images))[place % images] ?? 0;
      }),
  };
};
