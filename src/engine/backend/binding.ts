import { createRequire } from 'node:module';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadAddon } from '../../node/processes/addons.ts';

type TensorMetadata = { readonly id: number; readonly shape: readonly number[]; readonly dtype: number };

/**
 * The part of `@tensorflow/tfjs-node-gpu`'s N-API addon that runs graphs. It is loaded without the package's JavaScript,
 * which would cost a second and 100 MB at every start and breaks on Node 23; see docs/decisions/0004.
 */
export type TensorFlowBinding = {
  createTensor(
    shape: readonly number[],
    dtype: number,
    values: Uint8Array | Float32Array | Int32Array,
  ): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Uint8Array | Float32Array | Int32Array;
  loadSavedModel(folder: string, tags: string): number;
  deleteSavedModel(id: number): void;
  /** Names are joined with commas; a name is `node:output`. */
  runSavedModel(
    id: number,
    inputs: readonly number[],
    inputNames: string,
    outputNames: string,
  ): TensorMetadata[];
  getNumOfSavedModels(): number;
  getNumOfTensors(): number;
  isUsingGpuDevice(): boolean;
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_UINT8: number;
  readonly TF_Version: string;
};

/** Folder of the installed `@tensorflow/tfjs-node-gpu` package. */
export const bindingPackageFolder = (): string => {
  const require = createRequire(import.meta.url);
  return dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
};

/** Loads the addon. @throws when it was not built, or its TensorFlow libraries cannot be loaded. */
export const loadBinding = (packageFolder: string): TensorFlowBinding => {
  const libraries = join(packageFolder, 'lib');
  const file = (existsSync(libraries) ? readdirSync(libraries) : [])
    .map((folder) => join(libraries, folder, 'tfjs_binding.node'))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error('The native TensorFlow binding is not built.');
  const require = createRequire(import.meta.url);
  // The addon's shape is fixed by the pinned version of the package; see its dist/tfjs_binding.d.ts.
  return require(file) as TensorFlowBinding;
};

/**
 * Gives TensorFlow our own operations of `native/activations.cc`, which compute on the processor alone.
 * @returns false where they were not built: TensorFlow's own operations do the same, slower
 */
export const loadActivations = (): boolean => loadAddon('activations') !== null;
