import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindingPackageFolder, loadBinding } from '../../src/engine/backend/binding.ts';
import { embeddingNetwork } from '../../src/engine/embedding/network.ts';
import { nativeEmbedder } from '../../src/engine/embedding/runner.ts';
import { importModel } from '../../src/engine/models/import-model.ts';
import { ModelRefused, readForeignModel } from '../../src/engine/models/read-foreign.ts';
import { readSafetensors } from '../../src/node/codecs/safetensors.ts';
import { addConstant, addNode, frozenGraph } from '../support/frozen-graph.ts';
import { goldenPictures, goldenWeights, GOLDEN_SIDE_PX } from '../support/golden-network.ts';
import { needShared } from '../support/shared.ts';

const binding = (() => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

let folder: string;
let graph: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'facenet-studio-foreign-'));
  graph = frozenGraph({ embeddingSize: 128 });
});
afterAll(() => rm(folder, { recursive: true }));

const refusal = (bytes: Buffer): string => {
  try {
    readForeignModel(bytes);
  } catch (error) {
    if (error instanceof ModelRefused) return error.message;
    throw error;
  }
  return 'It was taken.';
};

test.skipIf(binding === null)(
  'a frozen graph in the seed’s node names, switches around batch norm included, gives the seed’s vectors',
  async (context) => {
    if (binding === null) return;
    const file = join(folder, '20170512-110547.pb');
    const output = join(folder, 'weights.safetensors');
    await writeFile(file, graph);
    const { embeddingSize } = await importModel(file, output);
    const fixed = { kind: 'fixed', mean: [127.5, 127.5, 127.5], scale: 128 } as const;
    const network = embeddingNetwork(
      {
        architecture: 'inception-resnet-v1',
        dimensions: embeddingSize,
        isUnitLength: true,
        preprocessing: {
          crop: { style: 'relative', imageSizePx: GOLDEN_SIDE_PX, marginPx: 32 },
          alsoTakes: [],
          inputSizePx: GOLDEN_SIDE_PX,
          colour: 'rgb',
          standardisation: { ...fixed, mean: [...fixed.mean] },
        },
      },
      await readSafetensors(output),
    );
    const runner = nativeEmbedder(binding, network);
    const found = runner.run(goldenPictures(3), 3);
    runner.dispose();
    const golden = await readSafetensors(needShared(context, 'golden', 'network.safetensors'));
    const expected = golden.get('inference128/embeddings')?.values ?? new Float32Array();
    expect(found.length).toBe(expected.length);
    found.forEach((value, index) => {
      expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThan(1e-4);
    });
  },
);

describe('a file that is no such model is refused with what was found', () => {
  test.each([
    ['a pickle', Buffer.from('\x80\x02csubprocess\ncall\nq\x00.', 'latin1'), /pickle/],
    ['a zip archive', Buffer.from('PK\x03\x04rest of it', 'latin1'), /zip archive/],
    ['a SavedModel', Buffer.from('\x08\x01\x12\x02ab', 'latin1'), /SavedModel/],
    ['a web page', Buffer.from('<!DOCTYPE html><html>'), /web page/],
    ['an empty file', Buffer.alloc(0), /empty/],
    ['text', Buffer.from('weights, weights everywhere'), /no frozen TensorFlow graph/],
  ])('%s', (_, bytes, words) => {
    expect(refusal(bytes)).toMatch(words);
  });

  test('a graph that ends early', () => {
    expect(refusal(graph.subarray(0, graph.length - 1000))).toMatch(/no frozen TensorFlow graph/);
  });

  test('another network', () => {
    const bytes = frozenGraph({ embeddingSize: 128, change: () => null });
    expect(refusal(bytes)).toMatch(/lacks InceptionResnetV1\/Bottleneck\/weights/);
  });

  test('one that lacks a tensor, has another shape, or has weights too many', () => {
    const name = 'InceptionResnetV1/Mixed_6a/Branch_0/Conv2d_1a_3x3/weights';
    const lacks = frozenGraph({ embeddingSize: 8, change: (each, shape) => (each === name ? null : shape) });
    expect(refusal(lacks)).toMatch(`it lacks 1 of the 490 tensors of the network, ${name} among them`);
    const other = frozenGraph({
      embeddingSize: 8,
      change: (each, shape) => (each === name ? [3, 3, 256, 383] : shape),
    });
    expect(refusal(other)).toMatch(`${name} has the shape [3, 3, 256, 383], not [3, 3, 256, 384]`);
    const extra = frozenGraph({
      embeddingSize: 8,
      extra: (each) => {
        addConstant(each, 'InceptionResnetV1/Bottleneck/BatchNorm/gamma', [8], new Float32Array(8));
      },
    });
    expect(refusal(extra)).toMatch(
      'weights that the network does not have: InceptionResnetV1/Bottleneck/BatchNorm/gamma',
    );
  });

  test.each([
    'ReadFile',
    'WriteFile',
    'MatchingFiles',
    'PyFunc',
    'SaveV2',
    'RestoreV2',
    'TFRecordReaderV2',
    'PrintV2',
    'WholeFileReaderV2',
  ])('one with the operation %s, by its name', (operation) => {
    const bytes = frozenGraph({
      embeddingSize: 4,
      change: () => null,
      extra: (each) => {
        addNode(each, 'innocent', operation);
      },
    });
    expect(refusal(bytes)).toMatch(
      new RegExp(`innocent has the operation ${operation}, which reaches files`),
    );
  });

  test('one with an operation that no network here has, and one whose values are no numbers', () => {
    const unknown = frozenGraph({
      embeddingSize: 4,
      change: () => null,
      extra: (each) => {
        addNode(each, 'strange', 'DecodeRaw');
      },
    });
    expect(refusal(unknown)).toMatch(/strange has the operation DecodeRaw/);
    const values = Float32Array.from(goldenWeights('x', [1792, 4]).values);
    values[17] = NaN;
    const broken = frozenGraph({
      embeddingSize: 4,
      change: (name, shape) => (name.endsWith('Bottleneck/weights') ? null : shape),
      extra: (each) => {
        addConstant(each, 'InceptionResnetV1/Bottleneck/weights', [1792, 4], values);
      },
    });
    expect(refusal(broken)).toMatch(/Bottleneck\/weights holds values that no trained network has/);
  });

  test('a shape that asks for more memory than the file has bytes', () => {
    const bytes = frozenGraph({
      embeddingSize: 4,
      change: (name, shape) => (name.endsWith('Bottleneck/weights') ? null : shape),
      extra: (each) => {
        addConstant(
          each,
          'InceptionResnetV1/Bottleneck/weights',
          [1792, 2_000_000_000],
          Float32Array.of(1),
          'floats',
        );
      },
    });
    expect(refusal(bytes)).toMatch(/has the shape \[1792, 2000000000\]/);
  });

  test('a file that is not there, and a folder', async () => {
    const output = join(folder, 'never');
    await expect(importModel(join(folder, 'none.pb'), output)).rejects.toThrow(/no such file/);
    await expect(importModel(folder, output)).rejects.toThrow(/a folder/);
    await expect(readFile(output)).rejects.toThrow();
  });
});
