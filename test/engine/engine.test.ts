import { mkdtemp, rm } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineClient } from '../../src/contract/engine.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { detectTasks, outcomesOf, startEngine, STUDIO_DETECTION } from '../support/engine.ts';

const SAMPLES = join(PROJECT_FOLDER, 'node_modules', '@vladmandic', 'face-api', 'demo');
const samples = readdirSync(SAMPLES)
  .filter((file) => file.endsWith('.jpg'))
  .map((file) => join(SAMPLES, file));

let engine: ProcessConnection<EngineClient>;
let folder: string;
beforeAll(async () => {
  engine = startEngine('auto');
  folder = await mkdtemp(join(tmpdir(), 'facenet-studio-test-'));
});
afterAll(async () => {
  await engine.process.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Processes that descend from one, by /proc. */
const childrenOf = (pid: number): number =>
  readdirSync('/proc').filter((entry) => {
    try {
      return (
        /^\d+$/.test(entry) &&
        readFileSync(`/proc/${entry}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ')[1] === String(pid)
      );
    } catch {
      return false;
    }
  }).length;

test(
  'the sample photos have faces, each with a score and five landmarks inside the photo',
  { timeout: 120_000 },
  async () => {
    const outcomes = await outcomesOf(engine.client, detectTasks(samples), STUDIO_DETECTION);
    expect(outcomes.length).toBe(samples.length);
    for (const outcome of outcomes) {
      if (outcome.kind !== 'faces') throw new Error(JSON.stringify(outcome));
      expect(outcome.faces.length).toBeGreaterThan(0);
      for (const { score, landmarks } of outcome.faces) {
        expect(score).toBeGreaterThan(0.7);
        expect(landmarks).toHaveLength(5);
      }
      const scores = outcome.faces.map(({ score }) => score);
      expect(scores).toEqual([...scores].sort((a, b) => b - a));
    }
  },
);

test('faces do not depend on which photos share a batch, to the last bit', { timeout: 120_000 }, async () => {
  const few = samples.slice(0, 3);
  const together = await outcomesOf(engine.client, detectTasks(few), STUDIO_DETECTION);
  for (const [index, file] of few.entries()) {
    const [alone] = await outcomesOf(engine.client, detectTasks([file]), STUDIO_DETECTION);
    expect(alone).toEqual(together[index]);
  }
});

test('a photo that cannot be used is an answer with its reason, and the others go on', async () => {
  const outcomes = await outcomesOf(
    engine.client,
    detectTasks([join(folder, 'missing.jpg'), samples[0] ?? '', folder]),
    STUDIO_DETECTION,
  );
  expect(outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind))).toEqual([
    'missing',
    'faces',
    'not-a-file',
  ]);
});

test('a photo smaller than the smallest face, and one of a single colour, have no face', async () => {
  const tiny = join(folder, 'tiny.png');
  const plain = join(folder, 'plain.png');
  await sharp({ create: { width: 9, height: 7, channels: 3, background: '#888' } }).toFile(tiny);
  await sharp({ create: { width: 640, height: 480, channels: 3, background: '#246' } }).toFile(plain);
  const outcomes = await outcomesOf(engine.client, detectTasks([tiny, plain]), STUDIO_DETECTION);
  expect(outcomes.map((outcome) => (outcome.kind === 'faces' ? outcome.faces.length : outcome))).toEqual([
    0, 0,
  ]);
});

test('a picture of noise ends in reasonable time and takes nobody down', { timeout: 120_000 }, async () => {
  const noise = join(folder, 'noise.png');
  const values = Buffer.from(
    Uint8Array.from({ length: 1200 * 900 * 3 }, (_, i) => (Math.imul(i, 2654435761) >>> 11) & 255),
  );
  await sharp(values, { raw: { width: 1200, height: 900, channels: 3 } }).toFile(noise);
  const lenient = { ...STUDIO_DETECTION, thresholds: [0.01, 0.3, 0.7] as [number, number, number] };
  const [outcome] = await outcomesOf(engine.client, detectTasks([noise]), lenient);
  expect(outcome?.kind).toBe('faces');
});

test(
  'a caller that leaves is heard within a batch, and the engine serves the next',
  { timeout: 120_000 },
  async () => {
    const many = Array.from({ length: 400 }, (_, index) => samples[index % samples.length] ?? '');
    const results = await engine.client.findFaces({
      detect: STUDIO_DETECTION,
      crop: null,
      tasks: detectTasks(many),
    });
    let seen = 0;
    for await (const result of results) {
      seen += result.outcome.kind === 'faces' ? 1 : 0;
      if (seen === 3) break;
    }
    const [next] = await outcomesOf(engine.client, detectTasks(samples.slice(0, 1)), STUDIO_DETECTION);
    expect(next?.kind).toBe('faces');
    const before = await engine.client.stages({});
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await engine.client.stages({})).pnet).toBe(before.pnet);
  },
);

test('no process is left when the engine has been stopped', { timeout: 60_000 }, async () => {
  const own = startEngine('auto');
  await outcomesOf(own.client, detectTasks(samples.slice(0, 1)), STUDIO_DETECTION);
  const pid = own.process.pid ?? 0;
  expect(childrenOf(pid)).toBeGreaterThan(0);
  await own.process.stop();
  await expect.poll(() => childrenOf(pid)).toBe(0);
});
