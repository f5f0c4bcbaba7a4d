import { dirname, join } from 'node:path';
import type { FileProblem, VectorOutput } from '../../contract/embedding.ts';
import type { EmbedTask } from '../../contract/engine.ts';
import type { Reason } from '../../contract/faces.ts';
import type { WorkspaceEmbedReport } from '../../contract/workspace-embed.ts';
import { embedCalls, type PartOutcome } from '../embed/embed-items.ts';
import { writeVectors } from '../embed/write-vectors.ts';
import type { EngineLease } from '../engine/host.ts';
import { runCalls } from '../engine/run-tasks.ts';
import { writeFailure } from '../failure.ts';
import { loadableOf, type RegisteredModel } from '../models/registry.ts';
import { BAD_NAME } from '../scan/problems.ts';
import type { WorkHooks } from '../stream-work.ts';
import { together } from '../together.ts';
import type { Workspace } from '../workspace/open.ts';
import { keptFaces, type KeptFace } from './kept-faces.ts';
import { openVectorStore, type RowOwner, type VectorStore } from './store.ts';
import { variantOf } from './vector-key.ts';

/** Photos of one call; a segment of the store holds their faces. */
const PHOTOS_PER_CHUNK = 256;
const CHUNKS_IN_FLIGHT = 3;

export type WorkspaceEmbedding = {
  readonly model: RegisteredModel;
  readonly isFlipped: boolean;
  readonly engine: EngineLease;
  readonly output: VectorOutput | null;
  readonly now: () => number;
};

/** Faces of one photo that need a vector. */
type Waiting = { readonly faces: readonly KeptFace[] };

const OUTSIDE: Reason = {
  code: 'outside',
  message: 'The face lies outside its photo, or the network gave no numbers for it.',
};

/** The folder of a model's vectors in a workspace. */
export const vectorsFolder = (
  { paths }: Pick<Workspace, 'paths'>,
  model: RegisteredModel,
  isFlipped: boolean,
): string => join(paths.folder, 'embeddings', variantOf(model.manifest.id, loadableOf(model), isFlipped));

/** Numbers in a vector of a model. */
export const dimensionsOf = ({ manifest }: RegisteredModel, isFlipped: boolean): number =>
  manifest.model.dimensions * (isFlipped ? 2 : 1);

const byPhoto = (faces: readonly KeptFace[]): Waiting[] => {
  const photos = new Map<string, KeptFace[]>();
  for (const face of faces) {
    const photo = Buffer.from(face.photoSha256).toString('latin1');
    photos.set(photo, [...(photos.get(photo) ?? []), face]);
  }
  return [...photos.values()].map((each) => ({ faces: each }));
};

const taskOf = ({ faces }: Waiting, id: number): EmbedTask | null => {
  const [first] = faces;
  if (first === undefined || first.path === null) return null;
  return {
    id,
    file: first.path,
    faces: {
      kind: 'given',
      faces: faces.map(({ geometry }) => ({ ...geometry, box: [...geometry.box] })),
      sourceSha256: Buffer.from(first.photoSha256).toString('hex'),
    },
  };
};

type Chunk = { readonly failed: FileProblem[]; readonly embedded: number };

/** Puts the rows of a chunk into the store, and tells which faces have none. */
const keepRows = async (
  store: VectorStore,
  waiting: readonly Waiting[],
  outcomes: ReadonlyMap<number, PartOutcome>,
): Promise<Chunk> => {
  const parts = new Map<string, RowOwner[]>();
  const failed: FileProblem[] = [];
  const fail = (faces: readonly KeptFace[], reason: Reason): void => {
    for (const { shown } of faces) failed.push({ file: shown, reason });
  };
  for (const [id, { faces }] of waiting.entries()) {
    const found = outcomes.get(id);
    if (found === undefined) fail(faces, { code: BAD_NAME.code, message: BAD_NAME.message });
    else if (found.outcome.kind !== 'embedded') {
      const { kind } = found.outcome;
      fail(faces, kind === 'failed' ? { code: found.outcome.code, message: found.outcome.message } : OUTSIDE);
    } else {
      const owners = parts.get(found.part) ?? [];
      parts.set(found.part, owners);
      for (const [place, row] of found.outcome.rows.entries()) {
        const face = faces[place];
        if (face === undefined) continue;
        if (row === null) fail([face], OUTSIDE);
        else owners[row] = { photoSha256: face.photoSha256, key: face.key };
      }
    }
  }
  let embedded = 0;
  for (const [part, owners] of parts) {
    if (owners.length === 0) continue;
    await store.add(part, owners);
    embedded += owners.length;
  }
  return { failed, embedded };
};

const readKept = async (workspace: Workspace): Promise<readonly KeptFace[]> => {
  const faces: KeptFace[] = [];
  for await (const part of keptFaces(workspace.catalogue, workspace.faces()))
    for (const face of part) faces.push(face);
  return faces;
};

/** Makes what is missing, a few calls at a time; each call's vectors are kept before the next is counted. */
const makeVectors = async (
  store: VectorStore,
  missing: readonly KeptFace[],
  { model, isFlipped, engine }: WorkspaceEmbedding,
  { signal: outer, onProgress }: WorkHooks,
): Promise<Chunk> => {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const run = { engine, model: loadableOf(model), isFlipped, folder: await store.draftFolder() };
  const calls = embedCalls(run, signal);
  const photos = byPhoto(missing);
  const failed: FileProblem[] = [];
  let [next, done, embedded] = [0, 0, 0];
  onProgress(0, missing.length);
  await together(
    CHUNKS_IN_FLIGHT,
    () => {
      stop.abort();
    },
    async () => {
      while (next < photos.length) {
        signal.throwIfAborted();
        const chunk = photos.slice(next, next + PHOTOS_PER_CHUNK);
        next += chunk.length;
        const outcomes = new Map<number, PartOutcome>();
        const tasks = chunk.flatMap((photo, id) => taskOf(photo, id) ?? []);
        await runCalls(calls, tasks, ({ id }, outcome) => {
          outcomes.set(id, outcome);
        });
        const kept = await keepRows(store, chunk, outcomes);
        failed.push(...kept.failed);
        embedded += kept.embedded;
        done += chunk.reduce((sum, { faces }) => sum + faces.length, 0);
        onProgress(done, missing.length);
      }
    },
  );
  return { failed, embedded };
};

const writeOutput = async (
  output: VectorOutput,
  store: VectorStore,
  faces: readonly KeptFace[],
): Promise<void> => {
  async function* rows(): AsyncGenerator<Float32Array, void, void> {
    for await (const vector of store.read(faces.map(({ key }) => key))) {
      if (vector === null) throw new Error('A vector went away while it was written.');
      yield vector;
    }
  }
  try {
    await writeVectors(output, {
      files: faces.map(({ shown }) => shown),
      labels: faces.map(({ label }) => label),
      dimensions: store.dimensions,
      rows: rows(),
    });
  } catch (error) {
    throw writeFailure(error, dirname(output.path));
  }
};

/**
 * Makes the vectors of a workspace's kept faces that have none of this model, or were changed since. A run that is stopped or killed keeps what it
 * made, and the next goes on.
 * @throws a failure, or the signal's reason when it is aborted
 */
export const embedWorkspace = async (
  workspace: Workspace,
  embedding: WorkspaceEmbedding,
  hooks: WorkHooks,
): Promise<WorkspaceEmbedReport> => {
  const { model, isFlipped, engine, output, now } = embedding;
  const startedMs = now();
  const faces = await readKept(workspace);
  const dimensions = dimensionsOf(model, isFlipped);
  const folder = vectorsFolder(workspace, model, isFlipped);
  try {
    const store = await openVectorStore(folder, { dimensions, isReadOnly: false });
    try {
      const missing = faces.filter(({ key }) => !store.has(key));
      const { failed, embedded } = await makeVectors(store, missing, embedding, hooks);
      const withVector = faces.filter(({ key }) => store.has(key));
      if (output !== null) await writeOutput(output, store, withVector);
      const seconds = (now() - startedMs) / 1000;
      return {
        model: model.manifest.id,
        dimensions,
        faces: faces.length,
        embedded,
        fresh: faces.length - missing.length,
        files: withVector.map(({ shown }) => shown),
        failed,
        output: output?.path ?? null,
        seconds,
        facesPerSecond: seconds > 0 ? embedded / seconds : 0,
        engine: engine.info,
      };
    } finally {
      await store.close();
    }
  } catch (error) {
    throw writeFailure(error, workspace.paths.folder);
  }
};
