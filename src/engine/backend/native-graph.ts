import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVE_TAG } from '../graph/graph-def.ts';
import type { GraphBuilder, GraphTensor } from '../graph/builder.ts';
import type { TensorFlowBinding } from './binding.ts';

export type Input = {
  readonly shape: readonly number[];
  readonly values: Uint8Array | Float32Array | Int32Array;
};

/** A graph that TensorFlow has loaded: one native call for each run. */
export type NativeGraph = {
  /** Runs the graph and gives the values of its outputs, in the order in which they were named at loading. */
  run(inputs: readonly Input[]): readonly Float32Array[];
  dispose(): void;
};

const typeOf = (binding: TensorFlowBinding, values: Input['values']): number =>
  values instanceof Float32Array
    ? binding.TF_FLOAT
    : values instanceof Int32Array
      ? binding.TF_INT32
      : binding.TF_UINT8;

/**
 * Hands a graph to TensorFlow. The SavedModel lies in a temporary folder only while it is read.
 * `inputs` and `outputs` fix the order of what `run` takes and gives; outputs are float32.
 */
export const loadGraph = (
  binding: TensorFlowBinding,
  builder: GraphBuilder,
  inputs: readonly GraphTensor[],
  outputs: readonly GraphTensor[],
): NativeGraph => {
  const named = (tensors: readonly GraphTensor[]): Record<string, GraphTensor> =>
    Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor]));
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-graph-'));
  let model: number;
  try {
    writeFileSync(
      join(folder, 'saved_model.pb'),
      builder.savedModel({ serve: { inputs: named(inputs), outputs: named(outputs) } }),
    );
    model = binding.loadSavedModel(folder, SERVE_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const inputNames = inputs.map((input) => `${input.name}:0`).join(',');
  const outputNames = outputs.map((output) => `${output.name}:0`).join(',');
  let isDisposed = false;
  return {
    run(values) {
      const fed = values.map((input) =>
        binding.createTensor(input.shape, typeOf(binding, input.values), input.values),
      );
      try {
        return binding.runSavedModel(model, fed, inputNames, outputNames).map(({ id }) => {
          const data = binding.tensorDataSync(id);
          binding.deleteTensor(id);
          if (data instanceof Float32Array) return data;
          throw new TypeError('A graph gave something other than float32.');
        });
      } finally {
        for (const id of fed) binding.deleteTensor(id);
      }
    },
    dispose() {
      if (!isDisposed) binding.deleteSavedModel(model);
      isDisposed = true;
    },
  };
};
