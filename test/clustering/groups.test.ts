import { describe, expect, it } from 'vitest';
import { compareClusters } from '../../src/core/clustering/changes.ts';
import { LEFT_OUT, NEW } from '../../src/core/clustering/clustering.ts';
import { cutGroup, linkGroup, MOST_CUT } from '../../src/core/clustering/cut.ts';
import { closestPairs, describeGroups } from '../../src/core/clustering/groups.ts';
import { suggestMerges } from '../../src/core/clustering/suggestions.ts';
import { distanceBetween } from '../../src/core/neighbours/graph.ts';
import { extendGraph } from '../../src/node/neighbours/find.ts';
import golden from './golden.json' with { type: 'json' };
import { graphOf, vectorsOf } from './graphs.ts';

// golden.py beside it made golden.json.
const vectors = vectorsOf(golden.vectors);
const whole = graphOf(vectors, vectors.count - 1);
const shown = { labels: Int32Array.from(golden.groups.labels), clusters: golden.groups.certainties.length };
const always = (): boolean => true;

describe('groups', () => {
  it('are as certain as the definition of the silhouette says', () => {
    const { certainties } = describeGroups(shown, whole, vectors);
    golden.groups.certainties.forEach((expected, cluster) => {
      expect(certainties[cluster], String(cluster)).toBeCloseTo(expected, 5);
    });
  });

  it('hold each face once, the nearest to the middle of the others first', () => {
    const { starts, members } = describeGroups(shown, whole, vectors);
    expect([...members].sort((a, b) => a - b)).toEqual([...shown.labels.keys()]);
    for (let cluster = 0; cluster < shown.clusters; cluster += 1) {
      const faces = [...members.subarray(starts[cluster], starts[cluster + 1])];
      const distances = faces.map((face) => {
        const others = faces.filter((other) => other !== face).map((other) => golden.vectors[other] ?? []);
        const middle = others[0]?.map(
          (_, d) => others.reduce((sum, row) => sum + (row[d] ?? 0), 0) / others.length,
        );
        return Math.hypot(...(middle ?? []).map((value, d) => value - (golden.vectors[face]?.[d] ?? 0)));
      });
      for (const [place, distance] of distances.entries())
        expect(distance).toBeGreaterThanOrEqual((distances[place - 1] ?? 0) - 1e-9);
    }
  });

  it('leave out faces that take no part', () => {
    const labels = Int32Array.of(0, NEW, 0, LEFT_OUT, 1);
    const { starts, members } = describeGroups(
      { labels, clusters: 2 },
      graphOf(vectorsOf([[0], [0.1], [0.2], [0.3], [9]]), 4),
      vectorsOf([[0], [0.1], [0.2], [0.3], [9]]),
    );
    expect([[...starts], [...members].sort((a, b) => a - b)]).toEqual([
      [0, 2, 3],
      [0, 2, 4],
    ]);
  });
});

describe('suggestions', () => {
  it('are the pairs of groups with the shortest edges between them', () => {
    const found = suggestMerges(shown, whole, 0.7, always);
    expect(found.map(({ clusters }) => clusters)).toEqual(
      golden.groups.merges.map(({ clusters }) => clusters),
    );
    found.forEach(({ distance }, place) => {
      expect(distance).toBeCloseTo(golden.groups.merges[place]?.distance ?? 0, 5);
    });
  });

  it('do not ask again what somebody said no to', () => {
    const [first, ...others] = golden.groups.merges;
    const isNo = (a: number, b: number): boolean =>
      [a, b]
        .map((face) => shown.labels[face] ?? 0)
        .sort((one, other) => one - other)
        .join() === first?.clusters.join();
    const found = suggestMerges(shown, whole, 0.7, (a, b) => !isNo(a, b));
    expect(found.map(({ clusters }) => clusters)).toEqual(others.map(({ clusters }) => clusters));
  });

  it('are shown by the closest faces, none twice', () => {
    const [first] = golden.groups.merges;
    const [ones, others] = (first?.clusters ?? []).map((cluster) =>
      Int32Array.from(shown.labels.keys()).filter((face) => shown.labels[face] === cluster),
    );
    const pairs = closestPairs(vectors, ones ?? new Int32Array(0), others ?? new Int32Array(0), 5);
    const all = [...(ones ?? [])].flatMap((a) =>
      [...(others ?? [])].map((b) => distanceBetween(vectors, a, b)),
    );
    expect(pairs[0]?.distance).toBe(Math.min(...all));
    const faces = pairs.flatMap((pair) => [...pair.faces]);
    expect(new Set(faces).size).toBe(faces.length);
    expect(pairs.map(({ distance }) => distance)).toEqual(
      pairs.map(({ distance }) => distance).toSorted((a, b) => a - b),
    );
  });
});

describe('a cut', () => {
  it.each(golden.cuts)('of a group at $distance is that of scipy', ({ faces, distance, parts }) => {
    const found = cutGroup(linkGroup(vectors, Int32Array.from(faces)), distance);
    const text = (each: readonly (readonly number[])[]) => each.map((part) => part.join(' ')).sort();
    expect(text(found.map((part) => [...part]))).toEqual(text(parts));
    const sizes = found.map((part) => part.length);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
  });

  it('refuses more faces than somebody would wait for', () => {
    const many = vectorsOf(Array.from({ length: MOST_CUT + 1 }, (_, place) => [place]));
    expect(() =>
      linkGroup(
        many,
        Int32Array.from({ length: MOST_CUT + 1 }, (_, place) => place),
      ),
    ).toThrow(RangeError);
  });
});

describe('another run', () => {
  it('joins and parts groups, those of the most faces first, faces without a group aside', () => {
    const before = Int32Array.of(0, 0, 1, 1, 1, 2, 3, 3, 3, 3, NEW);
    const after = Int32Array.of(5, 5, 5, 5, 5, 6, 7, 7, 8, 9, 7);
    expect(compareClusters(before, after)).toEqual({ joined: [[0, 1]], parted: [3] });
  });
});

describe('a graph that is extended', () => {
  it('has the exact neighbours of the new faces, and those of before as they were', async () => {
    const first = 200;
    const before = graphOf(vectorsOf(golden.vectors.slice(0, first)), 7);
    const extended = await extendGraph(before, vectors);
    const exact = graphOf(vectors, 7);
    expect(extended).toMatchObject({ count: vectors.count, k: 7 });
    expect(extended.indices.subarray(0, first * 7)).toEqual(before.indices);
    expect(extended.indices.subarray(first * 7)).toEqual(exact.indices.subarray(first * 7));
  });
});
