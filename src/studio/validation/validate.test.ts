import { expect, test } from 'vitest';
import type { ValidationRequest } from '../../contract/validation.ts';
import { parsePairs } from '../../core/pairs/parse-pairs.ts';
import { isFailure } from '../failure.ts';
import type { PictureVectors } from './picture-vectors.ts';
import { validatePairs } from './validate.ts';

const REQUEST: ValidationRequest = {
  folder: 'crops',
  pairs: 'pairs.txt',
  vectors: { kind: 'model', model: null, isFlipped: false, standardisation: null },
  metric: 'squared-euclidean',
  subtractsMean: false,
  folds: 2,
  farTarget: 0.001,
  missing: 'wrong',
  method: 'exact',
  engine: 'auto',
};

/** Pictures with a vector of one number each; of null there is none. */
const picturesOf = (places: Readonly<Record<string, number | null>>): PictureVectors => ({
  files: Object.keys(places),
  rows: Object.values(places).map((place, row) => (place === null ? { why: 'no face' } : row)),
  vectors: { values: Float32Array.from(Object.values(places), (place) => place ?? 0), dimensions: 1 },
  model: 'model',
  engine: null,
  remarks: [],
});

const PICTURES = {
  'ann/ann_0001.png': 0,
  'ann/ann_0002.png': 0.1,
  'bob/bob_0001.png': 1,
  'bob/bob_0002.png': 1.2,
};
const VIEW = '2 1\nann 1 2\nann 1 bob 1\nbob 1 2\nann 2 bob 2\n';

test('pairs of near pictures and far ones are all right', () => {
  const report = validatePairs(parsePairs(VIEW), picturesOf(PICTURES), REQUEST);
  expect(report).toMatchObject({
    accuracy: { mean: 1, std: 0, folds: [1, 1] },
    auc: 1,
    eer: 0,
    pairs: { scored: 4, missing: 0, policy: 'wrong', same: 2, different: 2, folds: 'list', missingPairs: [] },
    wrongPairs: { total: 0 },
  });
  expect(report.thresholds).toHaveLength(2);
});

test('a picture without a face and one that is not there are told by fold and line, and count as wrong', () => {
  const places = { ...PICTURES, 'ann/ann_0002.png': null };
  const list = parsePairs('2 1\nann 1 2\nann 1 bob 1\nbob 1 2\nbob 2 cy 1\n');
  const { accuracy, pairs } = validatePairs(list, picturesOf(places), REQUEST);
  expect(pairs).toMatchObject({ scored: 2, missing: 2 });
  expect(pairs.missingPairs).toEqual([
    {
      fold: 1,
      line: 2,
      first: 'ann/ann_0001',
      second: 'ann/ann_0002',
      same: true,
      reason: 'ann/ann_0002: no face',
    },
    {
      fold: 2,
      line: 5,
      first: 'bob/bob_0002',
      second: 'cy/cy_0001',
      same: false,
      reason: 'cy/cy_0001: no such picture',
    },
  ]);
  expect(accuracy.mean).toBeLessThanOrEqual(0.5);
});

test('missing pairs end the work where somebody wants that, naming the first', () => {
  const places = { ...PICTURES, 'bob/bob_0002.png': null };
  const work = (): unknown =>
    validatePairs(parsePairs(VIEW), picturesOf(places), { ...REQUEST, missing: 'fail' });
  expect(work).toThrow(
    'Only 2 of the 4 pairs can be scored; the first without is in line 4 (bob/bob_0002: no face).',
  );
});

test('a folder in which no picture of the list is, is refused', () => {
  try {
    validatePairs(parsePairs(VIEW), picturesOf({ 'dee/dee_0001.png': 1 }), REQUEST);
    expect.unreachable();
  } catch (error) {
    expect(isFailure(error)).toBe(true);
    expect(String(error)).toContain('None of the 4 pairs can be scored');
  }
});

test('fewer pairs than folds are refused', () => {
  expect(() => validatePairs(parsePairs(VIEW), picturesOf(PICTURES), { ...REQUEST, folds: 5 })).toThrow(
    '4 pairs cannot be divided into 5 folds.',
  );
});

test('a list without folds gets balanced ones by default and consecutive ones as in the seed, whose one-class folds are told', () => {
  const list = parsePairs('2\nann 1 2\nbob 1 2\nann 1 bob 1\nann 2 bob 2\n');
  const byDefault = validatePairs(list, picturesOf(PICTURES), REQUEST);
  expect(byDefault.val.folds.map(({ val, far }) => [val !== null, far !== null])).toEqual([
    [true, true],
    [true, true],
  ]);
  expect(byDefault.pairs.folds).toBe('made');
  const asSeed = validatePairs(list, picturesOf(PICTURES), { ...REQUEST, method: 'facenet' });
  expect(asSeed.val.folds[1]?.val).toBeNull();
  expect(asSeed.remarks.join(' ')).toContain('Without pairs of one person, fold 2 has no validation rate');
});

test('a list of one kind says what cannot be judged, and oddities and folds that were not asked for are told', () => {
  const oneKind = validatePairs(
    parsePairs('2\nann 1 2\nbob 1 2\nann 1 2\nbob 1 2\n'),
    picturesOf(PICTURES),
    REQUEST,
  );
  expect(oneKind).toMatchObject({
    accuracy: { mean: 1 },
    val: { mean: null, far: null, interval: null },
    auc: null,
    eer: null,
  });
  expect(oneKind.remarks.join(' ')).toContain(
    'There is no pair of two people: without pairs of both kinds there is no validation rate at a FAR, no AUC and no EER.',
  );
  expect(oneKind.remarks.join(' ')).toContain(
    'it has 2 pairs once more, with the same label, the first in line 4.',
  );
  const otherFolds = validatePairs(parsePairs(VIEW), picturesOf(PICTURES), { ...REQUEST, folds: 3 });
  expect(otherFolds.pairs.folds).toBe('made');
  expect(otherFolds.remarks[0]).toBe(
    'pairs.txt has 2 folds, but 3 were asked for: other ones were made, and people may be in several.',
  );
});

test('a validation rate that too few pairs decide is told to be rough', () => {
  const { remarks } = validatePairs(parsePairs(VIEW), picturesOf(PICTURES), REQUEST);
  expect(remarks.join(' ')).toContain('A FAR of 0.001 is judged by 0.002 of 2 pairs of different people');
  expect(
    validatePairs(parsePairs(VIEW), picturesOf(PICTURES), { ...REQUEST, farTarget: 0.9 }).remarks.join(' '),
  ).toContain('12 such pairs would do');
});

test('wrong pairs come with their distance and the threshold of their fold, the most wrong first', () => {
  const places = { ...PICTURES, 'cy/cy_0001.png': 0.05, 'dee/dee_0001.png': 0.3 };
  const list = parsePairs(
    '2 2\nann 1 2\nbob 1 2\nann 1 bob 1\nann 1 cy 1\nann 1 2\nbob 1 2\nann 1 bob 1\nann 2 bob 2\n',
  );
  const { wrongPairs } = validatePairs(list, picturesOf(places), REQUEST);
  expect(wrongPairs.total).toBe(1);
  expect(wrongPairs.worst[0]).toMatchObject({
    fold: 1,
    line: 5,
    first: 'ann/ann_0001',
    second: 'cy/cy_0001',
    same: false,
  });
  expect(wrongPairs.worst[0]?.distance).toBeCloseTo(0.0025, 6);
});
