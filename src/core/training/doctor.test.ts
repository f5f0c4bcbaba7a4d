import { describe, expect, it } from 'vitest';
import { createTrainingDoctor, embeddingSpread, type ObservedStep } from './doctor.ts';

const CLASSES = 10;
const GUESSING = Math.log(CLASSES);

const observed = (step: number, change: Partial<ObservedStep> = {}): ObservedStep => ({
  step,
  learningRate: 0.1,
  identities: ['Ada', 'Bea', 'Cleo', 'Dora'],
  losses: Float32Array.of(0.1, 0.2, 0.1, 0.2),
  spread: 0.5,
  ...change,
});

/** What a doctor says of so many steps. */
const said = (
  steps: number,
  at: (step: number) => Partial<ObservedStep>,
  classes: number | null = CLASSES,
): string[] => {
  const doctor = createTrainingDoctor(classes);
  return Array.from({ length: steps }, (_, index) => index + 1).flatMap((step) => [
    ...doctor.step(observed(step, at(step))),
  ]);
};

describe('the spread of embeddings', () => {
  it('is 0 where all point one way, however long they are, and 1 where they cancel out', () => {
    expect(embeddingSpread(Float32Array.of(1, 0, 5, 0, 9, 0), 2)).toBeCloseTo(0, 6);
    expect(embeddingSpread(Float32Array.of(1, 0, -3, 0), 2)).toBeCloseTo(1, 6);
  });
});

describe('the doctor of a training', () => {
  it('is silent of one that learns, and of one that begins badly and falls', () => {
    expect(said(300, () => ({}))).toEqual([]);
    expect(said(300, (step) => ({ losses: new Float32Array(4).fill(900 / step) }))).toEqual([]);
  });

  it('tells of a collapse once, and since when', () => {
    const collapsed = said(400, (step) => ({ spread: step > 100 && step !== 120 ? 1e-6 : 0.5 }));
    expect(collapsed).toHaveLength(1);
    expect(collapsed[0]).toMatch(/^Collapse: since step 121 .*lower the learning rate\.$/);
    expect(said(60, () => ({ spread: 0 }), null)[0]).toMatch(/semi-hard triplets/);
    expect(said(400, (step) => ({ spread: step % 40 === 0 ? 0.5 : 0 }))).toEqual([]);
  });

  it('tells of a learning rate that is too high, with the numbers, once', () => {
    const rising = said(300, (step) => ({ losses: new Float32Array(4).fill(GUESSING + step / 20) }));
    expect(rising).toHaveLength(1);
    expect(rising[0]).toMatch(/^The learning rate 0\.1 is too high: .* where guessing gives 2\.30\./);
    expect(said(300, () => ({ losses: new Float32Array(4).fill(GUESSING) }))).toEqual([]);
  });

  it('names who is not learned in three epochs on end while the others are', () => {
    const doctor = createTrainingDoctor(CLASSES);
    const epoch = (ofAda: number, ofOthers = 0.1): readonly string[] => {
      doctor.step(observed(1, { losses: Float32Array.of(ofAda, ofOthers, ofOthers, ofOthers) }));
      return doctor.endEpoch();
    };
    expect([epoch(3), epoch(3), epoch(0.1), epoch(3), epoch(3)].flat()).toEqual([]);
    expect(epoch(3)).toEqual([expect.stringMatching(/^Not learned in 3 epochs, .*: Ada\. Look at/)]);
    expect([epoch(3), epoch(3)].flat()).toEqual([]);
  });

  it('names nobody while nobody is learned', () => {
    const doctor = createTrainingDoctor(CLASSES);
    for (let epoch = 0; epoch < 5; epoch += 1) {
      doctor.step(observed(epoch, { losses: new Float32Array(4).fill(3) }));
      expect(doctor.endEpoch()).toEqual([]);
    }
  });
});
