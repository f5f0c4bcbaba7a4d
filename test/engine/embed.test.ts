import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmbedResult, EmbedTask, EngineClient } from '../../src/contract/engine.ts';
import { ModelManifest, type LoadableModel } from '../../src/contract/models.ts';
import type { ProcessConnection } from '../../src/node/processes/connect.ts';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';
import { needShared } from '../support/shared.ts';
import { startEngine, STUDIO_DETECTION } from '../support/engine.ts';

const require = createRequire(import.meta.url);
const DIMENSIONS = 128;

let folder: string;
let engine: ProcessConnection<EngineClient>;
let model: LoadableModel;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-studio-embed-'));
  engine = startEngine('auto');
  const manifest = ModelManifest.parse(
    JSON.parse(
      await readFile(join(PROJECT_FOLDER, 'resources', 'models', 'face-api-128', 'model.json'), 'utf8'),
    ),
  );
  const { kind, file, sha256 } = manifest.weights;
  const shipped = dirname(require.resolve('@vladmandic/face-api/package.json'));
  model = { model: manifest.model, weights: { kind, file: join(shipped, file), sha256 } };
});
afterAll(async () => {
  await engine.process.stop();
  await rm(folder, { recursive: true });
});

const embed = async (
  tasks: EmbedTask[],
  isFlipped = false,
): Promise<{ outcomes: EmbedResult['outcome'][]; rows: Float32Array }> => {
  const output = join(folder, 'vectors');
  const outcomes: EmbedResult['outcome'][] = [];
  for await (const { id, outcome } of await engine.client.embed({ model, isFlipped, output, tasks }))
    outcomes[id] = outcome;
  return { outcomes, rows: new Float32Array(Uint8Array.from(await readFile(output)).buffer) };
};

const distance = (a: Float32Array, b: Float32Array): number =>
  Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? NaN)) ** 2, 0));

test('photos of one person are nearer to each other than to another person, by the threshold of the model', async (context) => {
  const faces = { kind: 'found', detect: STUDIO_DETECTION } as const;
  const files = [
    ['George_W_Bush', 1],
    ['George_W_Bush', 2],
    ['Tony_Blair', 1],
    ['Tony_Blair', 2],
  ] as const;
  const { outcomes, rows } = await embed(
    files.map(([name, number], id) => ({
      id,
      file: needShared(context, 'data', 'lfw', name, `${name}_000${String(number)}.jpg`),
      faces,
    })),
  );
  const vector = (id: number): Float32Array => {
    const outcome = outcomes[id];
    if (outcome?.kind !== 'embedded') throw new Error(`Photo ${String(id)} was not embedded.`);
    const row = outcome.rows[0] ?? -1;
    return rows.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
  };
  const [bush, again, blair, blairAgain] = [vector(0), vector(1), vector(2), vector(3)];
  expect(Math.max(distance(bush, again), distance(blair, blairAgain))).toBeLessThan(0.61);
  expect(Math.min(distance(bush, blair), distance(again, blairAgain))).toBeGreaterThan(0.61);
});

test('a face that is given has the vector of the same face that was found, and a mirrored one follows where it is asked for', async (context) => {
  const file = needShared(context, 'data', 'lfw', 'Tony_Blair', 'Tony_Blair_0001.jpg');
  const found = await embed([{ id: 0, file, faces: { kind: 'found', detect: STUDIO_DETECTION } }]);
  const outcome = found.outcomes[0];
  if (outcome?.kind !== 'embedded' || outcome.face === null) throw new Error('No face was found.');
  const { box, landmarks } = outcome.face;
  const given = [{ box, landmarks, rotationDegrees: 0 }];
  const faces = { kind: 'given', faces: given, sourceSha256: outcome.sourceSha256 } as const;
  const both = await embed([{ id: 0, file, faces }], true);
  expect(both.rows.length).toBe(2 * DIMENSIONS);
  expect(distance(both.rows.subarray(0, DIMENSIONS), found.rows)).toBeLessThan(1e-4);
  const ofMirrored = distance(both.rows.subarray(DIMENSIONS), found.rows);
  expect(ofMirrored).toBeGreaterThan(0.01);
  expect(ofMirrored).toBeLessThan(0.61);
});

test('a picture that changed, one that is damaged and weights of another model are told, and cost nobody else', async (context) => {
  const file = needShared(context, 'data', 'lfw', 'Tony_Blair', 'Tony_Blair_0001.jpg');
  const given = { kind: 'found', detect: STUDIO_DETECTION } as const;
  const { outcomes } = await embed([
    { id: 0, file, faces: given },
    {
      id: 1,
      file,
      faces: {
        kind: 'given',
        faces: [
          {
            box: [0, 0, 50, 50],
            landmarks: [
              [1, 1],
              [2, 1],
              [1, 2],
              [1, 3],
              [2, 3],
            ],
            rotationDegrees: 0,
          },
        ],
        sourceSha256: '00',
      },
    },
    { id: 2, file: join(folder, 'missing.jpg'), faces: given },
  ]);
  expect(outcomes.map(({ kind }) => kind)).toEqual(['embedded', 'failed', 'failed']);
  const other = { ...model, weights: { ...model.weights, sha256: '00' } };
  const request = {
    model: other,
    isFlipped: false,
    output: join(folder, 'none'),
    tasks: [{ id: 0, file, faces: given }],
  };
  await expect(
    (async () => {
      for await (const result of await engine.client.embed(request)) expect(result).toBeNull();
    })(),
  ).rejects.toMatchObject({ code: 'MODEL_UNUSABLE' });
});
