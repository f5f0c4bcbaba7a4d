import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { TrainingSettings } from '../../src/contract/training.ts';
import {
  bindingPackageFolder,
  loadBinding,
  type TensorFlowBinding,
} from '../../src/engine/backend/binding.ts';
import { OPTIMISERS } from '../../src/engine/training/optimisers.ts';
import { openTraining, type TrainingSession, type TrainingState } from '../../src/engine/training/session.ts';
import { goldenPictures, goldenWeights, GOLDEN_SIDE_PX } from '../support/golden-network.ts';

/**
 * What another implementation, in Python and float64, gives of the same weights and pictures (`training_reference.py`). Each tensor is told of by
 * its length and two sums with signs, which a change moves by about its own length.
 */
const Fingerprints = z.record(z.string(), z.tuple([z.number(), z.number(), z.number()]));
type Fingerprints = z.infer<typeof Fingerprints>;
const Losses = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number()]);
const Reference = z.strictObject({
  firstStep: z.strictObject({ gradients: Fingerprints, state: Fingerprints }),
  tiny: z.record(
    z.string(),
    z.strictObject({ learningRate: z.number(), losses: z.array(Losses), state: Fingerprints }),
  ),
});
type Reference = z.infer<typeof Reference>;

const binding = ((): TensorFlowBinding | null => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

const SIGN_FACTORS = [2654435761, 2246822519] as const;

const fingerprintOf = (values: Float32Array): readonly [number, number, number] => {
  let squares = 0;
  const sums: [number, number] = [0, 0];
  values.forEach((value, index) => {
    squares += value * value;
    SIGN_FACTORS.forEach((factor, place) => {
      // The highest of 32 bits of the product, as unsigned numbers have it.
      const isNegative = Math.imul(index + 1, factor) < 0;
      sums[place === 0 ? 0 : 1] += isNegative ? -value : value;
    });
  });
  return [Math.sqrt(squares), ...sums];
};

/** The tensors that differ most from what is expected, as shares of their lengths, and by how much. */
const errorsOf = (state: TrainingState, expected: Fingerprints, nameOf = (name: string) => name) =>
  Object.entries(expected)
    .map(([name, wanted]) => {
      const values = state.get(nameOf(name))?.values;
      const found = values === undefined ? null : fingerprintOf(values);
      const scale = Math.max(wanted[0], LEAST_LENGTH);
      const error = found?.reduce(
        (most, value, place) => Math.max(most, Math.abs(value - (wanted[place] ?? 0)) / scale),
        0,
      );
      return { name, error: error ?? Infinity };
    })
    .sort((a, b) => b.error - a.error);

/** What is nothing but rounding is not compared with rounding: biases before a batch norm have no gradient. */
const LEAST_LENGTH = 1e-4;

/**
 * Way back through 132 layers of batch norm over ten like pictures: the worst gradient of Python TensorFlow in float32 lies 3.9e-2 of its length
 * from float64, and weights that are moved by half a unit of the last place move it by 1.9e-2.
 */
const MOST_GRADIENT_ERROR = 6e-2;

const GOLDEN: TrainingSettings = {
  augmentation: { randomCrop: false, randomFlip: false, randomRotate: false },
  network: 'inception-resnet-v1',
  embeddingSize: 128,
  loss: {
    kind: 'softmax',
    classes: 5,
    centreLossFactor: 1e-2,
    centreLossAlfa: 0.95,
    prelogitsNormFactor: 5e-4,
    prelogitsNormP: 1,
  },
  optimiser: 'MOM',
  batchSize: 10,
  readSizePx: GOLDEN_SIDE_PX,
  imageSizePx: GOLDEN_SIDE_PX,
  standardisation: 'fixed',
  keepProbability: 1,
  weightDecay: 5e-4,
  movingAverageDecay: 0,
  seed: 666,
};

const TINY_SIDE_PX = 16;
const TINY_PICTURES = 21;
const tinySettings = (optimiser: TrainingSettings['optimiser']): TrainingSettings => ({
  ...GOLDEN,
  network: 'tiny',
  embeddingSize: 8,
  loss: {
    kind: 'softmax',
    classes: 3,
    centreLossFactor: 0.05,
    centreLossAlfa: 0.9,
    prelogitsNormFactor: 1e-2,
    prelogitsNormP: 2,
  },
  optimiser,
  batchSize: 6,
  readSizePx: TINY_SIDE_PX,
  imageSizePx: TINY_SIDE_PX,
  standardisation: 'per-image',
  weightDecay: 1e-3,
  movingAverageDecay: 0.9,
});

const AVERAGE = '/ExponentialMovingAverage';

/** Gives every weight, and its average, the value that anyone can compute. */
const writeWeights = (session: TrainingSession): void => {
  const state = new Map(session.readState());
  for (const { name, shape } of session.variables) {
    const of = name.endsWith(AVERAGE) ? name.slice(0, -AVERAGE.length) : name;
    if (/\/(weights|biases|BatchNorm\/\w+)$/.test(of)) state.set(name, goldenWeights(of, shape));
  }
  session.writeState(state);
};

describe.skipIf(binding === null)('training gives what another implementation gives in float64', () => {
  let reference: Reference;
  beforeAll(async () => {
    const file = join(import.meta.dirname, 'training-reference.json');
    reference = Reference.parse(JSON.parse(await readFile(file, 'utf8')));
  });

  const withSession = (settings: TrainingSettings, use: (session: TrainingSession) => void): void => {
    if (binding === null) return;
    const session = openTraining(binding, settings);
    try {
      writeWeights(session);
      use(session);
    } finally {
      session.dispose();
    }
  };

  it('every gradient, statistic and centre of the first step of Inception-ResNet-v1', () => {
    withSession(GOLDEN, (session) => {
      const images = goldenPictures(GOLDEN.batchSize);
      const labels = Int32Array.from({ length: GOLDEN.batchSize }, (_, k) => k % 5);
      session.step({ images, labels }, { step: 1, learningRate: 0.01 });
      const state = session.readState();
      // After one step the momentum is the gradient itself.
      const gradients = errorsOf(state, reference.firstStep.gradients, (name) => `${name}/Momentum`);
      const kept = errorsOf(state, reference.firstStep.state);
      expect(gradients[0]?.error, gradients[0]?.name).toBeLessThan(MOST_GRADIENT_ERROR);
      expect(kept[0]?.error, kept[0]?.name).toBeLessThan(3e-5);
    });
  }, 120_000);

  it.each(OPTIMISERS)('losses and the whole state over six steps of a small network by %s', (optimiser) => {
    withSession(tinySettings(optimiser), (session) => {
      const wanted = reference.tiny[optimiser];
      if (wanted === undefined) throw new Error(`There is no reference for ${optimiser}.`);
      const all = goldenPictures(TINY_PICTURES, TINY_SIDE_PX);
      const bytes = all.length / TINY_PICTURES;
      let most = 0;
      wanted.losses.forEach((losses, index) => {
        const chosen = Array.from({ length: 6 }, (_, k) => (index * 6 + k) % TINY_PICTURES);
        const images = new Uint8Array(6 * bytes);
        chosen.forEach((picture, place) => {
          images.set(all.subarray(picture * bytes, (picture + 1) * bytes), place * bytes);
        });
        const found = session.step(
          { images, labels: Int32Array.from(chosen, (picture) => picture % 3) },
          { step: index + 1, learningRate: wanted.learningRate },
        );
        const told = [
          found.loss,
          found.crossEntropy,
          found.centerLoss,
          found.regularization,
          found.prelogitsNorm,
        ];
        told.forEach((value, place) => {
          const expected = losses[place] ?? Number.NaN;
          most = Math.max(most, Math.abs(value - expected) / Math.abs(expected));
        });
      });
      const errors = errorsOf(session.readState(), wanted.state);
      expect(most).toBeLessThan(2e-5);
      expect(errors[0]?.error, errors[0]?.name).toBeLessThan(1e-4);
    });
  });
});
