import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edgesOfNew, joinArrivals } from '../../src/core/clustering/arrivals.ts';
import { NEW, numbered } from '../../src/core/clustering/clustering.ts';
import {
  applyConstraints,
  unconstrained,
  type Constraints,
  type FacePair,
} from '../../src/core/clustering/constraints.ts';
import { dbscan } from '../../src/core/clustering/dbscan.ts';
import { createPlainForeignSearch } from '../../src/core/clustering/foreign.ts';
import { settle } from '../../src/core/clustering/settle.ts';
import { graphOf, vectorsOf } from './graphs.ts';

const line = (places: readonly number[]) => vectorsOf(places.map((place) => [place]));

const clusterLine = async (places: readonly number[], constraints: Partial<Constraints>) => {
  const vectors = line(places);
  const graph = graphOf(vectors, 3);
  const found = await dbscan(graph, { eps: 1, minSamples: 1 }, createPlainForeignSearch(vectors));
  const { labels, conflicts } = settle(found, graph, { ...unconstrained(places.length), ...constraints });
  return { labels: [...labels], conflicts };
};

describe('clusters that obey', () => {
  it('are joined where two of their faces are one person', async () => {
    const { labels } = await clusterLine([0, 1, 8, 9, 20], { together: [[1, 3]] });
    expect(labels).toEqual([0, 0, 0, 0, 1]);
  });

  it('fall apart between two people, each face on the side that it is nearer to', async () => {
    const { labels, conflicts } = await clusterLine([0, 0.9, 1.7, 2.7, 3.5], { apart: [[0, 4]] });
    expect(labels).toEqual([0, 0, 0, 1, 1]);
    expect(conflicts).toEqual([]);
  });

  it('keep two faces of one photo apart, and two identities', async () => {
    const photos = Int32Array.of(1, 2, 2, 3);
    expect((await clusterLine([0, 0.5, 1.4, 2], { photos })).labels).toEqual([0, 0, 1, 1]);
    const people = Int32Array.of(5, 0, 0, 6);
    expect((await clusterLine([0, 0.5, 1.4, 2], { people })).labels).toEqual([0, 0, 1, 1]);
  });

  it('bring faces of one identity together from anywhere', async () => {
    const { labels } = await clusterLine([0, 50, 100], { people: Int32Array.of(7, 0, 7) });
    expect(labels).toEqual([0, 1, 0]);
  });
});

describe('contradictions', () => {
  const conflictsOf = (count: number, constraints: Partial<Constraints>) =>
    applyConstraints({ ...unconstrained(count), ...constraints }).conflicts;

  it('name the pairs that say the opposite', () => {
    expect(
      conflictsOf(4, {
        together: [
          [0, 1],
          [1, 2],
        ],
        apart: [[0, 2]],
      }),
    ).toEqual([{ kind: 'together', faces: [1, 2], because: 'pairs', pairs: [[0, 2]] }]);
  });

  it('name the way that leads from one face of a photo to the other', () => {
    const photos = Int32Array.of(1, 2, 3, 1);
    const together: FacePair[] = [
      [0, 1],
      [1, 2],
      [2, 3],
    ];
    expect(conflictsOf(4, { photos, together })).toEqual([
      { kind: 'photo', faces: [0, 3], because: 'pairs', pairs: together },
    ]);
  });

  it('give way to identities that a person gave', () => {
    const people = Int32Array.of(1, 1, 2, 0);
    expect(conflictsOf(4, { people, apart: [[0, 1]], together: [[1, 2]] })).toEqual([
      { kind: 'apart', faces: [0, 1], because: 'identities', pairs: [] },
      { kind: 'together', faces: [1, 2], because: 'identities', pairs: [] },
    ]);
  });
});

const COUNT = 30;
const face = fc.nat({ max: COUNT - 1 });
const pairs = fc.array(
  fc.tuple(face, face).filter(([a, b]) => a !== b),
  { maxLength: 12 },
);
const faces = fc.array(fc.nat({ max: 200 }), { minLength: COUNT, maxLength: COUNT });
const anyConstraints = fc.record({
  people: fc
    .array(fc.constantFrom(0, 0, 0, 0, 1, 2, 3), { minLength: COUNT, maxLength: COUNT })
    .map((each) => Int32Array.from(each)),
  together: pairs,
  apart: pairs,
  photos: fc
    .array(fc.nat({ max: 60 }), { minLength: COUNT, maxLength: COUNT })
    .map((each) => Int32Array.from(each)),
});

/** What labels break, but for what was set aside as a contradiction. */
const broken = (
  labels: Int32Array,
  constraints: Constraints,
  aside: readonly { readonly faces: FacePair }[],
): readonly string[] => {
  const isAside = (a: number, b: number): boolean =>
    aside.some(({ faces: [one, other] }) => (one === a && other === b) || (one === b && other === a));
  const cases: string[] = [];
  const check = (a: number, b: number, isOne: boolean, what: string): void => {
    if ((labels[a] === labels[b]) !== isOne && !isAside(a, b))
      cases.push(`${what} ${String(a)} ${String(b)}`);
  };
  for (const [a, b] of constraints.together) check(a, b, true, 'together');
  for (const [a, b] of constraints.apart) check(a, b, false, 'apart');
  for (let a = 0; a < COUNT; a += 1)
    for (let b = a + 1; b < COUNT; b += 1) {
      const [one, other] = [constraints.people[a] ?? 0, constraints.people[b] ?? 0];
      if (one !== 0 && other !== 0) check(a, b, one === other, 'people');
      if (constraints.photos?.[a] === constraints.photos?.[b]) check(a, b, false, 'photo');
    }
  return cases;
};

describe('any constraints', () => {
  it('are obeyed by a run, and what is set aside is told', async () => {
    await fc.assert(
      fc.asyncProperty(faces, anyConstraints, async (places, constraints) => {
        const vectors = line(places.map((place) => place / 10));
        const graph = graphOf(vectors, 5);
        const found = await dbscan(graph, { eps: 0.6, minSamples: 2 }, createPlainForeignSearch(vectors));
        const { labels, conflicts } = settle(found, graph, constraints);
        expect(labels).toHaveLength(COUNT);
        expect(broken(labels, constraints, conflicts)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are obeyed by faces that arrive, which move nobody', () => {
    fc.assert(
      fc.property(
        faces,
        anyConstraints,
        fc.integer({ min: 1, max: COUNT - 1 }),
        (places, constraints, first) => {
          const vectors = line(places.map((place) => place / 10));
          const graph = graphOf(vectors, 5);
          const before = settle(
            { ...numbered(places.slice(0, first).map((place) => Math.floor(place / 20))), links: [] },
            graphOf(line(places.slice(0, first)), 3),
            {
              people: constraints.people.slice(0, first),
              photos: constraints.photos.slice(0, first),
              together: constraints.together.filter((pair) => pair.every((each) => each < first)),
              apart: constraints.apart.filter((pair) => pair.every((each) => each < first)),
            },
          );
          const known = new Int32Array(COUNT).fill(NEW);
          known.set(before.labels);
          const edges = edgesOfNew(known, graph, 0.6);
          const { labels, conflicts } = joinArrivals(known, edges, constraints);
          expect(broken(labels, constraints, conflicts)).toEqual([]);
          if (conflicts.length > 0 || constraints.together.length > 0) return;
          // Nobody said that two clusters are one: those that were there stay as they were.
          const people = new Set(constraints.people);
          if (people.size > 1) return;
          expect(numbered(labels.subarray(0, first)).labels).toEqual(before.labels);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('faces that arrive', () => {
  it('join the nearest cluster, start one with each other, or stay alone', () => {
    const places = [0, 1, 10, 11, 1.5, 50, 50.5, 99, 5.6];
    const graph = graphOf(line(places), 4);
    const before = Int32Array.of(0, 0, 1, 1, NEW, NEW, NEW, NEW, NEW);
    const edges = edgesOfNew(before, graph, 4.5);
    const { labels } = joinArrivals(before, edges, unconstrained(places.length));
    // The last one is within reach of both clusters, and does not join them.
    expect([...labels]).toEqual([0, 0, 1, 1, 0, 2, 2, 3, 0]);
  });
});
