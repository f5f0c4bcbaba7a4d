import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { centreDistances, filterByCentre, histogramOf } from '../../src/core/cleaning/centre-filter.ts';
import { rankDuplicateIdentities } from '../../src/core/cleaning/duplicate-identities.ts';
import { rankDuplicates } from '../../src/core/cleaning/duplicates.ts';
import { membersOf, type Evidence } from '../../src/core/cleaning/labelled-faces.ts';
import { rankMislabels } from '../../src/core/cleaning/mislabels.ts';
import { rankMixedIdentities } from '../../src/core/cleaning/mixed-identities.ts';
import { estimateShare, sampleSize } from '../../src/core/cleaning/noise-estimate.ts';
import { rankQuality, type QualityFacts } from '../../src/core/cleaning/quality-queue.ts';
import { learnSamePerson } from '../../src/core/cleaning/same-person.ts';
import { plainSearch } from '../../src/core/neighbours/plain-search.ts';

type Expected = {
  readonly neighbours: readonly (readonly number[])[];
  readonly neighbourDistances: readonly (readonly number[])[];
  readonly centreDistances: readonly number[];
  readonly histogram: { readonly counts: readonly number[]; readonly least: number; readonly width: number };
  readonly seedThresholds: Readonly<Record<string, number>>;
  readonly intervals: readonly {
    readonly wrong: number;
    readonly reviewed: number;
    readonly low: number;
    readonly high: number;
  }[];
  readonly averageLinkageHalves: readonly boolean[];
  readonly sampleSize: number;
};

// Written by expected.py beside it, with NumPy, SciPy and scikit-learn.
const expected = JSON.parse(readFileSync(join(import.meta.dirname, 'expected.json'), 'utf8')) as Expected;

/** The same numbers as `numbers` of expected.py. */
const createNumbers = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24 - 0.5;
  };
};

const evidenceOf = (
  values: Float32Array,
  dimensions: number,
  labels: readonly number[],
  neighbours = 20,
): Evidence => {
  const count = labels.length;
  const k = Math.min(neighbours, count - 1);
  const [indices, distances] = [new Int32Array(count * k), new Float32Array(count * k)];
  const nothing = new Float32Array(0);
  plainSearch.search(values, count, dimensions, nothing, nothing, k, 0, count, indices, distances);
  const identityOf = Int32Array.from(labels);
  const faces = {
    vectors: { count, dimensions, values },
    identityOf,
    identityCount: Math.max(...labels) + 1,
  };
  return { ...faces, members: membersOf(faces), graph: { count, k, indices, distances } };
};

const SIZE = 12;
const PEOPLE = 20;
const FACES = 8;
const WIDTH = 0.15;

/** People in space: the face `i` of person `p` is `p * FACES + i`, near its person's place. `person` of each row may be given otherwise. */
const crowd = (people: readonly number[]): Float32Array => {
  const places = createNumbers(3);
  const centres = Array.from({ length: PEOPLE * 2 }, () => Array.from({ length: SIZE }, places));
  const wobble = createNumbers(11);
  return Float32Array.from(
    people.flatMap((person) => (centres[person] ?? []).map((value) => value + WIDTH * wobble())),
  );
};

const everybody = Array.from({ length: PEOPLE * FACES }, (_, face) => Math.floor(face / FACES));

const model = (evidence: Evidence) => {
  const learned = learnSamePerson(evidence);
  if (learned === null) throw new Error('There are enough pairs.');
  return learned;
};

describe('against other implementations', () => {
  const next = createNumbers(7);
  const values = Float32Array.from({ length: 60 * 5 }, next);
  const labels = Array.from({ length: 60 }, (_, face) => face % 6);
  const evidence = evidenceOf(values, 5, labels, 8);

  it("the neighbours are scikit-learn's", () => {
    const { indices, distances } = evidence.graph;
    expected.neighbours.forEach((row, face) => {
      expect([...indices.subarray(face * 8, face * 8 + 8)]).toEqual(row);
      row.forEach((_, place) => {
        expect(distances[face * 8 + place]).toBeCloseTo(expected.neighbourDistances[face]?.[place] ?? 0, 5);
      });
    });
  });

  it("distances to centres are the seed's, and their histogram NumPy's", () => {
    const distances = centreDistances(evidence);
    expected.centreDistances.forEach((distance, face) => {
      expect(distances[face]).toBeCloseTo(distance, 6);
    });
    const { counts, least, width } = histogramOf(Float64Array.from(expected.centreDistances), 10);
    expect([...counts]).toEqual(expected.histogram.counts);
    expect(least).toBeCloseTo(expected.histogram.least, 12);
    expect(width).toBeCloseTo(expected.histogram.width, 12);
  });

  it("the seed's threshold of a percentile is the seed's", () => {
    for (const [percentile, threshold] of Object.entries(expected.seedThresholds))
      expect(
        filterByCentre(evidence, Float64Array.from(expected.centreDistances), {
          percentile: Number(percentile),
          leastFaces: 0,
          isAsSeed: true,
        }).thresholdDistance,
      ).toBeCloseTo(threshold, 6);
  });

  it("intervals of a share are SciPy's", () => {
    for (const { wrong, reviewed, low, high } of expected.intervals) {
      const estimate = estimateShare(wrong, reviewed);
      expect(estimate.low).toBeCloseTo(low, 9);
      expect(estimate.high).toBeCloseTo(high, 9);
    }
    expect(sampleSize(13233, { expected: 0.1, halfWidth: 0.02 })).toBe(expected.sampleSize);
  });

  it("the halves of an identity are those of SciPy's average linkage", () => {
    const mixed = evidenceOf(
      values.slice(0, 24 * 5),
      5,
      Array.from({ length: 24 }, () => 0),
      8,
    );
    const [{ groups } = { groups: [[], []] }] = rankMixedIdentities(mixed, model(evidence));
    const isWithFirst = (face: number): boolean =>
      groups.some((group) => group.includes(0) && group.includes(face));
    expect(Array.from({ length: 24 }, (_, face) => isWithFirst(face))).toEqual(expected.averageLinkageHalves);
  });
});

describe('mislabels', () => {
  const values = crowd(everybody);

  it('rank a flipped face first and propose whose it is, with the faces that speak for it', () => {
    const labels = everybody.with(21, 7);
    const evidence = evidenceOf(values, SIZE, labels);
    const [first, second] = rankMislabels(evidence, model(evidence));
    expect(first).toMatchObject({
      face: 21,
      identity: 7,
      kind: 'flip',
      isSure: true,
      proposed: { identity: 2 },
    });
    expect(first?.other?.references.every(({ face }) => everybody[face] === 2)).toBe(true);
    expect(first?.own.every(({ face }) => everybody[face] === 7)).toBe(true);
    expect(second?.score).toBeLessThan(0);
  });

  it('find a fifth of all labels flipped, each with its right identity, and no right one among them', () => {
    const labels = everybody.map((person, face) =>
      face % 5 === 2 ? (person + 1 + (face % 19)) % PEOPLE : person,
    );
    const evidence = evidenceOf(values, SIZE, labels);
    const ranked = rankMislabels(evidence, model(evidence));
    const flips = ranked.filter(({ kind }) => kind === 'flip');
    const wrong = everybody.flatMap((person, face) => (labels[face] === person ? [] : [face]));
    expect(flips.map(({ face }) => face).sort((a, b) => a - b)).toEqual(wrong);
    for (const { face, proposed } of flips) expect(proposed?.identity).toBe(everybody[face]);
  });

  it('call a face that looks like nobody an outlier, and propose nothing', () => {
    const strange = values.slice();
    for (let d = 0; d < SIZE; d += 1) strange[33 * SIZE + d] = 3;
    const evidence = evidenceOf(strange, SIZE, everybody);
    const found = rankMislabels(evidence, model(evidence)).find(({ face }) => face === 33);
    expect(found).toMatchObject({ kind: 'outlier', proposed: null });
  });

  it('of two faces that disagree take only the likelier one to be wrong', () => {
    // One more face each of person 3 and of a person who has no others, under one name.
    const people = [...everybody, 3, PEOPLE + 5];
    const labels = [...everybody, PEOPLE, PEOPLE];
    const evidence = evidenceOf(crowd(people), SIZE, labels);
    const ranked = rankMislabels(evidence, model(evidence));
    expect(ranked[0]).toMatchObject({ face: PEOPLE * FACES, proposed: { identity: 3 } });
    expect(ranked.find(({ face }) => face === PEOPLE * FACES + 1)?.kind).toBe('alone');
  });

  it('do not count identities that have no faces', () => {
    const evidence = evidenceOf(values, SIZE, everybody.with(21, 7));
    const nobody = Array.from({ length: 1e6 }, () => new Int32Array(0));
    const more = { ...evidence, identityCount: PEOPLE + 1e6, members: [...evidence.members, ...nobody] };
    expect(rankMislabels(more, model(more))).toEqual(rankMislabels(evidence, model(evidence)));
  });

  it('list every face with a label once, and those of nobody not at all', () => {
    const labels = everybody.map((person, face) => (face === 40 ? -1 : person));
    const evidence = evidenceOf(values, SIZE, labels);
    const faces = rankMislabels(evidence, model(evidence)).map(({ face }) => face);
    expect(new Set(faces).size).toBe(faces.length);
    expect(faces).toHaveLength(everybody.length - 1);
    expect(faces).not.toContain(40);
  });
});

describe('what one person’s distances are', () => {
  it('is learned though a third of the labels are wrong', () => {
    const values = crowd(everybody);
    const clean = model(evidenceOf(values, SIZE, everybody));
    const labels = everybody.map((person, face) =>
      face % 3 === 1 ? (person + 1 + (face % 17)) % PEOPLE : person,
    );
    const noisy = model(evidenceOf(values, SIZE, labels));
    expect(noisy.same.mean).toBeCloseTo(clean.same.mean, 2);
    expect(noisy.rightShare).toBeLessThan(0.6);
    expect(clean.rightShare).toBeGreaterThan(0.99);
  });

  it('is not made up where no faces share a label', () => {
    const labels = everybody.map((_, face) => face);
    expect(learnSamePerson(evidenceOf(crowd(everybody), SIZE, labels))).toBeNull();
  });
});

describe('identities', () => {
  const values = crowd(everybody);

  it('that are one person under two names come first', () => {
    // Three faces of person 9 under another name, and a wrong one among them.
    const labels = everybody.map((person, face) => ([72, 74, 77, 20].includes(face) ? PEOPLE : person));
    const evidence = evidenceOf(values, SIZE, labels);
    const [first, second] = rankDuplicateIdentities(evidence, model(evidence));
    expect(first).toMatchObject({ identities: [9, PEOPLE], looksLikeOne: true });
    expect(first?.evidence.every(({ faces }) => faces.every((face) => everybody[face] === 9))).toBe(true);
    expect(second?.looksLikeOne).toBe(false);
  });

  it('that are two people come first, with the split between them', () => {
    const labels = everybody.map((person) => (person === 13 ? 4 : person));
    const evidence = evidenceOf(values, SIZE, labels);
    const [first, second] = rankMixedIdentities(evidence, model(evidence));
    expect(first).toMatchObject({ identity: 4, looksLikeTwo: true });
    expect(first?.groups.map((group) => new Set(group.map((face) => everybody[face])).size)).toEqual([1, 1]);
    expect(second?.looksLikeTwo).toBe(false);
  });

  it('of many faces are split as those of few', () => {
    const people = Array.from({ length: 400 }, (_, face) => (face % 4 === 0 ? 6 : 5));
    const evidence = evidenceOf(crowd([...everybody, ...people]), SIZE, [
      ...everybody,
      ...people.map(() => PEOPLE),
    ]);
    const first = rankMixedIdentities(evidence, model(evidence))[0];
    expect(first?.identity).toBe(PEOPLE);
    expect(first?.groups.map(({ length }) => length)).toEqual([300, 100]);
  });
});

describe('duplicates', () => {
  const people = [...everybody];
  const values = crowd(people);
  // Face 90 is face 17 again, but for a hair.
  values.copyWithin(90 * SIZE, 17 * SIZE, 18 * SIZE);
  values[90 * SIZE] = (values[90 * SIZE] ?? 0) + 1e-4;
  const evidence = evidenceOf(values, SIZE, people);
  const contentOf = people.map((_, face) => ([5, 6, 100].includes(face) ? 'same bytes' : String(face)));
  // Within an identity two faces may be as near by chance.
  const found = rankDuplicates(evidence, { contentOf }, model(evidence)).filter(
    ({ kind, place }) => kind === 'exact' || place === 'across-identities',
  );

  it('across identities come first, equal bytes before nearness, each group against its first', () => {
    expect(found.map(({ kind, place, faces }) => [kind, place, ...faces])).toEqual([
      ['exact', 'across-identities', 5, 100],
      ['same-face', 'across-identities', 17, 90],
      ['exact', 'within-identity', 5, 6],
    ]);
  });

  it('propose nothing where both identities are as large', () => {
    expect(found.map(({ proposed }) => proposed)).toEqual([null, null, null]);
    const smaller = evidenceOf(values.slice(0, 101 * SIZE), SIZE, people.slice(0, 101));
    const [first] = rankDuplicates(smaller, { contentOf: contentOf.slice(0, 101) }, model(smaller));
    expect(first?.proposed).toEqual({ face: 100, identity: 0 });
  });
});

describe('filtering by centre', () => {
  const evidence = evidenceOf(crowd(everybody), SIZE, everybody);
  const distances = Float64Array.from({ length: everybody.length }, (_, face) => face + 1);

  it('leaves out nothing at 100 per cent, and exactly the share that is asked otherwise', () => {
    const filter = { leastFaces: 0, isAsSeed: false };
    expect(filterByCentre(evidence, distances, { ...filter, percentile: 100 }).facesLeft).toBe(160);
    expect(filterByCentre(evidence, distances, { ...filter, percentile: 75 }).facesLeft).toBe(120);
    expect(filterByCentre(evidence, distances, { ...filter, percentile: 0 }).facesLeft).toBe(0);
  });

  it('looks at all identities that are small, and as the seed does it only at those that lost a face', () => {
    const few = evidenceOf(crowd(everybody), SIZE, everybody.with(3, PEOPLE));
    const filter = { percentile: 75, leastFaces: 2 };
    const exact = filterByCentre(few, distances, { ...filter, isAsSeed: false });
    expect(exact.stays[3]).toBe(0);
    expect(exact.identitiesLeft).toBe(15);
    expect(filterByCentre(few, distances, { ...filter, isAsSeed: true }).stays[3]).toBe(1);
  });
});

describe('quality', () => {
  const next = createNumbers(5);
  const usual = (): QualityFacts => ({
    score: 0.99 + next() / 100,
    sizePx: 100 + 20 * next(),
    sharpness: 200 + 80 * next(),
    exposure: 0.5 + next() / 10,
    turnedDegrees: 10 + 5 * next(),
    truncation: 0,
  });
  const faces = Array.from({ length: 200 }, usual);

  it('names each bad face once, with what is worst in it, and no usual one', () => {
    faces[10] = { ...usual(), sharpness: 2 };
    faces[20] = { ...usual(), exposure: 0.05 };
    faces[30] = { ...usual(), truncation: 0.5, sizePx: 40 };
    faces[40] = { ...usual(), turnedDegrees: 80 };
    expect(
      rankQuality(faces)
        .map(({ face, kind }) => [face, kind])
        .sort((a, b) => Number(a[0]) - Number(b[0])),
    ).toEqual([
      [10, 'blurred'],
      [20, 'dark'],
      [30, 'truncated'],
      [40, 'turned'],
    ]);
  });

  it('judges by what was measured alone', () => {
    const unmeasured = {
      score: null,
      sizePx: null,
      sharpness: null,
      exposure: null,
      turnedDegrees: null,
      truncation: null,
    };
    expect(rankQuality([unmeasured, unmeasured])).toEqual([]);
  });
});
