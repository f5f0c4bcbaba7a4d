import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Vectors } from '../../core/neighbours/graph.ts';
import { writeFileAtomic } from '../../node/files/atomic.ts';
import { dimensionsOf, vectorsFolder } from '../embeddings/embed-workspace.ts';
import { keptFaces } from '../embeddings/kept-faces.ts';
import { openVectorStore, type VectorStore } from '../embeddings/store.ts';
import { KEY_BYTES, variantOf } from '../embeddings/vector-key.ts';
import { systemCode } from '../failure.ts';
import { loadableOf, type RegisteredModel } from '../models/registry.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Workspace } from '../workspace/open.ts';
import { OWNER_ONLY_FOLDER } from '../workspace/paths.ts';
import { facesToCluster } from './known-of-faces.ts';

/** Which vectors. */
export type VectorKind = { readonly model: RegisteredModel; readonly isFlipped: boolean };

/** Faces in the order of their vectors. A place without a face is of one that takes no part any more. */
export type Gathered = {
  /** [vectors.count] 0 for none. */
  readonly ids: Uint32Array;
  /** [vectors.count] the key of each vector; see `vectorKeyOf`. */
  readonly keys: readonly string[];
  readonly vectors: Vectors;
  /** Places from this one on came after the neighbours were found. */
  readonly graphed: number;
  /** Where the neighbours of those before are kept; null where nothing may be written. */
  readonly file: string | null;
};

/** Neighbours that were found before are used as long as so many of their faces take part, and no more than so many came. */
const LEAST_SHARE_LEFT = 0.8;
const MOST_SHARE_NEW = 0.05;
const FEW_NEW = 200;

export const textOfKey = (key: Uint8Array): string => Buffer.from(key).toString('latin1');

/** The name of the vectors of a kind: model, weights and flip. */
export const variantName = ({ model, isFlipped }: VectorKind): string =>
  variantOf(model.manifest.id, loadableOf(model), isFlipped);

const graphFile = ({ paths }: Workspace, kind: VectorKind): string =>
  join(paths.cache, `neighbours-${variantName(kind)}`);

/** The file that names the vectors of a graph: keys in their order. */
const keysFile = (graph: string): string => `${graph}.faces`;

const readKeys = async (file: string): Promise<readonly string[]> => {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
  return Array.from({ length: Math.floor(bytes.length / KEY_BYTES) }, (_, place) =>
    bytes.toString('latin1', place * KEY_BYTES, (place + 1) * KEY_BYTES),
  );
};

/** Where the cache cannot be written everything is found again the next time. */
const NOT_WRITABLE: ReadonlySet<string | null> = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOSPC']);

const writeKeys = async (folder: string, file: string, keys: readonly string[]): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    await writeFileAtomic(file, Buffer.concat(keys.map((key) => Buffer.from(key, 'latin1'))));
  } catch (error) {
    if (!NOT_WRITABLE.has(systemCode(error))) throw error;
  }
};

/** Faces that came since the neighbours of `before` were found; null where those are not worth keeping. */
const addedSince = (
  before: readonly string[],
  present: ReadonlyMap<string, number>,
  store: VectorStore,
): number | null => {
  if (before.length === 0 || !before.every((key) => store.has(Buffer.from(key, 'latin1')))) return null;
  const left = before.reduce((count, key) => count + (present.has(key) ? 1 : 0), 0);
  const added = present.size - left;
  const isGood =
    left >= before.length * LEAST_SHARE_LEFT && added <= Math.max(FEW_NEW, before.length * MOST_SHARE_NEW);
  return isGood ? added : null;
};

const readVectors = async (
  store: VectorStore,
  keys: readonly string[],
  { signal, onProgress }: WorkHooks,
): Promise<Vectors> => {
  const { dimensions } = store;
  const values = new Float32Array(
    new SharedArrayBuffer(keys.length * dimensions * Float32Array.BYTES_PER_ELEMENT),
  );
  let row = 0;
  for await (const vector of store.read(keys.map((key) => Buffer.from(key, 'latin1')))) {
    signal.throwIfAborted();
    if (vector === null) throw new Error('A vector went away while it was read.');
    values.set(vector, row * dimensions);
    row += 1;
    onProgress(row, keys.length);
  }
  return { count: keys.length, dimensions, values };
};

/** Faces that take part and have a vector, by the key of it. */
const presentFaces = async (
  workspace: Workspace,
  store: VectorStore,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> => {
  const present = new Map<string, number>();
  const index = workspace.faces();
  for await (const part of keptFaces(workspace.catalogue, index, facesToCluster(index))) {
    signal.throwIfAborted();
    for (const { face, key } of part) if (store.has(key)) present.set(textOfKey(key), face);
  }
  return present;
};

/**
 * Reads the vectors of the faces that take part, in the order of the neighbours that are kept where these are still good for most of them.
 * @param isExact the neighbours of all are needed, as a run does: none may have come after they were found
 * @throws the signal's reason
 */
export const gatherFaces = async (
  workspace: Workspace,
  kind: VectorKind,
  isExact: boolean,
  hooks: WorkHooks,
): Promise<Gathered> => {
  const store = await openVectorStore(vectorsFolder(workspace, kind), {
    dimensions: dimensionsOf(kind),
    isReadOnly: true,
  });
  const present = await presentFaces(workspace, store, hooks.signal);
  const file = graphFile(workspace, kind);
  const before = await readKeys(keysFile(file));
  const added = addedSince(before, present, store);
  const isKept = added === 0 || (added !== null && !isExact);
  const known = new Set(isKept ? before : []);
  const keys = isKept
    ? [...before, ...[...present.keys()].filter((key) => !known.has(key))]
    : [...present.keys()];
  if (!isKept && !workspace.isReadOnly) await writeKeys(workspace.paths.cache, keysFile(file), keys);
  return {
    ids: Uint32Array.from(keys, (key) => present.get(key) ?? 0),
    keys,
    vectors: await readVectors(store, keys, hooks),
    graphed: isKept ? before.length : keys.length,
    file: workspace.isReadOnly ? null : file,
  };
};
