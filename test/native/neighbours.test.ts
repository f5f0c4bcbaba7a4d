import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainSearch } from '../../src/core/neighbours/plain-search.ts';
import { paddedCount, type SearchLoops } from '../../src/core/neighbours/search-loops.ts';
import { loadAddon } from '../../src/node/processes/addons.ts';

// As in node/neighbours/loops.ts.
const compiled = loadAddon('neighbours') as SearchLoops | null;

type Case = { readonly count: number; readonly dimensions: number; readonly values: Float32Array };

const run = (loops: SearchLoops, { count, dimensions, values }: Case, k: number) => {
  const padded = paddedCount(count);
  const panels = new Float32Array(padded * dimensions);
  const squares = new Float32Array(padded);
  const indices = new Int32Array(count * k).fill(-1);
  const distances = new Float32Array(count * k).fill(-1);
  loops.arrange(values, count, dimensions, panels, squares);
  const middle = Math.floor(count / 3);
  for (const [first, last] of [
    [0, middle],
    [middle, count],
  ] as const)
    loops.search(values, count, dimensions, panels, squares, k, first, last, indices, distances);
  return { indices, distances, panels, squares };
};

/** Sixteenths, so that sums of squares are exact in single precision too and equals are equals. */
const anyVectors = fc
  .tuple(fc.integer({ min: 2, max: 150 }), fc.integer({ min: 1, max: 40 }))
  .chain(([count, dimensions]): fc.Arbitrary<Case> =>
    fc
      .array(fc.integer({ min: -16, max: 16 }), {
        minLength: count * dimensions,
        maxLength: count * dimensions,
      })
      .map((whole) => ({ count, dimensions, values: Float32Array.from(whole, (value) => value / 16) })),
  );

/** Written down as the definition says it. */
const byDefinition = ({ count, dimensions, values }: Case, row: number, k: number) =>
  Array.from({ length: count }, (_, index) => ({
    index,
    square: Array.from(
      { length: dimensions },
      (_unused, d) => ((values[row * dimensions + d] ?? 0) - (values[index * dimensions + d] ?? 0)) ** 2,
    ).reduce((sum, part) => sum + part, 0),
  }))
    .filter(({ index }) => index !== row)
    .sort((a, b) => a.square - b.square || a.index - b.index)
    .slice(0, k);

describe('the nearest neighbours', () => {
  it('in TypeScript are those of the definition, equals in the order of their indices', () => {
    fc.assert(
      fc.property(anyVectors, fc.integer({ min: 1, max: 60 }), (vectors, wanted) => {
        const k = Math.min(wanted, vectors.count - 1);
        const { indices, distances } = run(plainSearch, vectors, k);
        for (let row = 0; row < vectors.count; row += 1) {
          const expected = byDefinition(vectors, row, k);
          expect([...indices.subarray(row * k, (row + 1) * k)]).toEqual(expected.map(({ index }) => index));
          expect([...distances.subarray(row * k, (row + 1) * k)]).toEqual(
            expected.map(({ square }) => Math.fround(Math.sqrt(square))),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of the compiled loops are the same, to the last bit', (context) => {
    if (compiled === null) return context.skip('needs the native loops (a C++ compiler at setup)');
    fc.assert(
      fc.property(anyVectors, fc.integer({ min: 1, max: 60 }), (vectors, wanted) => {
        const k = Math.min(wanted, vectors.count - 1);
        expect(run(compiled, vectors, k)).toEqual(run(plainSearch, vectors, k));
      }),
    );
  });

  it('of many random vectors are the same too', (context) => {
    if (compiled === null) return context.skip('needs the native loops (a C++ compiler at setup)');
    let state = 1;
    const values = Float32Array.from({ length: 3000 * 128 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 8) / 2 ** 24 - 0.5;
    });
    const vectors = { count: 3000, dimensions: 128, values };
    expect(run(compiled, vectors, 50).indices).toEqual(run(plainSearch, vectors, 50).indices);
  });

  it('are none to what holds no numbers', (context) => {
    if (compiled === null) return context.skip('needs the native loops (a C++ compiler at setup)');
    const values = new Float32Array(12).fill(Number.NaN);
    const { indices, distances } = run(compiled, { count: 6, dimensions: 2, values }, 3);
    expect(new Set(indices)).toEqual(new Set([-1]));
    expect(new Set(distances)).toEqual(new Set([Infinity]));
  });

  it('are refused when the arrays do not fit together', (context) => {
    if (compiled === null) return context.skip('needs the native loops (a C++ compiler at setup)');
    const [values, indices] = [new Float32Array(40), new Int32Array(20)];
    const search = (k: number, last: number, found: Int32Array): void => {
      compiled.search(
        values,
        10,
        4,
        new Float32Array(128),
        new Float32Array(32),
        k,
        0,
        last,
        found,
        new Float32Array(40),
      );
    };
    search(2, 10, indices);
    for (const wrong of [
      () => search(3, 10, indices),
      () => search(2, 11, indices),
      () => search(10, 10, new Int32Array(100)),
    ])
      expect(wrong).toThrow(/do not fit together/);
  });
});

describe('a nearest foreign neighbour', () => {
  it('of the compiled loops is as near as that of the TypeScript', (context) => {
    if (compiled === null) return context.skip('needs the native loops (a C++ compiler at setup)');
    fc.assert(
      fc.property(
        anyVectors,
        fc.infiniteStream(fc.integer({ min: -1, max: 4 })),
        fc.infiniteStream(fc.integer({ min: 0, max: 40 })),
        fc.boolean(),
        ({ count, dimensions, values }, groupStream, sizeStream, hasCores) => {
          const groups = Int32Array.from([...groupStream.take(count)]);
          const cores = hasCores ? Float64Array.from([...sizeStream.take(count)], (size) => size / 16) : null;
          const rows = Int32Array.from(groups.keys()).filter((index) => index % 3 !== 1);
          const bounds = Float64Array.from(rows, (row) => (row % 2 === 0 ? Infinity : (row % 40) / 8));
          const answers = [compiled, plainSearch].map((loops) => {
            const panels = new Float32Array(paddedCount(count) * dimensions);
            const squares = new Float32Array(paddedCount(count));
            loops.arrange(values, count, dimensions, panels, squares);
            const indices = new Int32Array(rows.length).fill(-9);
            const distances = new Float64Array(rows.length).fill(-9);
            const middle = Math.floor(rows.length / 2);
            for (const [first, last] of [
              [0, middle],
              [middle, rows.length],
            ] as const)
              loops.searchForeign(
                values,
                count,
                dimensions,
                panels,
                squares,
                groups,
                cores,
                rows,
                bounds,
                first,
                last,
                indices,
                distances,
              );
            return { indices, distances };
          });
          expect(answers[0]?.distances).toEqual(answers[1]?.distances);
          rows.forEach((row, place) => {
            const found = answers[0]?.indices[place] ?? -9;
            if (found >= 0) expect([groups[row], -1]).not.toContain(groups[found]);
            expect(found < 0).toBe(answers[1]?.distances[place] === Infinity);
          });
        },
      ),
    );
  });
});
