import { describe, expect, it } from 'vitest';
import { searchFaces } from './search.ts';

/** Faces on a line: 0, 1, 2, 4, 8, 16. */
const vectors = {
  count: 6,
  dimensions: 2,
  values: Float32Array.from([0, 0, 1, 0, 2, 0, 4, 0, 8, 0, 16, 0]),
};
const search = (near: Int32Array | Float32Array, among: readonly number[]) =>
  searchFaces(vectors, { near, among: Int32Array.from(among) }).map(({ face, distance }) => [face, distance]);

describe('searching faces', () => {
  it('lists those it may find by their distance to a face', () => {
    expect(search(Int32Array.of(2), [0, 1, 3, 5])).toEqual([
      [1, 1],
      [0, 2],
      [3, 2],
      [5, 14],
    ]);
  });

  it('takes a vector of its own', () => {
    expect(search(Float32Array.of(4, 3), [0, 3, 4])).toEqual([
      [3, 3],
      [0, 5],
      [4, 5],
    ]);
  });

  it('measures several by the mean to their nearest half, so that one who is wrong among them attracts nobody', () => {
    // Of 0, 1 and 16 the nearest two are asked.
    expect(search(Int32Array.of(0, 1, 5), [2, 4])).toEqual([
      [2, 1.5],
      [4, 7.5],
    ]);
  });

  it('asks a spread of very many', () => {
    const near = Int32Array.from({ length: 1000 }, (_, at) => (at < 500 ? 0 : 5));
    expect(search(near, [1, 4])).toEqual([
      [1, 1],
      [4, 8],
    ]);
  });

  it('finds nothing near to nothing', () => {
    expect(search(new Int32Array(0), [1, 2])).toEqual([]);
  });
});
