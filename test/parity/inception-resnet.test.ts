import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as tf from '@tensorflow/tfjs-core';
import {
  bindingPackageFolder,
  loadBinding,
  type TensorFlowBinding,
} from '../../src/engine/backend/binding.ts';
import { loadGraph } from '../../src/engine/backend/native-graph.ts';
import { openWasm } from '../../src/engine/backend/wasm.ts';
import type { EmbeddingModel } from '../../src/contract/models.ts';
import { embeddingNetwork } from '../../src/engine/embedding/network.ts';
import { nativeEmbedder } from '../../src/engine/embedding/runner.ts';
import { tfjsEmbedder } from '../../src/engine/embedding/tfjs-runner.ts';
import { foldWeights, inferenceLayers } from '../../src/engine/facenet/inference.ts';
import { inceptionResnetV1 } from '../../src/engine/facenet/inception-resnet-v1.ts';
import { variablesOf } from '../../src/engine/facenet/variables.ts';
import { GraphBuilder, type GraphTensor } from '../../src/engine/graph/builder.ts';
import { UNKNOWN } from '../../src/engine/graph/graph-def.ts';
import { graphOperations } from '../../src/engine/network/graph-operations.ts';
import { readSafetensors, type NamedTensor } from '../../src/node/codecs/safetensors.ts';
import {
  goldenPictures,
  goldenWeights,
  GOLDEN_SIDE_PX,
  readGoldenNetwork,
} from '../support/golden-network.ts';
import { sharedPath } from '../support/shared.ts';

/** Against Python TensorFlow on the seed's graph: other orders of summation, and weights whose last bit differs with the `sin`. */
const TOLERANCE = 1e-4;

const PICTURES = 3;
const HALF_RANGE = 127.5;

const folder = sharedPath('golden');

const modelOf = (dimensions: number, isUnitLength: boolean): EmbeddingModel => ({
  architecture: 'inception-resnet-v1',
  dimensions,
  isUnitLength,
  preprocessing: {
    crop: { style: 'relative', imageSizePx: GOLDEN_SIDE_PX, marginPx: 32 },
    alsoTakes: [],
    inputSizePx: GOLDEN_SIDE_PX,
    colour: 'rgb',
    standardisation: { kind: 'fixed', mean: [HALF_RANGE, HALF_RANGE, HALF_RANGE], scale: 128 },
  },
});

const weightsOf = (dimensions: number): ReadonlyMap<string, NamedTensor> =>
  new Map(
    variablesOf(inceptionResnetV1, { embeddingSize: dimensions }).map(({ name, shape }) => [
      name,
      goldenWeights(name, shape),
    ]),
  );

const largestDifference = (found: Float32Array, expected: Float32Array | undefined): number => {
  expect(found.length).toBe(expected?.length);
  return found.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - (expected?.[index] ?? NaN))),
    0,
  );
};

const binding: TensorFlowBinding | null = (() => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

describe.skipIf(folder === null)('Inception-ResNet-v1 is the seed’s', () => {
  let golden: ReadonlyMap<string, NamedTensor>;
  beforeAll(async () => {
    golden = await readSafetensors(`${folder ?? ''}/network.safetensors`);
  });

  test('it has the variables of the seed, by name, shape and order', async () => {
    const { variables } = await readGoldenNetwork(`${folder ?? ''}/network.json`);
    const own = variablesOf(inceptionResnetV1, { embeddingSize: 512 });
    expect(own).toEqual(variables.map(({ name, shape }) => ({ name, shape })));
  });

  describe.skipIf(binding === null)('on native TensorFlow', () => {
    test.for([128, 512])('the vectors of %i numbers', (dimensions) => {
      if (binding === null) return;
      const weights = weightsOf(dimensions);
      const held = [binding.getNumOfTensors(), binding.getNumOfSavedModels()];
      for (const [output, isUnitLength] of [
        ['prelogits', false],
        ['embeddings', true],
      ] as const) {
        const expected = golden.get(`inference${String(dimensions)}/${output}`)?.values;
        const range = Math.max(...(expected ?? []).map(Math.abs));
        const runner = nativeEmbedder(binding, embeddingNetwork(modelOf(dimensions, isUnitLength), weights));
        const found = runner.run(goldenPictures(PICTURES), PICTURES);
        runner.dispose();
        expect(largestDifference(found, expected)).toBeLessThan(TOLERANCE * range);
      }
      expect([binding.getNumOfTensors(), binding.getNumOfSavedModels()]).toEqual(held);
    });

    test('what each block gives', async () => {
      if (binding === null) return;
      const { endpoints } = await readGoldenNetwork(`${folder ?? ''}/network.json`);
      const graph = new GraphBuilder();
      const input = graph.placeholder('pictures', 'float32', [UNKNOWN, GOLDEN_SIDE_PX, GOLDEN_SIDE_PX, 3]);
      const outputs = new Map<string, GraphTensor>();
      inceptionResnetV1(inferenceLayers(graphOperations(graph, false), foldWeights(weightsOf(512))), input, {
        embeddingSize: 512,
        endpoint: (name, x) => outputs.set(name, x),
      });
      const network = loadGraph(binding, graph, [input], [...outputs.values()]);
      const values = Float32Array.from(goldenPictures(PICTURES), (value) => (value - HALF_RANGE) / 128);
      const found = network.run([{ shape: [PICTURES, GOLDEN_SIDE_PX, GOLDEN_SIDE_PX, 3], values }]);
      network.dispose();
      // The seed names the input of the last pooling beside the block that gives it.
      const expected = Object.entries(endpoints).filter(([name]) => name !== 'PrePool');
      expect([...outputs.keys()]).toEqual(expected.map(([name]) => name));
      expected.forEach(([name, { shape, mean, std, first8 }], index) => {
        const block = found[index] ?? new Float32Array();
        expect([name, block.length]).toEqual([name, shape.reduce((product, size) => product * size, 1)]);
        const average = block.reduce((sum, value) => sum + value, 0) / block.length;
        const spread = Math.sqrt(
          block.reduce((sum, value) => sum + (value - average) ** 2, 0) / block.length,
        );
        expect(Math.abs(average - mean), name).toBeLessThan(TOLERANCE * std);
        expect(Math.abs(spread - std), name).toBeLessThan(TOLERANCE * std);
        expect(largestDifference(block.subarray(0, 8), Float32Array.from(first8)), name).toBeLessThan(
          10 * TOLERANCE * std,
        );
      });
    });
  });

  describe('on WebAssembly', () => {
    let tensors = 0;
    beforeAll(async () => {
      await openWasm(null);
      tensors = tf.memory().numTensors;
    });
    afterAll(() => {
      expect(tf.memory().numTensors).toBe(tensors);
    });
    test('the vectors of 128 numbers', () => {
      const runner = tfjsEmbedder(embeddingNetwork(modelOf(128, true), weightsOf(128)));
      const found = runner.run(goldenPictures(1), 1);
      runner.dispose();
      const expected = golden.get('inference128/embeddings')?.values.subarray(0, 128);
      expect(largestDifference(found, expected)).toBeLessThan(TOLERANCE);
    });
  });
});
