import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataOrder } from './data-order.ts';
import { learningRateAt, parseSchedule, ScheduleError } from './learning-rate.ts';
import { createRandom } from './random.ts';
import { splitImages } from './split.ts';
import { sampleCandidates, selectTriplets, TRIPLET_RULES } from './triplets.ts';

const CASIA =
  '# Learning rate schedule\n# Maps an epoch number to a learning rate\n0:  0.05\n60: 0.005\n\n80: 0.0005\n91: -1\n';

const policy = (text: string) => ({
  learningRate: -1,
  schedule: parseSchedule(text),
  decayEpochs: 100,
  decayFactor: 1,
});

describe('the learning rate', () => {
  it("is that of the seed's schedule for CASIA, and ends at epoch 91", () => {
    const at = (epoch: number) => learningRateAt(policy(CASIA), { epoch, step: 0, epochSize: 1000 });
    // From the seed's own get_learning_rate_from_file, run on this file.
    expect([1, 59, 60, 80, 90, 91, 92].map(at)).toEqual([0.05, 0.05, 0.005, 0.0005, 0.0005, null, null]);
  });

  it('stays what it was behind the last line, where the seed has none', () => {
    expect(learningRateAt(policy('0: 0.1\n251: 0.0001\n'), { epoch: 300, step: 0, epochSize: 1 })).toBe(
      0.0001,
    );
  });

  it('falls in stairs where it decays', () => {
    const decaying = { learningRate: 0.1, schedule: [], decayEpochs: 2, decayFactor: 0.5 };
    const at = (step: number) => learningRateAt(decaying, { epoch: 1, step, epochSize: 10 });
    expect([0, 19, 20, 39, 40].map(at)).toEqual([0.1, 0.1, 0.05, 0.05, 0.025]);
  });

  it('of a file that cannot be read is refused with the line', () => {
    expect(() => parseSchedule('0: 0.1\nten: 0.01\n')).toThrow(/Line 2 .*"ten: 0.01"/);
    expect(() => parseSchedule('10: 0.1\n5: 0.01\n')).toThrow(/Line 2 .*goes back/);
    expect(() => parseSchedule('# nothing\n')).toThrow(ScheduleError);
  });
});

describe('the order of the data', () => {
  it('shows every image once a pass, and each pass in another order', () => {
    const order = createDataOrder(50, 666);
    const passes = [0, 1, 2].map((pass) => [...order.at(pass * 50, 50)]);
    for (const pass of passes) expect(pass.toSorted((a, b) => a - b)).toEqual([...Array(50).keys()]);
    expect(passes[0]).not.toEqual(passes[1]);
  });

  it('is the same from wherever it is entered', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 1, max: 40 }), (position, count) => {
        const whole = createDataOrder(37, 5).at(0, 400);
        expect([...createDataOrder(37, 5).at(position, count)]).toEqual([
          ...whole.subarray(position, position + count),
        ]);
      }),
    );
  });
});

describe('triplets', () => {
  const classes = [4, 1, 3, 2];
  const count = 10;
  const size = 3;
  const random = createRandom(1);
  const embeddings = Float32Array.from({ length: count * size }, () => random());
  const classOf = classes.flatMap((images, index) => Array<number>(images).fill(index));
  const squared = (a: number, b: number) =>
    [0, 1, 2].reduce(
      (sum, i) => sum + ((embeddings[a * size + i] ?? 0) - (embeddings[b * size + i] ?? 0)) ** 2,
      0,
    );

  it.each(TRIPLET_RULES)('of the rule %s hold it, and no pair that has a negative is left out', (rule) => {
    const { triplets, pairs } = selectTriplets(embeddings, classes, { rule, alpha: 0.1 }, createRandom(2));
    const holds = (p: number, n: number) =>
      rule === 'all-hard' ? n < p : n - p < 0.1 && (rule === 'facenet' || n > p);
    expect(pairs).toBe(6 + 0 + 3 + 1);
    for (const [anchor, positive, negative] of triplets) {
      expect(classOf[anchor]).toBe(classOf[positive]);
      expect(classOf[anchor]).not.toBe(classOf[negative]);
      expect(holds(squared(anchor, positive), squared(anchor, negative))).toBe(true);
    }
    let expected = 0;
    for (let a = 0; a < count; a += 1)
      for (let p = a + 1; p < count; p += 1) {
        if (classOf[a] !== classOf[p]) continue;
        const fitting = classOf.filter((own, n) => own !== classOf[a] && holds(squared(a, p), squared(a, n)));
        expected += rule === 'all-hard' ? fitting.length : Math.min(1, fitting.length);
      }
    expect(triplets).toHaveLength(expected);
    expect(expected).toBeGreaterThan(0);
  });

  it('are sampled from whole classes up to the limits, without an image twice', () => {
    const people = [5, 2, 9, 1].map((images, person) =>
      Int32Array.from({ length: images }, (_, image) => person * 100 + image),
    );
    const { images, imagesPerClass } = sampleCandidates(
      people,
      { peoplePerBatch: 2, imagesPerPerson: 4 },
      createRandom(3),
    );
    expect(images).toHaveLength(8);
    expect(new Set(images).size).toBe(8);
    expect(imagesPerClass.reduce((a, b) => a + b, 0)).toBe(8);
    expect(Math.max(...imagesPerClass)).toBeLessThanOrEqual(4);
  });
});

describe('the split', () => {
  const images = [1, 2, 5, 10].flatMap((count, person) =>
    Array.from({ length: count }, (_, image) => ({ identity: `person-${String(person)}`, image })),
  );
  const options = { leastImagesPerClass: 0, validationRatio: 0.1, leastValidationImages: 0, seed: 1 };

  it('holds at least one image of each class out, but never its only one', () => {
    const { train, validation } = splitImages(images, options);
    const held = (person: number) =>
      validation.filter(({ identity }) => identity === `person-${String(person)}`).length;
    expect([0, 1, 2, 3].map(held)).toEqual([0, 1, 1, 1]);
    expect(train.length + validation.length).toBe(images.length);
    expect(new Set([...train, ...validation]).size).toBe(images.length);
  });

  it('leaves out classes with too few images, and says which', () => {
    expect(splitImages(images, { ...options, leastImagesPerClass: 5 }).dropped).toEqual([
      'person-0',
      'person-1',
    ]);
  });

  it('is the same for the same seed', () => {
    expect(splitImages(images, options)).toEqual(splitImages(images, options));
    expect(splitImages(images, { ...options, seed: 2 })).not.toEqual(splitImages(images, options));
  });
});
