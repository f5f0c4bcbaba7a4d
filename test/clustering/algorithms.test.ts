import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chineseWhispers, similarityEdges } from '../../src/core/clustering/chinese-whispers.ts';
import { countSingletons, numbered } from '../../src/core/clustering/clustering.ts';
import { dbscan } from '../../src/core/clustering/dbscan.ts';
import { createPlainForeignSearch } from '../../src/core/clustering/foreign.ts';
import { hdbscan } from '../../src/core/clustering/hdbscan/hdbscan.ts';
import { coreDistances, spanningTree } from '../../src/core/clustering/hdbscan/spanning-tree.ts';
import { distanceBetween, type Vectors } from '../../src/core/neighbours/graph.ts';
import golden from './golden.json' with { type: 'json' };
import { graphOf, lengthsOf, vectorsOf } from './graphs.ts';

// golden.py beside it made golden.json.
const vectors = vectorsOf(golden.vectors);
const search = createPlainForeignSearch(vectors);
const unlimited = Number.MAX_SAFE_INTEGER;

/** Labels of scikit-learn, in which -1 is noise, as clusters in which each such face is alone. */
const withSingles = (labels: readonly number[]): Int32Array =>
  numbered(labels.map((label, face) => (label < 0 ? -1 - face : label))).labels;

describe.each(golden.dbscan)('DBSCAN with eps $eps and $minSamples samples', (expected) => {
  it.each([1, 3, 10, 239])('of lists of %i neighbours has the clusters of scikit-learn', async (k) => {
    const { eps, minSamples } = expected;
    const graph = graphOf(vectors, Math.max(k, minSamples));
    const { labels, isCore } = await dbscan(graph, { eps, minSamples }, search);
    expect([...isCore].flatMap((is, face) => (is === 1 ? [face] : []))).toEqual(expected.cores);
    // Border faces may be on either side.
    const isSure = (face: number): boolean => isCore[face] === 1 || (expected.labels[face] ?? 0) < 0;
    const sure = [...labels.keys()].filter(isSure);
    const wanted = withSingles(expected.labels);
    expect(numbered(sure.map((face) => labels[face] ?? 0)).labels).toEqual(
      numbered(sure.map((face) => wanted[face] ?? 0)).labels,
    );
    for (const face of labels.keys()) {
      if (isSure(face)) continue;
      const mates = [...labels.keys()].filter(
        (other) => labels[other] === labels[face] && isCore[other] === 1,
      );
      expect(Math.min(...mates.map((other) => distanceBetween(vectors, face, other)))).toBeLessThanOrEqual(
        eps,
      );
    }
  });
});

describe.each(golden.hdbscan)(
  'HDBSCAN with clusters of $minClusterSize and $minSamples samples',
  (expected) => {
    it.each([1, 3, 10, 239])('of lists of %i neighbours is that of scikit-learn', async (k) => {
      const { minClusterSize, minSamples } = expected;
      const graph = graphOf(vectors, Math.max(k, minSamples));
      const settings = { minClusterSize, minSamples, searchBudget: unlimited };
      const found = await hdbscan(graph, settings, search);
      expect(found.isExact).toBe(true);
      expect(found.labels).toEqual(withSingles(expected.labels));
      found.probabilities.forEach((probability, face) => {
        expect(probability).toBeCloseTo(expected.probabilities[face] ?? 0, 5);
      });
    });
  },
);

describe.each(golden.chineseWhispers)('Chinese whispers above $threshold', (expected) => {
  it('has the clusters of the seed system, and keeps the faces that it loses', () => {
    const edges = similarityEdges(graphOf(vectors, 239), lengthsOf(vectors), expected.threshold);
    const { labels } = chineseWhispers(edges, expected);
    expect(labels).toEqual(numbered(expected.labels).labels);
  });
});

describe('Chinese whispers', () => {
  it('is the same for one seed, and another for another', () => {
    const edges = similarityEdges(graphOf(vectors, 20), lengthsOf(vectors), 0.55);
    const run = (seed: number) => chineseWhispers(edges, { iterations: 1, seed }).labels;
    expect(run(5)).toEqual(run(5));
    expect(run(5)).not.toEqual(run(6));
  });
});

describe('HDBSCAN', () => {
  it('has the same clusters whatever the order of the faces', async () => {
    const run = async (rows: readonly (readonly number[])[]) => {
      const all = vectorsOf(rows);
      const settings = { minClusterSize: 4, minSamples: 5, searchBudget: unlimited };
      return (await hdbscan(graphOf(all, 6), settings, createPlainForeignSearch(all))).labels;
    };
    const straight = await run(golden.vectors);
    for (const step of [7, 77, 131]) {
      const order = golden.vectors.map((_, place) => (place * step) % golden.vectors.length);
      const turned = await run(order.map((face) => golden.vectors[face] ?? []));
      expect(numbered(order.map((face) => straight[face] ?? 0)).labels).toEqual(turned);
    }
  });
});

/** Sixteenths, so that distances are exact and equals are equals. */
const anyVectors = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 })), {
    minLength: 2,
    maxLength: 60,
  })
  .map((points) => vectorsOf(points.map(([x, y]) => [x / 16, y / 16])));

const reachability = (of: Vectors, cores: Float64Array, a: number, b: number): number =>
  Math.max(Math.fround(distanceBetween(of, a, b)), cores[a] ?? 0, cores[b] ?? 0);

/** Prim's algorithm over all pairs, as the textbook has it. */
const lengthOfTree = (of: Vectors, cores: Float64Array): number => {
  const nearest = new Float64Array(of.count).fill(Infinity);
  const isIn = new Uint8Array(of.count);
  let [length, at] = [0, 0];
  for (let step = 1; step < of.count; step += 1) {
    isIn[at] = 1;
    let next = -1;
    for (let face = 0; face < of.count; face += 1) {
      if (isIn[face] === 1) continue;
      nearest[face] = Math.min(nearest[face] ?? 0, reachability(of, cores, at, face));
      if (next < 0 || (nearest[face] ?? 0) < (nearest[next] ?? 0)) next = face;
    }
    length += nearest[next] ?? 0;
    at = next;
  }
  return length;
};

describe('the spanning tree', () => {
  it('is as short as that over all pairs, however short the lists are', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyVectors,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 6 }),
        async (some, k, wanted) => {
          const minSamples = Math.min(wanted, some.count);
          const graph = graphOf(some, Math.max(k, minSamples));
          const cores = coreDistances(graph, minSamples);
          const tree = await spanningTree(graph, cores, createPlainForeignSearch(some), unlimited);
          const length = tree.distances.reduce((sum, distance) => sum + distance, 0);
          expect(length).toBeCloseTo(lengthOfTree(some, cores), 4);
          expect([...tree.distances].sort((a, b) => a - b)).toEqual([...tree.distances]);
        },
      ),
    );
  });

  it('without searches is that of the graph, and says so', async () => {
    const some = vectorsOf([[0], [1], [2.5], [10], [11], [12.5]]);
    const refuse = () => Promise.reject(new Error('No search was allowed.'));
    const tree = await spanningTree(graphOf(some, 1), new Float64Array(6), refuse, 0);
    expect([...tree.distances]).toEqual([1, 1, 1.5, 1.5, Infinity]);
    expect(tree.isExact).toBe(false);
  });
});

describe('every algorithm', () => {
  it('keeps faces alone, equal faces and a single face', async () => {
    for (const rows of [
      [[1, 1]],
      [
        [0, 0],
        [9, 9],
      ],
      [
        [1, 0],
        [1, 0],
        [0, 5],
        [0, 5],
        [9, 9],
      ],
    ]) {
      const few = vectorsOf(rows);
      const graph = graphOf(few, 5);
      const plain = createPlainForeignSearch(few);
      const results = [
        await dbscan(graph, { eps: 0.5, minSamples: 2 }, plain),
        await hdbscan(graph, { minClusterSize: 2, minSamples: 2, searchBudget: unlimited }, plain),
        chineseWhispers(similarityEdges(graph, lengthsOf(few), 0.99), { iterations: 20, seed: 1 }),
      ];
      for (const { labels } of results) expect(labels).toHaveLength(rows.length);
      if (rows.length === 5)
        for (const found of results) {
          expect(countSingletons(found)).toBe(1);
          expect(found.clusters).toBe(3);
        }
    }
  });
});
