import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { FACENET_METHOD } from '../../src/core/verification/facenet-method.ts';
import { consecutiveFolds } from '../../src/core/verification/folds.ts';
import { evaluatePairs } from '../../src/core/verification/protocol.ts';
import { needShared } from '../support/shared.ts';

const Golden = z.object({
  folds: z.int(),
  results: z.array(
    z.object({
      distance_metric: z.literal([0, 1]),
      subtract_mean: z.boolean(),
      far_target: z.number(),
      accuracy_mean: z.number(),
      accuracy_std: z.number(),
      accuracy: z.array(z.number()),
      val: z.number(),
      val_std: z.number(),
      far: z.number(),
      auc: z.number(),
      eer: z.number(),
      tpr_every_20th: z.array(z.number()),
      fpr_every_20th: z.array(z.number()),
    }),
  ),
});

/** `verification.safetensors`: embeddings1 and embeddings2 [2000, 32] float32, same [2000] bytes, in this order. */
const PAIRS = 2000;
const DIMENSIONS = 32;

/** Rows of both sides below one another: the second of pair `i` is row `PAIRS + i`. */
const readGoldenPairs = async (file: string) => {
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const values = new Float32Array(2 * PAIRS * DIMENSIONS);
  for (let place = 0; place < values.length; place += 1) values[place] = bytes.readFloatLE(start + 4 * place);
  const rows = Int32Array.from({ length: PAIRS }, (_, pair) => pair);
  return {
    vectors: { values, dimensions: DIMENSIONS },
    pairs: {
      first: rows,
      second: rows.map((row) => row + PAIRS),
      isSame: Uint8Array.from(bytes.subarray(start + 4 * values.length)),
    },
  };
};

const every20th = (curve: Float64Array): readonly number[] =>
  [...curve].filter((_, place) => place % 20 === 0);

test.for([
  { metric: 'squared-euclidean', number: 0, subtractsMean: false },
  { metric: 'squared-euclidean', number: 0, subtractsMean: true },
  { metric: 'angle', number: 1, subtractsMean: false },
  { metric: 'angle', number: 1, subtractsMean: true },
] as const)(
  "the seed's figures come out by $metric, mean subtracted: $subtractsMean",
  async ({ metric, number, subtractsMean }, context) => {
    const golden = Golden.parse(
      JSON.parse(await readFile(needShared(context, 'golden', 'verification.json'), 'utf8')),
    );
    const { vectors, pairs } = await readGoldenPairs(
      needShared(context, 'golden', 'verification.safetensors'),
    );
    const expected = golden.results.find(
      ({ distance_metric, subtract_mean }) => distance_metric === number && subtract_mean === subtractsMean,
    );
    if (expected === undefined) throw new Error('The golden file lacks this case.');
    expect(pairs.isSame).toHaveLength(PAIRS);
    const report = evaluatePairs(
      vectors,
      pairs,
      {
        metric,
        subtractsMean,
        farTarget: expected.far_target,
        missing: 'wrong',
        folds: consecutiveFolds(PAIRS, golden.folds),
      },
      FACENET_METHOD,
    );
    report.folds.forEach(({ accuracy }, fold) => {
      expect(accuracy).toBeCloseTo(expected.accuracy[fold] ?? Number.NaN, 9);
    });
    expect(report.folds).toHaveLength(expected.accuracy.length);
    expect(report.accuracy.mean).toBeCloseTo(expected.accuracy_mean, 9);
    expect(report.accuracy.std).toBeCloseTo(expected.accuracy_std, 9);
    expect(report.val.mean).toBeCloseTo(expected.val, 9);
    expect(report.val.std).toBeCloseTo(expected.val_std, 9);
    expect(report.val.far).toBeCloseTo(expected.far, 9);
    expect(report.auc).toBeCloseTo(expected.auc, 6);
    expect(report.eer).toBeCloseTo(expected.eer, 6);
    const curves = [
      [report.curve?.acceptRate, expected.tpr_every_20th],
      [report.curve?.falseAcceptRate, expected.fpr_every_20th],
    ] as const;
    for (const [curve, samples] of curves) {
      every20th(curve ?? new Float64Array()).forEach((rate, place) => {
        expect(rate).toBeCloseTo(samples[place] ?? Number.NaN, 9);
      });
    }
  },
);
