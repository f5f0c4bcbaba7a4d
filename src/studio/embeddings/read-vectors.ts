import type { Vectors } from '../../core/neighbours/graph.ts';
import type { VectorCounts } from '../../contract/workspace-embed.ts';
import { failed } from '../failure.ts';
import type { WorkHooks } from '../stream-work.ts';
import type { Studio } from '../studio.ts';
import type { Workspace } from '../workspace/open.ts';
import { dimensionsOf, vectorsFolder, type VectorKind } from './embed-workspace.ts';
import type { EmbeddingRequest } from './embeddings.ts';
import { readKept, type KeptFace } from './kept-faces.ts';
import { openVectorStore } from './store.ts';
import { waitForVectors } from './wait.ts';

/** Kept faces that have a vector, in the order of their ids, with their vectors. */
export type EmbeddedFaces = {
  readonly faces: readonly KeptFace[];
  readonly vectors: Vectors;
  /** Kept faces without one. */
  readonly lacking: readonly KeptFace[];
};

const textOf = ({ key }: KeptFace): string => Buffer.from(key).toString('latin1');

const openToRead = (workspace: Workspace, kind: VectorKind) =>
  openVectorStore(vectorsFolder(workspace, kind), { dimensions: dimensionsOf(kind), isReadOnly: true });

/** How many kept faces have a vector that is still right. */
export const countVectors = async (workspace: Workspace, kind: VectorKind): Promise<VectorCounts> => {
  const kept = await readKept(workspace);
  const store = await openToRead(workspace, kind);
  const embedded = kept.filter(({ key }) => store.has(key)).length;
  return { faces: kept.length, embedded, failed: 0, waiting: kept.length - embedded };
};

/** Reads the vectors that there are. */
export const readVectors = async (workspace: Workspace, kind: VectorKind): Promise<EmbeddedFaces> => {
  const kept = await readKept(workspace);
  const store = await openToRead(workspace, kind);
  const faces = kept.filter(({ key }) => store.has(key));
  const dimensions = dimensionsOf(kind);
  const values = new Float32Array(faces.length * dimensions);
  let row = 0;
  for await (const vector of store.read(faces.map(({ key }) => key))) {
    if (vector === null) throw new Error('A vector went away while it was read.');
    values.set(vector, row * dimensions);
    row += 1;
  }
  const vectors = { count: faces.length, dimensions, values };
  return { faces, vectors, lacking: kept.filter(({ key }) => !store.has(key)) };
};

/**
 * Reads the vectors of a workspace's kept faces, and has the missing ones made before, by the job that shows in Activity; faces that could not be
 * embedded by it are not tried again as long as the service runs. Not for work that is a job itself (`waitForVectors`).
 * @throws a failure, also for a workspace that is open for reading only and lacks vectors; the signal's reason when it is aborted
 */
export const ensureVectors = async (
  studio: Pick<Studio, 'jobs' | 'embeddings'>,
  workspace: Workspace,
  request: EmbeddingRequest,
  hooks: WorkHooks,
): Promise<EmbeddedFaces> => {
  const { folder } = workspace.paths;
  const found = await readVectors(workspace, request);
  const { outcome } = studio.embeddings.standing(folder, request);
  const tried = new Set(outcome?.failures.map(({ face }) => textOf(face)));
  if (found.lacking.every((face) => tried.has(textOf(face)))) return found;
  if (workspace.isReadOnly)
    throw failed(
      `${String(found.lacking.length)} faces of ${folder} have no vectors yet, and it is open for reading only: open it for writing and embed its faces.`,
    );
  await waitForVectors(studio, folder, request, hooks);
  return readVectors(workspace, request);
};
