import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SERVE_TAG } from '../graph/graph-def.ts';
import { outputName, type GraphBuilder, type GraphTensor } from '../graph/builder.ts';
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

/** What one call of a loaded graph takes and gives, in order; outputs are float32. */
export type GraphCall = { readonly inputs: readonly GraphTensor[]; readonly outputs: readonly GraphTensor[] };

/** A graph that TensorFlow has loaded, with several calls that share its variables. */
export type NativeCalls<Name extends string> = {
  run(call: Name, inputs: readonly Input[]): readonly Float32Array[];
  dispose(): void;
};

const typeOf = (binding: TensorFlowBinding, values: Input['values']): number =>
  values instanceof Float32Array
    ? binding.TF_FLOAT
    : values instanceof Int32Array
      ? binding.TF_INT32
      : binding.TF_UINT8;

const named = (tensors: readonly GraphTensor[]): Record<string, GraphTensor> =>
  Object.fromEntries(tensors.map((tensor) => [tensor.name, tensor]));

/** Runs one call of a loaded model; every tensor that it makes is gone when it returns or throws. */
const runCall = (
  binding: TensorFlowBinding,
  model: number,
  names: { readonly inputs: string; readonly outputs: string },
  values: readonly Input[],
): readonly Float32Array[] => {
  const held: number[] = [];
  try {
    for (const input of values)
      held.push(binding.createTensor(input.shape, typeOf(binding, input.values), input.values));
    const fed = [...held];
    const given = binding.runSavedModel(model, fed, names.inputs, names.outputs);
    held.push(...given.map(({ id }) => id));
    return given.map(({ id }) => {
      const data = binding.tensorDataSync(id);
      if (data instanceof Float32Array) return data;
      throw new TypeError('A graph gave something other than float32.');
    });
  } finally {
    for (const id of held) binding.deleteTensor(id);
  }
};

/**
 * Hands a graph with several calls to TensorFlow. The SavedModel lies in a temporary folder only while it is read. Variables
 * (`VarHandleOp`) keep their values between calls, and all calls see the same; they are gone with `dispose`.
 */
export const loadCalls = <Name extends string>(
  binding: TensorFlowBinding,
  builder: GraphBuilder,
  calls: Readonly<Record<Name, GraphCall>>,
): NativeCalls<Name> => {
  const entries: readonly [string, GraphCall][] = Object.entries(calls);
  const signatures = Object.fromEntries(
    entries.map(([name, { inputs, outputs }]) => [name, { inputs: named(inputs), outputs: named(outputs) }]),
  );
  const folder = mkdtempSync(join(tmpdir(), 'facenet-studio-graph-'));
  let model: number;
  try {
    writeFileSync(join(folder, 'saved_model.pb'), builder.savedModel(signatures));
    model = binding.loadSavedModel(folder, SERVE_TAG);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const names = new Map(
    entries.map(([name, { inputs, outputs }]) => [
      name,
      { inputs: inputs.map(outputName).join(','), outputs: outputs.map(outputName).join(',') },
    ]),
  );
  let isDisposed = false;
  return {
    run(call, values) {
      const known = names.get(call);
      if (known === undefined) throw new RangeError(`The graph has no call ${call}.`);
      return runCall(binding, model, known, values);
    },
    dispose() {
      if (!isDisposed) binding.deleteSavedModel(model);
      isDisposed = true;
    },
  };
};

/** Hands a graph with one call to TensorFlow. `inputs` and `outputs` fix the order of what `run` takes and gives. */
export const loadGraph = (
  binding: TensorFlowBinding,
  builder: GraphBuilder,
  inputs: readonly GraphTensor[],
  outputs: readonly GraphTensor[],
): NativeGraph => {
  const loaded = loadCalls(binding, builder, { serve: { inputs, outputs } });
  return {
    run: (values) => loaded.run('serve', values),
    dispose() {
      loaded.dispose();
    },
  };
};
