import { describe, expect, it } from 'vitest';
import { bindingPackageFolder, loadActivations, loadBinding } from '../../src/engine/backend/binding.ts';
import { loadGraph } from '../../src/engine/backend/native-graph.ts';
import { GraphBuilder, type GraphTensor } from '../../src/engine/graph/builder.ts';
import { graphOperations } from '../../src/engine/network/graph-operations.ts';
import type { Operations } from '../../src/engine/network/operations.ts';

const binding = (() => {
  try {
    const loaded = loadBinding(bindingPackageFolder());
    return loaded.isUsingGpuDevice() || !loadActivations() ? null : loaded;
  } catch {
    return null;
  }
})();

const noise = (count: number, seed: number): Float32Array =>
  Float32Array.from(
    { length: count },
    (_, i) => (((Math.imul(i + seed, 2654435761) >>> 13) & 1023) - 511) / 64,
  );

/** -0 and 0 are the same value. */
const withoutSign = (value: number): number => value + 0;

type Shape = readonly [number, number, number, number];

/** Runs one operation on noise, with TensorFlow's own operations or with ours. */
const run = (
  shape: Shape,
  isOurs: boolean,
  write: (ops: Operations<GraphTensor>, x: GraphTensor, graph: GraphBuilder) => GraphTensor,
): Float32Array | undefined => {
  if (binding === null) return undefined;
  const graph = new GraphBuilder();
  const x = graph.placeholder('x', 'float32', shape);
  const loaded = loadGraph(binding, graph, [x], [write(graphOperations(graph, isOurs), x, graph)]);
  try {
    return loaded.run([
      {
        shape,
        values: noise(
          shape.reduce((a, b) => a * b),
          7,
        ),
      },
    ])[0];
  } finally {
    loaded.dispose();
  }
};

const SHAPES: readonly Shape[] = [
  [1, 1, 1, 1],
  [1, 7, 9, 3],
  [3, 12, 12, 10],
  [2, 23, 5, 33],
  [5, 4, 4, 128],
];
const alphaOf = ([, , , channels]: Shape) => ({
  shape: [channels],
  values: noise(channels, 3).map((v) => v / 8),
});

describe("our operations of TensorFlow give what TensorFlow's own give", () => {
  for (const shape of SHAPES) {
    const name = shape.join(' x ');
    it(`PReLU of ${name}`, (context) => {
      if (binding === null)
        return context.skip('needs native TensorFlow on the processor and the native loops');
      const [own, ours] = [false, true].map((isOurs) =>
        run(shape, isOurs, (ops, x) => ops.prelu(x, alphaOf(shape))),
      );
      expect(ours).toEqual(own);
    });

    it(`PReLU and pooling of ${name}, with and without a mask`, (context) => {
      if (binding === null)
        return context.skip('needs native TensorFlow on the processor and the native loops');
      const [, height, width] = shape;
      for (const padding of ['SAME', 'VALID'] as const) {
        for (const [size, stride] of [
          [2, 2],
          [3, 2],
          [1, 1],
          [3, 1],
        ] as const) {
          if (padding === 'VALID' && (size > height || size > width)) continue;
          for (const isMasked of [false, true]) {
            const masked = Float32Array.from({ length: height * width }, (_, i) => (i % 3 === 1 ? -1e30 : 0));
            const [own, ours] = [false, true].map((isOurs) =>
              run(shape, isOurs, (ops, x, graph) => {
                const mask = isMasked ? graph.constant('mask', masked, [1, height, width, 1]) : undefined;
                return ops.preluMaxPool(x, alphaOf(shape), { size, stride, padding }, mask);
              }),
            );
            expect(
              ours?.map(withoutSign),
              `${padding} ${String(size)} ${String(stride)} ${String(isMasked)}`,
            ).toEqual(own?.map(withoutSign));
          }
        }
      }
    });
  }

  it('refuses alphas that do not fit, and says so', (context) => {
    if (binding === null)
      return context.skip('needs native TensorFlow on the processor and the native loops');
    const wrong = { shape: [2], values: Float32Array.of(0.1, 0.2) };
    expect(() => run([1, 3, 3, 3], true, (ops, x) => ops.prelu(x, wrong))).toThrow(
      /one alpha for each channel/,
    );
    expect(() =>
      run([1, 3, 3, 3], true, (ops, x) =>
        ops.preluMaxPool(x, wrong, { size: 2, stride: 2, padding: 'SAME' }),
      ),
    ).toThrow(/one alpha for each channel/);
  });
});
