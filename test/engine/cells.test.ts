import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cellsAlong, pyramidLevels } from '../../src/core/mtcnn/pyramid.ts';
import type { CellView } from '../../src/core/mtcnn/stages.ts';
import {
  bindingPackageFolder,
  loadActivations,
  loadBinding,
  type TensorFlowBinding,
} from '../../src/engine/backend/binding.ts';
import { loadGraph } from '../../src/engine/backend/native-graph.ts';
import { GraphBuilder } from '../../src/engine/graph/builder.ts';
import { prepareWeights, pnet, type MtcnnWeights } from '../../src/engine/mtcnn/networks.ts';
import { nativeRunner, type MtcnnRunner } from '../../src/engine/mtcnn/runner.ts';
import { graphOperations } from '../../src/engine/network/graph-operations.ts';
import { createScheduler } from '../../src/engine/pipeline/batches.ts';
import { createCellStage, type LevelPixels } from '../../src/engine/pipeline/cell-stage.ts';
import { readSafetensors } from '../../src/node/codecs/safetensors.ts';
import { PROJECT_FOLDER } from '../../src/node/processes/entry.ts';

const binding = ((): TensorFlowBinding | null => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

let weights: MtcnnWeights;
let runner: MtcnnRunner | null = null;
beforeAll(async () => {
  weights = prepareWeights(
    await readSafetensors(join(PROJECT_FOLDER, 'resources', 'models', 'mtcnn.safetensors')),
  );
  runner = binding === null ? null : nativeRunner(binding, weights, loadActivations());
});
afterAll(() => {
  runner?.dispose();
});

const noise = (count: number, seed: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, index) => (Math.imul(index + seed, 2654435761) >>> 13) & 255);

const inMemory = ({
  pixels,
  ...size
}: {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly pixels: Uint8Array;
}): LevelPixels => ({
  ...size,
  copyTo(target, from) {
    target.set(pixels.subarray(from, from + target.length));
  },
});

/** The cells, which are there only now: [rows, columns, 5]. */
const copyOf = ({ values, first, stride, rows, columns }: CellView): Float32Array => {
  const copy = new Float32Array(rows * columns * 5);
  for (let row = 0; row < rows; row += 1) {
    const from = (first + row * stride) * 5;
    copy.set(values.subarray(from, from + columns * 5), row * columns * 5);
  }
  return copy;
};

/** The P-net on one level alone, as the seed runs it: its own shape, nothing beside it. */
const onItsOwn = (
  native: TensorFlowBinding,
  pixels: Uint8Array,
  widthPx: number,
  heightPx: number,
): Float32Array => {
  const graph = new GraphBuilder();
  const canvas = graph.placeholder('canvas', 'uint8', [1, heightPx, widthPx, 3]);
  const mask = graph.placeholder('mask', 'float32', [1, heightPx - 2, widthPx - 2, 1]);
  const loaded = loadGraph(
    native,
    graph,
    [canvas, mask],
    [pnet(graphOperations(graph, false), weights, canvas, mask)],
  );
  try {
    const [cells] = loaded.run([
      { shape: [1, heightPx, widthPx, 3], values: pixels },
      { shape: [1, heightPx - 2, widthPx - 2, 1], values: new Float32Array((heightPx - 2) * (widthPx - 2)) },
    ]);
    return cells ?? new Float32Array();
  } finally {
    loaded.dispose();
  }
};

test('a level gives the same cells on a shared canvas, cut into tiles or not, as on its own, odd sizes included', async (context) => {
  if (binding === null || runner === null) return context.skip('needs native TensorFlow');
  const networks = runner;
  const stage = createCellStage((canvas, mask, cells) => {
    cells.set(networks.pnet(canvas, mask));
    return Promise.resolve();
  });
  const scheduler = createScheduler([stage]);
  scheduler.enter();
  const sizes = [
    ...pyramidLevels(251, 187, { minFaceSizePx: 20, scaleFactor: 0.709 }),
    { widthPx: 700, heightPx: 535 },
    { widthPx: 513, heightPx: 12 },
  ];
  const levels = sizes.map(({ widthPx, heightPx }, index) => ({
    widthPx,
    heightPx,
    pixels: noise(widthPx * heightPx * 3, index * 977),
  }));
  const shared = await scheduler.park(
    Promise.all(levels.map((level) => stage.submit(inMemory(level), copyOf))),
  );
  levels.forEach(({ widthPx, heightPx, pixels }, index) => {
    const alone = onItsOwn(binding, pixels, widthPx, heightPx);
    expect(alone.length).toBe(cellsAlong(widthPx) * cellsAlong(heightPx) * 5);
    const values = shared[index] ?? new Float32Array();
    let worst = 0;
    alone.forEach(
      (value, place) => (worst = Math.max(worst, Math.abs(value - (values[place] ?? Number.NaN)))),
    );
    expect(worst, `${String(widthPx)} x ${String(heightPx)}`).toBeLessThan(1e-4);
  });
});

test('ten thousand squares through R- and O-net leave no tensor and no graph behind', (context) => {
  if (binding === null || runner === null) return context.skip('needs native TensorFlow');
  const [tensors, graphs] = [binding.getNumOfTensors(), binding.getNumOfSavedModels()];
  const squares = new Float32Array(100 * 24 * 24 * 3);
  for (let round = 0; round < 100; round += 1) expect(runner.rnet(squares, 100).length).toBe(500);
  for (let round = 0; round < 10; round += 1) {
    const short = nativeRunner(binding, weights, loadActivations());
    short.onet(new Float32Array(48 * 48 * 3), 1);
    short.dispose();
  }
  expect(binding.getNumOfTensors()).toBe(tensors);
  expect(binding.getNumOfSavedModels()).toBe(graphs);
});

test('a graph that fails leaves no tensor behind', (context) => {
  if (binding === null || runner === null) return context.skip('needs native TensorFlow');
  const tensors = binding.getNumOfTensors();
  expect(() => runner?.rnet(new Float32Array(24 * 24 * 3), 2)).toThrow();
  expect(binding.getNumOfTensors()).toBe(tensors);
});
