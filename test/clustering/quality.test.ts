import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dbscan } from '../../src/core/clustering/dbscan.ts';
import { createPlainForeignSearch } from '../../src/core/clustering/foreign.ts';
import { measureClusters } from '../../src/core/clustering/quality.ts';
import { graphOfSome, measureStability } from '../../src/core/clustering/stability.ts';
import golden from './golden.json' with { type: 'json' };
import { graphOf, vectorsOf } from './graphs.ts';

describe('quality against labels', () => {
  it('is that of scikit-learn, and of the definition of BCubed', () => {
    const { clusters, ...expected } = golden.quality;
    const found = measureClusters(clusters, golden.people);
    for (const name of Object.keys(expected) as (keyof typeof expected)[])
      // the keys of a literal record
      expect(found[name], name).toBeCloseTo(expected[name], 12);
  });

  it('is 1 for the right clusters by any other names, and never above', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 60 }),
        fc.infiniteStream(fc.nat(8)),
        (people, stream) => {
          const right = measureClusters(
            people.map((person) => 100 - person),
            people,
          );
          for (const value of Object.values(right)) expect(value).toBeCloseTo(1, 12);
          const other = measureClusters([...stream.take(people.length)], people);
          for (const value of Object.values(other)) expect(value).toBeLessThanOrEqual(1 + 1e-12);
        },
      ),
    );
  });

  it('refuses another count of labels', () => {
    expect(() => measureClusters([1, 2], [1])).toThrow(RangeError);
    expect(() => measureClusters([], [])).toThrow(RangeError);
  });
});

const vectors = vectorsOf(golden.vectors);

describe('stability without labels', () => {
  it('looks at the exact neighbours that the faces kept have among themselves', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: 239 }), { minLength: 60, maxLength: 240 }), (chosen) => {
        const kept = Int32Array.from(chosen).sort();
        const some = graphOfSome(graphOf(vectors, 40), kept);
        const alone = vectorsOf([...kept].map((face) => golden.vectors[face] ?? []));
        expect(some).toEqual(graphOf(alone, some.k));
      }),
      { numRuns: 20 },
    );
  });

  it('is 1 for clusters far apart, and less where faces left out change them', async () => {
    const stabilityOf = async (rows: readonly (readonly number[])[], eps: number, minSamples: number) => {
      const all = vectorsOf(rows);
      const settings = { eps, minSamples };
      const graph = graphOf(all, 30);
      const { labels } = await dbscan(graph, settings, createPlainForeignSearch(all));
      return measureStability(
        graph,
        labels,
        async (some, kept) => {
          const among = vectorsOf([...kept].map((face) => rows[face] ?? []));
          return (await dbscan(some, settings, createPlainForeignSearch(among))).labels;
        },
        { rounds: 5, share: 0.8, seed: 3 },
      );
    };
    const apart = Array.from({ length: 40 }, (_, face) => [face % 2 === 0 ? 0 : 9, face / 1000]);
    expect(await stabilityOf(apart, 1, 2)).toBe(1);
    const chain = Array.from({ length: 60 }, (_, face) => [face, 0]);
    expect(await stabilityOf(chain, 1, 2)).toBeLessThan(0.9);
  });
});
