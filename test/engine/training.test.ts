import { mkdtemp, rm, rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainerEvent, TrainingImage } from '../../src/contract/trainer.ts';
import type { Optimiser, TrainingPlan, TrainingSettings } from '../../src/contract/training.ts';
import { createRandom } from '../../src/core/training/random.ts';
import {
  bindingPackageFolder,
  loadBinding,
  type TensorFlowBinding,
} from '../../src/engine/backend/binding.ts';
import { train } from '../../src/engine/training/loop.ts';
import { openTraining, type TrainingSession } from '../../src/engine/training/session.ts';
import { readSafetensors } from '../../src/node/codecs/safetensors.ts';

const binding = ((): TensorFlowBinding | null => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

const SIDE_PX = 20;
const CLASSES = 3;
const IMAGES = 21;

const SETTINGS: TrainingSettings = {
  network: 'tiny',
  embeddingSize: 8,
  loss: {
    kind: 'softmax',
    classes: CLASSES,
    centreLossFactor: 1e-2,
    centreLossAlfa: 0.9,
    prelogitsNormFactor: 5e-4,
    prelogitsNormP: 2,
  },
  optimiser: 'ADAM',
  batchSize: 6,
  readSizePx: SIDE_PX,
  imageSizePx: 16,
  augmentation: { randomCrop: true, randomFlip: true, randomRotate: true },
  standardisation: 'per-image',
  keepProbability: 0.8,
  weightDecay: 5e-4,
  movingAverageDecay: 0.99,
  seed: 666,
};

const PLAN: TrainingPlan = {
  settings: SETTINGS,
  learningRate: 0.05,
  schedule: [],
  decayEpochs: 1,
  decayFactor: 0.9,
  epochSize: 5,
  maxEpochs: 5,
  triplets: null,
  validateEveryEpochs: 2,
  checkpointEverySteps: 0,
};

const DATA: readonly TrainingImage[] = Array.from({ length: IMAGES }, (_, index) => ({
  file: `image-${String(index)}`,
  bytes: 1,
  identity: `person-${String(index % CLASSES)}`,
  label: index % CLASSES,
  part: index < IMAGES - 3 ? 'train' : 'validation',
}));

/** Each class has a colour of its own, and each image noise: something to learn. */
const pixelsOf = (image: TrainingImage): Uint8Array => {
  const random = createRandom(Number(image.file.slice(6)) + 1);
  return Uint8Array.from({ length: SIDE_PX * SIDE_PX * 3 }, (_, at) =>
    Math.floor((at % 3 === image.label ? 160 : 60) + 60 * random()),
  );
};

const read = (images: readonly TrainingImage[]): Promise<Uint8Array> => {
  const all = new Uint8Array(images.length * SIDE_PX * SIDE_PX * 3);
  images.forEach((image, index) => all.set(pixelsOf(image), index * SIDE_PX * SIDE_PX * 3));
  return Promise.resolve(all);
};

describe.skipIf(binding === null)('training', () => {
  let folder: string;
  let runs = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-studio-training-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const native = (): TensorFlowBinding => {
    if (binding === null) throw new Error('There is no native TensorFlow.');
    return binding;
  };

  /** Trains until the end or until so many steps are done, and gives what it told; the last checkpoint is kept under a name of its own. */
  const run = async (
    plan: TrainingPlan,
    options: {
      readonly images?: readonly TrainingImage[];
      readonly read?: typeof read;
      readonly until?: number;
      readonly checkpoint?: string;
      readonly open?: (settings: TrainingSettings) => TrainingSession;
    } = {},
  ): Promise<{ readonly events: readonly TrainerEvent[]; readonly last: string }> => {
    const events: TrainerEvent[] = [];
    let [last, steps] = ['', 0];
    const training = train(
      {
        plan,
        images: options.images ?? DATA,
        checkpoint: options.checkpoint ?? null,
        initialState: null,
        pendingFolder: folder,
      },
      {
        engine: {
          backend: 'tensorflow',
          device: 'CPU',
          version: '',
          libraries: [],
          whyNotBetter: null,
        },
        open: options.open ?? ((settings) => openTraining(native(), settings)),
        read: options.read ?? read,
        now: () => performance.now() / 1000,
        isStopping: () => steps === options.until,
      },
    );
    for await (const event of training) {
      events.push(event);
      if (event.kind === 'step') steps = event.numbers.step;
      // As in a process of its own: the training sees that it has to stop at its next look.
      if (event.kind !== 'checkpoint') continue;
      runs += 1;
      last = join(folder, `kept-${String(runs)}.safetensors`);
      await rename(event.file, last);
    }
    return { events, last };
  };

  const stepsOf = (events: readonly TrainerEvent[]) =>
    events.flatMap((event) =>
      event.kind === 'step' ? [{ ...event.numbers, imagesPerSecond: 0, waitShare: 0 }] : [],
    );

  const bytesOf = async (file: string): Promise<Map<string, string>> =>
    new Map(
      [...(await readSafetensors(file))].map(([name, { values }]) => [
        name,
        Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64'),
      ]),
    );

  const optimiserPlan = (optimiser: Optimiser): TrainingPlan => ({
    ...PLAN,
    settings: { ...SETTINGS, optimiser },
  });

  it('that was cut off at twenty random steps ends as one that was not, to the last bit', async () => {
    const whole = await run(PLAN);
    const expected = await bytesOf(whole.last);
    const random = createRandom(20);
    for (let cut = 0; cut < 20; cut += 1) {
      const until = 1 + Math.floor(random() * 24);
      const begun = await run(PLAN, { until });
      const resumed = await run(PLAN, { checkpoint: begun.last });
      expect([...stepsOf(begun.events), ...stepsOf(resumed.events)], `cut at ${String(until)}`).toEqual(
        stepsOf(whole.events),
      );
      expect(await bytesOf(resumed.last)).toEqual(expected);
    }
  }, 120_000);

  it.each(['ADAGRAD', 'ADADELTA', 'RMSPROP', 'MOM'] as const)(
    'by %s goes on to the last bit, too',
    async (optimiser) => {
      const plan = optimiserPlan(optimiser);
      const whole = await run(plan);
      const begun = await run(plan, { until: 7 });
      const resumed = await run(plan, { checkpoint: begun.last });
      expect(await bytesOf(resumed.last)).toEqual(await bytesOf(whole.last));
    },
  );

  it('learns what there is to learn, and says so of images that it never saw', async () => {
    const { events } = await run({ ...PLAN, maxEpochs: 12, validateEveryEpochs: 12 });
    const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event.numbers] : []));
    expect(epochs.at(-1)?.validation).toMatchObject({ accuracy: 1, images: 3 });
    expect(epochs[0]?.hardest.length).toBeGreaterThan(0);
    const steps = stepsOf(events);
    expect(steps.at(-1)?.crossEntropy).toBeLessThan((steps[0]?.crossEntropy ?? 0) / 2);
  });

  it('by triplets separates people, and goes on within a round to the last bit', async () => {
    const plan: TrainingPlan = {
      ...PLAN,
      settings: { ...SETTINGS, loss: { kind: 'triplet', alpha: 0.2 } },
      triplets: { rule: 'semi-hard', peoplePerBatch: 3, imagesPerPerson: 4 },
      maxEpochs: 2,
    };
    const whole = await run({
      ...plan,
      triplets: { rule: 'facenet', peoplePerBatch: 3, imagesPerPerson: 4 },
    });
    const same = { ...plan, triplets: { rule: 'facenet', peoplePerBatch: 3, imagesPerPerson: 4 } } as const;
    const begun = await run(same, { until: 4 });
    const resumed = await run(same, { checkpoint: begun.last });
    expect(await bytesOf(resumed.last)).toEqual(await bytesOf(whole.last));
    expect(stepsOf(whole.events)).toHaveLength(10);
  });

  it('stops in the step whose numbers are no longer finite, and its checkpoint holds none of it', async () => {
    const { events, last } = await run({ ...PLAN, learningRate: 1e30, decayFactor: 1 });
    const ended = events.at(-1);
    expect(ended).toMatchObject({ kind: 'ended', reason: 'not-finite' });
    if (ended?.kind !== 'ended') return;
    expect(ended.images).toHaveLength(6);
    expect(stepsOf(events).at(-1)?.step).toBe(ended.step - 1);
    for (const [name, { values }] of await readSafetensors(last))
      expect(values.every(Number.isFinite), name).toBe(true);
  });

  it('says in words who is never learned', async () => {
    // Bo looks like person-0 and bears the label of person-1.
    const [first, ...others] = DATA;
    if (first === undefined) throw new Error('There is no data.');
    const images = [{ ...first, identity: 'Bo', label: 1 }, ...others];
    const look = (wanted: readonly TrainingImage[]): Promise<Uint8Array> =>
      read(wanted.map((image) => (image.identity === 'Bo' ? first : image)));
    const settings: TrainingSettings = { ...SETTINGS, keepProbability: 1 };
    const plan: TrainingPlan = { ...PLAN, settings, epochSize: 10, maxEpochs: 6 };
    const { events } = await run(plan, { images, read: look });
    const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
    expect(warnings).toEqual([expect.stringMatching(/^Not learned in 3 epochs, .*: Bo\. /)]);
  });

  it('halves a batch that does not fit into memory three times, and then says why it ends', async () => {
    const sizes: number[] = [];
    const open =
      (fits: number) =>
      (settings: TrainingSettings): TrainingSession => {
        sizes.push(settings.batchSize);
        const session = openTraining(native(), settings);
        return settings.batchSize <= fits
          ? session
          : {
              ...session,
              step: () => {
                throw new Error('RESOURCE_EXHAUSTED: OOM when allocating tensor with shape[90,79,79,32]');
              },
            };
      };
    const large = { ...PLAN, settings: { ...SETTINGS, batchSize: 16 }, maxEpochs: 1 };
    const { events } = await run(large, { open: open(4) });
    expect(sizes).toEqual([16, 8, 4]);
    expect(events.filter(({ kind }) => kind === 'batch-halved')).toHaveLength(2);
    expect(stepsOf(events)).toHaveLength(5);
    await expect(run(large, { open: open(1) })).rejects.toThrow(/RESOURCE_EXHAUSTED/);
    expect(sizes.slice(3)).toEqual([16, 8, 4, 2]);
  });

  it('refuses a checkpoint of another network in one sentence', async () => {
    const { last } = await run({ ...PLAN, maxEpochs: 1 });
    const other = { ...PLAN, settings: { ...SETTINGS, embeddingSize: 16 } };
    await expect(run(other, { checkpoint: last })).rejects.toThrow(/checkpoint of another network/);
  });

  it('holds as many tensors after a thousand steps as after one', async () => {
    const session = openTraining(native(), SETTINGS);
    try {
      const images = DATA.slice(0, SETTINGS.batchSize);
      const batch = { images: await read(images), labels: Int32Array.from(images, ({ label }) => label) };
      session.step(batch, { step: 1, learningRate: 0.01 });
      const before = native().getNumOfTensors();
      for (let step = 2; step <= 1000; step += 1) session.step(batch, { step, learningRate: 0.01 });
      session.readState();
      expect(native().getNumOfTensors()).toBe(before);
    } finally {
      session.dispose();
    }
  }, 60_000);
});
