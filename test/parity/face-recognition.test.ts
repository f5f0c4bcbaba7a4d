import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { bindingPackageFolder, loadBinding } from '../../src/engine/backend/binding.ts';
import { openWasm } from '../../src/engine/backend/wasm.ts';
import { ModelManifest } from '../../src/contract/models.ts';
import { loadNetwork } from '../../src/engine/embedding/load.ts';
import { nativeEmbedder, type EmbeddingNetwork } from '../../src/engine/embedding/runner.ts';
import { tfjsEmbedder } from '../../src/engine/embedding/tfjs-runner.ts';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

const require = createRequire(import.meta.url);
const SIDE_PX = 150;
const TOLERANCE = 1e-4;
const PICTURES = 2;

/** Noise, and something smooth. */
const pictures = Uint8Array.from({ length: PICTURES * SIDE_PX * SIDE_PX * 3 }, (_, i) =>
  i < SIDE_PX * SIDE_PX * 3
    ? (Math.imul(i + 1, 2654435761) >>> 13) & 255
    : 127 + 120 * Math.sin(i / 900) * Math.cos(i / 31),
);

/** The part of the package that its own types describe in terms of a browser. */
type FaceApi = {
  readonly tf: {
    setBackend(name: string): Promise<boolean>;
    ready(): Promise<void>;
    tensor4d(values: Float32Array, shape: [number, number, number, number]): unknown;
    readonly io: { decodeWeights(bytes: ArrayBuffer, specs: unknown): unknown };
  };
  readonly FaceRecognitionNet: new () => {
    loadFromWeightMap(weights: unknown): void;
    forwardInput(input: { toBatchTensor(): unknown }): { data(): Promise<Float32Array> };
  };
};

/** What the package itself makes of the pictures, on its own build for Node. */
const vectorsOfPackage = async (): Promise<Float32Array> => {
  const folder = dirname(require.resolve('@vladmandic/face-api/package.json'));
  // See the type.
  const { tf, FaceRecognitionNet } = require(join(folder, 'dist', 'face-api.node-wasm.js')) as FaceApi;
  await tf.setBackend('wasm');
  await tf.ready();
  const net = new FaceRecognitionNet();
  const file = join(folder, 'model', 'face_recognition_model');
  const [{ weights }] = z
    .tuple([z.object({ weights: z.array(z.unknown()) })])
    .parse(JSON.parse(await readFile(`${file}-weights_manifest.json`, 'utf8')));
  const bytes = Uint8Array.from(await readFile(`${file}.bin`)).buffer;
  net.loadFromWeightMap(tf.io.decodeWeights(bytes, weights));
  const batch = tf.tensor4d(Float32Array.from(pictures), [PICTURES, SIDE_PX, SIDE_PX, 3]);
  return net.forwardInput({ toBatchTensor: () => batch }).data();
};

const binding = (() => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

describe('the default embedder gives the vectors of face-api', () => {
  let expected: Float32Array;
  let network: EmbeddingNetwork;
  beforeAll(async () => {
    const manifest = ModelManifest.parse(
      JSON.parse(
        await readFile(join(PROJECT_FOLDER, 'resources', 'models', 'face-api-128', 'model.json'), 'utf8'),
      ),
    );
    const packageFolder = dirname(require.resolve('@vladmandic/face-api/package.json'));
    const { kind, file, sha256 } = manifest.weights;
    network = await loadNetwork({
      model: manifest.model,
      weights: { kind, file: join(packageFolder, file), sha256 },
    });
    expected = await vectorsOfPackage();
    await openWasm(null);
  });

  const farthest = (found: Float32Array): number => {
    expect(found.length).toBe(expected.length);
    return found.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0);
  };

  test.skipIf(binding === null)('on native TensorFlow', () => {
    if (binding === null) return;
    const runner = nativeEmbedder(binding, network);
    const found = runner.run(pictures, PICTURES);
    runner.dispose();
    expect(farthest(found)).toBeLessThan(TOLERANCE);
  });

  test('on WebAssembly', () => {
    const runner = tfjsEmbedder(network);
    const found = runner.run(pictures, PICTURES);
    runner.dispose();
    expect(farthest(found)).toBeLessThan(TOLERANCE);
  });
});
