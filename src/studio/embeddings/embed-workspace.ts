import { join } from 'node:path';
import type { EmbedTask } from '../../contract/engine.ts';
import type { Reason } from '../../contract/faces.ts';
import type { VectorCounts } from '../../contract/workspace-embed.ts';
import { embedCalls, type PartOutcome } from '../embed/embed-items.ts';
import type { EngineLease } from '../engine/host.ts';
import { runCalls } from '../engine/run-tasks.ts';
import { writeFailure } from '../failure.ts';
import { loadableOf, type RegisteredModel } from '../models/registry.ts';
import { BAD_NAME } from '../scan/problems.ts';
import type { WorkHooks } from '../stream-work.ts';
import { together } from '../together.ts';
import type { Workspace } from '../workspace/open.ts';
import { readKept, type KeptFace } from './kept-faces.ts';
import { openVectorStore, type RowOwner, type VectorStore } from './store.ts';
import { variantOf } from './vector-key.ts';

/** Photos of one call; a segment of the store holds their faces. */
const PHOTOS_PER_CHUNK = 128;
const CHUNKS_IN_FLIGHT = 3;

/** Which vectors: of a model, and whether each is followed by that of the mirrored crop. */
export type VectorKind = { readonly model: RegisteredModel; readonly isFlipped: boolean };

/** A face without a vector, and why. */
export type FailedFace = { readonly face: KeptFace; readonly reason: Reason };

export type EmbedHooks = WorkHooks & {
  /** How the kept faces stand, at the beginning and after each call. */
  readonly onCounts: (counts: VectorCounts) => void;
};

/** What became of the kept faces; the three add up. */
export type EmbedPass = {
  readonly embedded: number;
  readonly fresh: number;
  readonly failed: readonly FailedFace[];
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
  { model, isFlipped }: VectorKind,
): string => join(paths.folder, 'embeddings', variantOf(model.manifest.id, loadableOf(model), isFlipped));

/** Numbers in a vector of a model. */
export const dimensionsOf = ({ model, isFlipped }: VectorKind): number =>
  model.manifest.model.dimensions * (isFlipped ? 2 : 1);

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

type Chunk = { readonly failed: FailedFace[]; readonly embedded: number };

/** Puts the rows of a chunk into the store, and tells which faces have none. */
const keepRows = async (
  store: VectorStore,
  waiting: readonly Waiting[],
  outcomes: ReadonlyMap<number, PartOutcome>,
): Promise<Chunk> => {
  const parts = new Map<string, RowOwner[]>();
  const failed: FailedFace[] = [];
  const fail = (faces: readonly KeptFace[], reason: Reason): void => {
    for (const face of faces) failed.push({ face, reason });
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

/** Makes what is missing, a few calls at a time; each call's vectors are kept before the next is counted. */
const makeVectors = async (
  store: VectorStore,
  missing: readonly KeptFace[],
  { kind: { model, isFlipped }, engine }: EmbedContext,
  { signal: outer, onMade }: { readonly signal: AbortSignal; readonly onMade: (made: Chunk) => void },
): Promise<void> => {
  const stop = new AbortController();
  const signal = AbortSignal.any([outer, stop.signal]);
  const run = { engine, model: loadableOf(model), isFlipped, folder: await store.draftFolder() };
  const calls = embedCalls(run, signal);
  const photos = byPhoto(missing);
  let next = 0;
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
        onMade(await keepRows(store, chunk, outcomes));
      }
    },
  );
};

type EmbedContext = { readonly kind: VectorKind; readonly engine: EngineLease };

/**
 * Makes the vectors of a workspace's kept faces that have none of this kind, or were changed since. A run that is stopped or killed keeps what it
 * made, and the next goes on.
 * @throws a failure, or the signal's reason when it is aborted
 */
export const embedWorkspace = async (
  workspace: Workspace,
  context: EmbedContext,
  { signal, onProgress, onCounts }: EmbedHooks,
): Promise<EmbedPass> => {
  const { kind } = context;
  const faces = await readKept(workspace);
  const options = { dimensions: dimensionsOf(kind), isReadOnly: false };
  const failed: FailedFace[] = [];
  let embedded = 0;
  try {
    const store = await openVectorStore(vectorsFolder(workspace, kind), options);
    try {
      const missing = faces.filter(({ key }) => !store.has(key));
      const fresh = faces.length - missing.length;
      const tell = (): void => {
        const done = embedded + failed.length;
        const waiting = missing.length - done;
        onCounts({ faces: faces.length, embedded: fresh + embedded, failed: failed.length, waiting });
        onProgress(done, missing.length);
      };
      tell();
      await makeVectors(store, missing, context, {
        signal,
        onMade(made) {
          failed.push(...made.failed);
          embedded += made.embedded;
          tell();
        },
      });
      return { embedded, fresh, failed };
    } finally {
      await store.close();
    }
  } catch (error) {
    throw writeFailure(error, workspace.paths.folder);
  }
};
