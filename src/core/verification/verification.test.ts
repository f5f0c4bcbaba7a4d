import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanOfPairs, pairDistances } from './distance.ts';
import { balancedFolds, consecutiveFolds } from './folds.ts';
import { FACENET_METHOD } from './facenet-method.ts';
import { acceptInterval, exactInterval } from './interval.ts';
import { EXACT_METHOD } from './method.ts';
import { evaluatePairs, type LabelledPairs, type ProtocolRules } from './protocol.ts';
import { areaUnder, equalErrorRate, exactRoc, ratesOf } from './roc.ts';
import { figuresAt, sortScores } from './scores.ts';

const scoresOf = (same: readonly number[], different: readonly number[]) =>
  sortScores(
    Float64Array.from([...same, ...different]),
    Uint8Array.from([...same.map(() => 1), ...different.map(() => 0)]),
    'wrong',
  );

const curveOf = (same: readonly number[], different: readonly number[]) => {
  const scores = scoresOf(same, different);
  const curve = ratesOf(exactRoc(scores), scores);
  if (curve === null) throw new Error('There are pairs of one kind only.');
  return curve;
};

/** Few values, so that many are equal. */
const distance = fc.integer({ min: 0, max: 20 }).map((step) => step / 8);
const distances = fc.array(distance, { minLength: 1, maxLength: 40 });

test('the curve rises from nothing to everything and never falls', () => {
  fc.assert(
    fc.property(distances, distances, (same, different) => {
      const { falseAcceptRate, acceptRate } = curveOf(same, different);
      expect([falseAcceptRate[0], acceptRate[0]]).toEqual([0, 0]);
      expect([falseAcceptRate.at(-1), acceptRate.at(-1)]).toEqual([1, 1]);
      for (const rates of [falseAcceptRate, acceptRate])
        expect([...rates]).toEqual([...rates].sort((a, b) => a - b));
    }),
  );
});

test('the area under the curve is the share of couples in order, equal ones half', () => {
  fc.assert(
    fc.property(distances, distances, (same, different) => {
      let inOrder = 0;
      for (const near of same)
        for (const far of different) inOrder += near < far ? 1 : near === far ? 0.5 : 0;
      expect(areaUnder(curveOf(same, different))).toBeCloseTo(inOrder / (same.length * different.length), 12);
    }),
  );
});

test('a perfect separator has an area of 1 and no equal error', () => {
  fc.assert(
    fc.property(distances, distances, (same, different) => {
      const curve = curveOf(
        same,
        different.map((value) => value + 3),
      );
      expect(areaUnder(curve)).toBe(1);
      expect(equalErrorRate(curve)).toBe(0);
    }),
  );
});

test('every corner of the curve is what its threshold does', () => {
  fc.assert(
    fc.property(distances, distances, (same, different) => {
      const scores = scoresOf(same, different);
      const { threshold, falseAccepts, trueAccepts } = exactRoc(scores);
      threshold.forEach((limit, point) => {
        if (!Number.isFinite(limit)) return;
        const figures = figuresAt(scores, limit);
        expect([figures.falseAccepts, figures.trueAccepts]).toEqual([
          falseAccepts[point],
          trueAccepts[point],
        ]);
      });
    }),
  );
});

test('figures at a threshold count a pair as accepted only below it', () => {
  const figures = figuresAt(scoresOf([0.1, 0.5, 0.5], [0.5, 0.9]), 0.5);
  expect(figures).toMatchObject({ trueAccepts: 1, falseRejects: 2, falseAccepts: 0, trueRejects: 2 });
  expect(figures.accuracy).toBeCloseTo(3 / 5, 12);
  expect(figuresAt(scoresOf([0.1], []), 0.5).falseAcceptRate).toBeNull();
});

test('where accepts and rejects err equally often is found between two steps', () => {
  // By hand: 1 of 4 of each kind is on the wrong side.
  expect(equalErrorRate(curveOf([1, 2, 3, 6], [4, 7, 8, 9]))).toBeCloseTo(0.25, 12);
  expect(
    equalErrorRate({ falseAcceptRate: Float64Array.of(0, 0.1), acceptRate: Float64Array.of(0, 0.5) }),
  ).toBeNull();
});

test('intervals are those of Clopper and Pearson', () => {
  // Expected from scipy.stats.beta, as the study of the seed lists them.
  const three = exactInterval(3, 3000);
  expect(three.low).toBeCloseTo(0.0002062715371622571, 12);
  expect(three.high).toBeCloseTo(0.0029196164652532663, 12);
  const one = exactInterval(1, 300);
  expect(one.low).toBeCloseTo(8.438913231780044e-5, 12);
  expect(one.high).toBeCloseTo(0.018431252048067885, 12);
  expect(exactInterval(0, 10).low).toBe(0);
  expect(exactInterval(10, 10).high).toBe(1);
});

test('the interval of VAL widens where few pairs of different people decide', () => {
  const ramp = (count: number, from: number): number[] =>
    Array.from({ length: count }, (_, place) => from + place / count);
  const same = ramp(2000, 0);
  const few = acceptInterval(scoresOf(same, ramp(300, 0.5)), 0.01);
  const many = acceptInterval(scoresOf(same, ramp(30_000, 0.5)), 0.01);
  // At a FAR of 0.01 the threshold is 0.51, below which 0.51 of the pairs of one person lie.
  for (const interval of [few, many]) {
    expect(interval?.low).toBeLessThan(0.51);
    expect(interval?.high).toBeGreaterThan(0.51);
  }
  expect((few?.high ?? 0) - (few?.low ?? 0)).toBeGreaterThan((many?.high ?? 0) - (many?.low ?? 0));
});

test('equal embeddings are at no angle, whatever rounding says', () => {
  const values = Float32Array.from({ length: 1000 * 7 }, (_, place) => Math.sin(place * 12.9898) * 3);
  const rows = Int32Array.from({ length: 1000 }, (_, row) => row);
  const angles = pairDistances({ values, dimensions: 7 }, { first: rows, second: rows }, 'angle');
  expect(Math.max(...angles)).toBeLessThan(1e-7);
});

test('distances have their units: squared length, and the share of half a turn', () => {
  const vectors = { values: Float32Array.of(1, 0, 0, 2, -3, 0), dimensions: 2 };
  const pairs = { first: Int32Array.of(0, 0, 0), second: Int32Array.of(1, 2, -1) };
  expect([...pairDistances(vectors, pairs, 'squared-euclidean')]).toEqual([5, 16, Number.NaN]);
  expect([...pairDistances(vectors, pairs, 'angle')]).toEqual([0.5, 1, Number.NaN]);
  const mean = meanOfPairs(vectors, pairs, (pair) => pair === 0);
  expect([...mean]).toEqual([0.5, 1]);
});

test('folds of the seed are consecutive, the first ones longer', () => {
  expect([...consecutiveFolds(7, 3).of]).toEqual([0, 0, 0, 1, 1, 2, 2]);
});

test('folds of a list without any hold both kinds', () => {
  expect([...balancedFolds(Uint8Array.of(1, 1, 1, 0, 0, 0), 3).of]).toEqual([0, 1, 2, 0, 1, 2]);
});

/** Embeddings on a line: the distance of pair `i` is that of its two numbers. */
const onALine = (
  list: readonly (readonly [number | null, number | null, 0 | 1])[],
): readonly [{ values: Float32Array; dimensions: number }, LabelledPairs] => {
  const values = Float32Array.from(list.flatMap(([first, second]) => [first ?? 0, second ?? 0]));
  return [
    { values, dimensions: 1 },
    {
      first: Int32Array.from(list, ([first], pair) => (first === null ? -1 : 2 * pair)),
      second: Int32Array.from(list, ([, second], pair) => (second === null ? -1 : 2 * pair + 1)),
      isSame: Uint8Array.from(list, ([, , isSame]) => isSame),
    },
  ];
};

const RULES = {
  metric: 'squared-euclidean',
  subtractsMean: false,
  farTarget: 0.5,
  missing: 'wrong',
} as const;
const rulesOf = (
  folds: readonly number[],
  count: number,
  changes: Partial<ProtocolRules> = {},
): ProtocolRules => ({
  ...RULES,
  ...changes,
  folds: { of: Int32Array.from(folds), count },
});

test.each([EXACT_METHOD, FACENET_METHOD])(
  'a fold with one kind of pairs is undefined and left out of the mean',
  (method) => {
    const [vectors, pairs] = onALine([
      [0, 0.1, 1],
      [0, 0.1, 1],
      [0, 0.1, 1],
      [0, 1, 0],
      [0, 0.1, 1],
      [0, 1, 0],
    ]);
    const { folds, val } = evaluatePairs(vectors, pairs, rulesOf([0, 0, 1, 1, 2, 2], 3), method);
    expect(folds[0]).toMatchObject({ val: 1, far: null, accuracy: 1 });
    expect(val.mean).toBe(1);
    const [, second, third] = folds;
    expect(val.far).toBe(((second?.far ?? Number.NaN) + (third?.far ?? Number.NaN)) / 2);
  },
);

const WITH_A_GAP = [
  [0, 0.1, 1],
  [0, 1, 0],
  [0, null, 1],
  [null, 1, 0],
  [0, 0.1, 1],
  [0, 1, 0],
] as const;

test.each([EXACT_METHOD, FACENET_METHOD])(
  'a pair without a face counts as wrong and moves no fold',
  (method) => {
    const [vectors, pairs] = onALine(WITH_A_GAP);
    const { folds, distances: tested } = evaluatePairs(
      vectors,
      pairs,
      rulesOf([0, 0, 1, 1, 2, 2], 3),
      method,
    );
    expect(folds.map(({ accuracy }) => accuracy)).toEqual([1, 0, 1]);
    expect([...tested].map(Number.isNaN)).toEqual([false, false, true, true, false, false]);
  },
);

test('a pair without a face is left out where somebody wants that', () => {
  const [vectors, pairs] = onALine(WITH_A_GAP);
  const { folds, accuracy, auc } = evaluatePairs(
    vectors,
    pairs,
    rulesOf([0, 0, 1, 1, 2, 2], 3, { missing: 'skip' }),
    EXACT_METHOD,
  );
  expect(folds.map((fold) => fold.accuracy)).toEqual([1, null, 1]);
  expect(accuracy.mean).toBe(1);
  expect(auc).toBe(1);
});

test('a pair without a face has no part in the area under the curve', () => {
  const [vectors, pairs] = onALine(WITH_A_GAP);
  // 2 of 3 pairs of each kind are in order with each other, and the others with nothing.
  const { auc } = evaluatePairs(vectors, pairs, rulesOf([0, 0, 1, 1, 2, 2], 3), EXACT_METHOD);
  expect(auc).toBeCloseTo(4 / 9, 12);
});

test('an exact curve is not cut where distances pass the grid of the seed', () => {
  // Squared distances 1 and 9: the seed's grid ends at 3.99.
  const [vectors, pairs] = onALine([
    [0, 1, 1],
    [0, 3, 0],
    [0, 1, 1],
    [0, 3, 0],
  ]);
  const rules = rulesOf([0, 0, 1, 1], 2);
  const exact = evaluatePairs(vectors, pairs, rules, EXACT_METHOD);
  expect([exact.auc, exact.curve?.falseAcceptRate.at(-1)]).toEqual([1, 1]);
  const seed = evaluatePairs(vectors, pairs, rules, FACENET_METHOD);
  expect(seed.curve?.falseAcceptRate.at(-1)).toBe(0);
});

test("the seed's grid for the curve ends at 3.99", () => {
  const far = Math.sqrt(3.985);
  const [vectors, pairs] = onALine([
    [0, 0.1, 1],
    [0, far, 0],
    [0, 0.1, 1],
    [0, 2, 0],
  ]);
  const { curve } = evaluatePairs(vectors, pairs, rulesOf([0, 0, 1, 1], 2), FACENET_METHOD);
  // Of squared distances 3.985 and 4 the first is below the last threshold.
  expect(curve?.falseAcceptRate.at(-1)).toBe(0.5);
});

test('no threshold is chosen for pairs that count as wrong whatever it is', () => {
  const missing = Number.NaN;
  const train = sortScores(
    Float64Array.of(0.1, missing, missing, missing, 1),
    Uint8Array.of(1, 0, 0, 0, 0),
    'wrong',
  );
  expect(EXACT_METHOD.bestThreshold(train)).toBeCloseTo(0.55, 12);
});

test('figures do not hang on the order of the pairs', () => {
  const list = fc.array(
    fc.tuple(fc.float({ min: 0, max: 2, noNaN: true }), fc.constantFrom(0 as const, 1 as const), fc.nat(3)),
    { minLength: 12, maxLength: 60 },
  );
  const judge = (rows: readonly (readonly [number, 0 | 1, number])[]) => {
    const [vectors, pairs] = onALine(rows.map(([far, isSame]) => [0, far, isSame]));
    const rules = rulesOf(
      rows.map(([, , fold]) => fold),
      4,
    );
    return evaluatePairs(vectors, pairs, rules, EXACT_METHOD);
  };
  fc.assert(
    fc.property(list, (rows) => {
      const forth = judge(rows);
      const back = judge([...rows].reverse());
      expect(back.folds).toEqual(forth.folds);
      expect([back.auc, back.eer, back.val]).toEqual([forth.auc, forth.eer, forth.val]);
    }),
  );
});

test('the chosen threshold has the best accuracy on the other folds that any has', () => {
  fc.assert(
    fc.property(distances, distances, (same, different) => {
      const train = scoresOf(same, different);
      const threshold = EXACT_METHOD.bestThreshold(train) ?? Number.NaN;
      const best = figuresAt(train, threshold).accuracy ?? 0;
      for (const candidate of [...same, ...different, 100])
        expect(figuresAt(train, candidate).accuracy).toBeLessThanOrEqual(best);
      expect(Number.isFinite(threshold)).toBe(true);
    }),
  );
});

test('the threshold at a FAR keeps to it, and the next larger one would not', () => {
  fc.assert(
    fc.property(
      distances,
      distances,
      fc.float({ min: 0, max: 1, noNaN: true }),
      (same, different, target) => {
        const train = scoresOf(same, different);
        const threshold = EXACT_METHOD.thresholdAtFar(train, target) ?? Number.NaN;
        expect(figuresAt(train, threshold).falseAcceptRate).toBeLessThanOrEqual(target);
        const above = threshold + 1e-9;
        const next = figuresAt(train, above);
        if (threshold <= Math.max(...different)) expect(next.falseAcceptRate).toBeGreaterThan(target);
        expect(Number.isFinite(threshold)).toBe(true);
      },
    ),
  );
});
