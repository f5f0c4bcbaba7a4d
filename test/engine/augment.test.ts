import { describe, expect, it } from 'vitest';
import type { Augmentation } from '../../src/contract/training.ts';
import {
  bindingPackageFolder,
  loadBinding,
  type TensorFlowBinding,
} from '../../src/engine/backend/binding.ts';
import { loadGraph, type NativeGraph } from '../../src/engine/backend/native-graph.ts';
import { pack, unary } from '../../src/engine/graph/arithmetic.ts';
import { GraphBuilder } from '../../src/engine/graph/builder.ts';
import { augment, drawsOf } from '../../src/engine/training/augment.ts';

const binding = ((): TensorFlowBinding | null => {
  try {
    return loadBinding(bindingPackageFolder());
  } catch {
    return null;
  }
})();

const BATCH = 4;
const SIDE = 6;
const OUTPUT = 4;

/** Every pixel of a picture differs from every other. */
const pixelAt = (image: number, y: number, x: number, channel: number): number =>
  image * 1000 + y * 100 + x * 10 + channel;

const PICTURES = Float32Array.from({ length: BATCH * SIDE * SIDE * 3 }, (_, at) =>
  pixelAt(
    Math.floor(at / (SIDE * SIDE * 3)),
    Math.floor(at / (SIDE * 3)) % SIDE,
    Math.floor(at / 3) % SIDE,
    at % 3,
  ),
);

const augmenting = (augmentation: Augmentation, outputPx = OUTPUT): NativeGraph => {
  if (binding === null) throw new Error('There is no native TensorFlow.');
  const graph = new GraphBuilder();
  const images = graph.placeholder('images', 'float32', [BATCH, SIDE, SIDE, 3]);
  const step = graph.placeholder('step', 'int32', []);
  const seedOf = (purpose: number) =>
    pack(graph, [graph.constant('seed', Int32Array.of(purpose), []), step], 0);
  const result = augment(graph, images, outputPx, augmentation, drawsOf(graph, seedOf, BATCH));
  return loadGraph(binding, graph, [images, step], [unary(graph, 'Identity', result)]);
};

const run = (graph: NativeGraph, step: number, pictures = PICTURES): Float32Array =>
  graph.run([
    { shape: [BATCH, SIDE, SIDE, 3], values: pictures },
    { shape: [], values: Int32Array.of(step) },
  ])[0] ?? new Float32Array();

/** The crop at an offset, mirrored or not. */
const cropOf = (image: number, top: number, left: number, isMirrored: boolean, side = OUTPUT): number[] =>
  Array.from({ length: side * side * 3 }, (_, at) => {
    const x = Math.floor(at / 3) % side;
    const seen = left + (isMirrored ? side - 1 - x : x);
    const y = top + Math.floor(at / (side * 3));
    const isInside = seen >= 0 && seen < SIDE && y >= 0 && y < SIDE;
    return isInside ? pixelAt(image, y, seen, at % 3) : 0;
  });

describe.skipIf(binding === null)('augmentation', () => {
  it('crops at every place and mirrors half, and takes pixels as they are', () => {
    const graph = augmenting({ randomCrop: true, randomFlip: true, randomRotate: false });
    const seen = new Map<string, number>();
    const size = OUTPUT * OUTPUT * 3;
    for (let step = 1; step <= 60; step += 1) {
      const found = run(graph, step);
      for (let image = 0; image < BATCH; image += 1) {
        const own = [...found.subarray(image * size, (image + 1) * size)];
        const places = [0, 1, 2].flatMap((top) =>
          [0, 1, 2].flatMap((left) => [false, true].map((mirrored) => ({ top, left, mirrored }))),
        );
        const place = places.find(({ top, left, mirrored }) =>
          cropOf(image, top, left, mirrored).every((value, at) => Math.abs(value - (own[at] ?? NaN)) < 0.01),
        );
        expect(place).toBeDefined();
        const key = JSON.stringify(place);
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    expect(seen.size).toBe(18);
    graph.dispose();
  });

  it('is the same for the same step, and another for the next', () => {
    const graph = augmenting({ randomCrop: true, randomFlip: true, randomRotate: true });
    expect(run(graph, 7)).toEqual(run(graph, 7));
    expect(run(graph, 7)).not.toEqual(run(graph, 8));
    graph.dispose();
  });

  it('turns about the middle, by at most ten degrees', () => {
    const graph = augmenting({ randomCrop: false, randomFlip: false, randomRotate: true }, SIDE);
    // A picture whose brightness is x: after a turn by a the middle row climbs by cos(a), the middle column by sin(a).
    const ramp = Float32Array.from({ length: BATCH * SIDE * SIDE * 3 }, (_, at) => Math.floor(at / 3) % SIDE);
    const slopes: number[] = [];
    for (let step = 1; step <= 50; step += 1) {
      const found = run(graph, step, ramp);
      for (let image = 0; image < BATCH; image += 1) {
        const at = (y: number, x: number): number => found[((image * SIDE + y) * SIDE + x) * 3] ?? NaN;
        expect((at(2, 2) + at(3, 3) + at(2, 3) + at(3, 2)) / 4).toBeCloseTo((SIDE - 1) / 2, 3);
        slopes.push(at(3, 2) - at(2, 2));
      }
    }
    const most = Math.sin((10 * Math.PI) / 180);
    expect(Math.max(...slopes)).toBeLessThanOrEqual(most + 1e-4);
    expect(Math.min(...slopes)).toBeGreaterThanOrEqual(-most - 1e-4);
    expect(Math.max(...slopes)).toBeGreaterThan(most * 0.8);
    expect(Math.min(...slopes)).toBeLessThan(-most * 0.8);
    graph.dispose();
  });

  it('takes the middle, or adds black, where nothing is drawn', () => {
    const plain = { randomCrop: false, randomFlip: false, randomRotate: false };
    for (const side of [3, 4, 6, 9]) {
      const graph = augmenting(plain, side);
      const before = side <= SIDE ? Math.floor((SIDE - side) / 2) : -Math.floor((side - SIDE) / 2);
      expect([...run(graph, 1).subarray(0, side * side * 3)]).toEqual(cropOf(0, before, before, false, side));
      graph.dispose();
    }
  });
});
