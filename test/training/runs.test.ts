import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createRandom } from '../../src/core/training/random.ts';
import { RunRecord } from '../../src/contract/runs.ts';
import { bindingPackageFolder, loadBinding } from '../../src/engine/backend/binding.ts';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { readSafetensors } from '../../src/node/codecs/safetensors.ts';
import { run, start } from '../align/program.ts';

const hasTensorFlow = ((): boolean => {
  try {
    loadBinding(bindingPackageFolder());
    return true;
  } catch {
    return false;
  }
})();

const SIDE_PX = 24;
const PEOPLE = 3;
const IMAGES = 8;

const Line = z.looseObject({ type: z.string() });
type Line = z.infer<typeof Line>;

const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Line.parse(JSON.parse(line)));

/** Numbers of steps and epochs without what hangs on the clock. */
const numbersOf = (lines: readonly Line[]): unknown[] =>
  lines
    .filter(({ type }) => type === 'step' || type === 'epoch')
    .map((line) => ({ ...line, imagesPerSecond: 0, waitShare: 0 }));

describe.skipIf(!hasTensorFlow)('runs of a training', () => {
  let folder: string;
  let data: string;
  const cli = join(PROJECT_FOLDER, 'out', 'main', 'cli.js');

  const makeData = async (target: string): Promise<void> => {
    const random = createRandom(9);
    for (let person = 0; person < PEOPLE; person += 1) {
      await mkdir(join(target, `person-${String(person)}`), { recursive: true });
      for (let image = 0; image < IMAGES; image += 1) {
        const pixels = Uint8Array.from({ length: SIDE_PX * SIDE_PX * 3 }, (_, at) =>
          Math.floor((at % 3 === person ? 150 : 60) + 60 * random()),
        );
        await sharp(pixels, { raw: { width: SIDE_PX, height: SIDE_PX, channels: 3 } })
          .png()
          .toFile(join(target, `person-${String(person)}`, `${String(image)}.png`));
      }
    }
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'facenet-studio-runs-'));
    data = join(folder, 'data');
    await makeData(data);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const flags = (logs: string): string[] => [
    '--logs-base-dir',
    join(folder, logs),
    ...'--model-def tiny --image-size 20 --read-size 24 --batch-size 6 --epoch_size 10 --max_nrof_epochs 3'.split(
      ' ',
    ),
    ...'--embedding-size 8 --optimizer ADAM --learning-rate 0.05 --random-crop --random-flip'.split(' '),
    ...'--keep-probability 0.8 --center_loss_factor 0.01 --weight-decay 1e-4 --checkpoint-every 4'.split(' '),
    ...'--validation-set-split-ratio 0.2 --validate-every-n-epochs 1 --engine cpu --json'.split(' '),
  ];

  const recordOf = async (logs: string): Promise<{ readonly at: string; readonly record: RunRecord }> => {
    const [id = ''] = await readdir(join(folder, logs));
    const at = join(folder, logs, id);
    return { at, record: RunRecord.parse(JSON.parse(await readFile(join(at, 'run.json'), 'utf8'))) };
  };

  const resultOf = async (
    logs: string,
  ): Promise<{ readonly weights: string; readonly numbers: unknown[] }> => {
    const { at, record } = await recordOf(logs);
    const last = record.checkpoints.at(-1);
    const bytes = await readFile(last?.file ?? '');
    return {
      weights: createHash('sha256').update(bytes).digest('hex'),
      numbers: numbersOf(linesOf(await readFile(join(at, 'metrics.jsonl'), 'utf8'))),
    };
  };

  it('tell each step and epoch as a line, and keep what they were made of', async () => {
    const ended = await run(cli, ['train', 'softmax', data, ...flags('whole')]);
    expect(ended.error).toBe('');
    expect(ended.code).toBe(0);
    const lines = linesOf(ended.out);
    expect(lines.filter(({ type }) => type === 'step')).toHaveLength(30);
    expect(lines.filter(({ type }) => type === 'epoch')).toHaveLength(3);
    expect(lines.find(({ type }) => type === 'step')).toMatchObject({
      step: 1,
      epoch: 1,
      learningRate: 0.05,
    });
    expect(lines.at(-1)).toMatchObject({ type: 'summary', state: 'finished', step: 30, epoch: 3 });
    const { at, record } = await recordOf('whole');
    expect(record.data).toMatchObject({ identities: 3, trainImages: 18, validationImages: 6 });
    expect(numbersOf(linesOf(await readFile(join(at, 'metrics.jsonl'), 'utf8')))).toEqual(numbersOf(lines));
    expect((await readdir(at)).some((name) => name.startsWith('events.out.tfevents.'))).toBe(true);
    // Three newest and the best; nothing half-written.
    expect(record.checkpoints.length).toBeLessThanOrEqual(4);
    expect((await readdir(record.checkpointsFolder)).filter((name) => name !== '.pending')).toHaveLength(
      record.checkpoints.length,
    );
    expect(await readdir(join(record.checkpointsFolder, '.pending'))).toEqual([]);
  }, 60_000);

  it('that are killed at any moment go on to the same result', async () => {
    const random = createRandom(4);
    for (let kill = 0; kill < 4; kill += 1) {
      const logs = `killed-${String(kill)}`;
      const training = start(cli, ['train', 'softmax', data, ...flags(logs)]);
      const wanted = 3 + Math.floor(random() * 25);
      for (;;) {
        const text = await recordOf(logs)
          .then(({ at }) => readFile(join(at, 'metrics.jsonl'), 'utf8'))
          .catch(() => '');
        if (text.split('\n').length > wanted) break;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      training.killAll();
      await training.ended;
      const { at } = await recordOf(logs);
      const resumed = await run(cli, ['resume', at, '--json']);
      expect(resumed.code, resumed.error).toBe(0);
      expect(await resultOf(logs), `killed after ${String(wanted)} steps`).toEqual(await resultOf('whole'));
    }
  }, 120_000);

  it('become a model with the names of the seed, without what only the training needs', async () => {
    const { at, record } = await recordOf('whole');
    const frozen = await run(cli, ['freeze', at, join(folder, 'models'), '--json']);
    expect(frozen.code, frozen.error).toBe(0);
    const { weights, graph } = z
      .object({ weights: z.string(), graph: z.string() })
      .parse(JSON.parse(frozen.out));
    const names = [...(await readSafetensors(weights)).keys()];
    expect(names).toContain('Tiny/Conv2d_1/BatchNorm/moving_variance');
    expect(names.some((name) => /Adam|centers|Logits|ExponentialMovingAverage/.test(name))).toBe(false);
    expect((await readFile(graph)).includes('phase_train')).toBe(true);
    expect(record.best).not.toBeNull();
    const listed = await run(cli, ['runs', join(folder, 'whole'), '--json']);
    expect(listed.out).toContain(record.id);
  }, 60_000);

  it('say in one sentence what is wrong with their data', async () => {
    const empty = join(folder, 'one-class');
    await mkdir(join(empty, 'only'), { recursive: true });
    await writeFile(join(empty, 'only', 'a.png'), await readFile(join(data, 'person-0', '0.png')));
    const few = await run(cli, ['train', 'softmax', empty, ...flags('few')]);
    expect(few.code).toBe(2);
    expect(few.error).toMatch(/1 class to train on: a training needs at least two/);
    const missing = await run(cli, ['train', 'softmax', join(folder, 'nowhere'), ...flags('few')]);
    expect(missing.code).toBe(2);
    expect(missing.error).toMatch(/There is no folder/);
    const three = await run(cli, ['train', 'triplet', data, '--batch-size', '10']);
    expect(three.code).toBe(2);
    expect(three.error).toMatch(/multiple of 3/);
  }, 60_000);

  it('stop where an image is gone since they began, keep their last checkpoint, and go on when it is back', async () => {
    const own = join(folder, 'changing');
    await makeData(own);
    const stopped = start(cli, ['train', 'softmax', own, ...flags('changing-runs')]);
    for (;;) {
      const checkpoints = await recordOf('changing-runs')
        .then(({ record }) => record.checkpoints.length)
        .catch(() => 0);
      if (checkpoints > 0) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    stopped.killAll();
    await stopped.ended;
    const image = join(own, 'person-1', '2.png');
    const bytes = await readFile(image);
    await unlink(image);
    const { at } = await recordOf('changing-runs');
    const failed = await run(cli, ['resume', at, '--json']);
    expect(failed.code).toBe(1);
    expect(failed.error).toMatch(/2\.png is gone since the run began: put it back/);
    await writeFile(image, bytes);
    const resumed = await run(cli, ['resume', at, '--json']);
    expect(resumed.code, resumed.error).toBe(0);
  }, 60_000);
});
