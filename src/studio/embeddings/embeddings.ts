import { basename } from 'node:path';
import type { EngineChoice } from '../../contract/engine.ts';
import type { EmbeddingSummary, VectorCounts } from '../../contract/workspace-embed.ts';
import type { EngineHost } from '../engine/host.ts';
import type { JobHooks, JobSpec } from '../jobs/job-spec.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { loadableOf } from '../models/registry.ts';
import type { Workspace } from '../workspace/open.ts';
import { workspaceId } from '../workspace/recent.ts';
import type { Workspaces } from '../workspace/registry.ts';
import { embedWorkspace, type EmbedPass, type FailedFace, type VectorKind } from './embed-workspace.ts';
import { variantOf } from './vector-key.ts';

/** Vectors that are wanted of a workspace. */
export type EmbeddingRequest = VectorKind & {
  readonly choice: EngineChoice;
  /** Whether the job is remembered over restarts: what somebody waits for at a terminal is not. */
  readonly isKept: boolean;
};

/** How the last run of a job ended. */
export type EmbeddingOutcome = EmbeddingSummary & { readonly failures: readonly FailedFace[] };

/** How vectors of one kind stand in a workspace. */
export type Standing = {
  request: EmbeddingRequest;
  /** Grows with each time that somebody asked. */
  asked: number;
  /** The last time that was asked before the last whole pass began. */
  answered: number;
  counts: VectorCounts;
  outcome: EmbeddingOutcome | null;
  working: Promise<void> | null;
  /** How many wait for the job, who would have nobody else's stopped when they leave. */
  waiting: number;
  /** Somebody wants it done who does not wait. */
  isOrdered: boolean;
};

/** The jobs that make vectors of workspaces: one for each workspace and kind of vectors, however often it is asked for. */
export type Embeddings = {
  /** The job that makes them; not queued. `counts` are what it shows before it ran. */
  job(folder: string, request: EmbeddingRequest, counts?: VectorCounts): JobSpec;
  /** Queues it, or has the running one do what came meanwhile as well. Gives its id. */
  start(folder: string, request: EmbeddingRequest): string;
  /** What is known of these vectors; the same object for as long as the service runs. */
  standing(folder: string, request: EmbeddingRequest): Standing;
};

/** Nothing is known yet. */
const NO_COUNTS: VectorCounts = { faces: 0, embedded: 0, failed: 0, waiting: 0 };
/** Reasons of faces without a vector that the log names. */
const MOST_REASONS = 5;

const idOf = (folder: string, { model, isFlipped }: VectorKind): string =>
  `embed-${workspaceId(folder)}-${variantOf(model.manifest.id, loadableOf(model), isFlipped)}`;

type Parts = {
  readonly host: EngineHost;
  readonly jobs: Jobs;
  readonly workspaces: Workspaces;
  readonly now: () => number;
};

const tellFailures = (failures: readonly FailedFace[], onLog: JobHooks['onLog']): void => {
  if (failures.length === 0) return;
  onLog(`Faces without a vector: ${String(failures.length)}.`);
  for (const { face, reason } of failures.slice(0, MOST_REASONS)) onLog(`${face.shown}: ${reason.message}`);
};

/** Makes vectors until nothing came while it did. */
const embedAll = async (
  { host, now }: Parts,
  workspace: Workspace,
  standing: Standing,
  hooks: JobHooks,
): Promise<void> => {
  const { request } = standing;
  const { signal, onLog } = hooks;
  const wish = { choice: request.choice, gpuMemoryFraction: 1, networkCores: 'all' } as const;
  const engine = await host.acquire(wish, signal);
  const startedMs = now();
  try {
    const { backend, version, device } = engine.info;
    onLog(`The engine is ${backend} ${version}, ${device}.`);
    let pass: EmbedPass;
    let made = 0;
    let before = 0;
    do {
      const { asked } = standing;
      let last = 0;
      pass = await embedWorkspace(
        workspace,
        { kind: request, engine },
        {
          signal,
          onProgress(done, total) {
            last = done;
            hooks.onProgress(before + done, before + total);
          },
          onCounts(counts) {
            standing.counts = counts;
          },
        },
      );
      before += last;
      made += pass.embedded;
      standing.answered = asked;
    } while (standing.answered !== standing.asked);
    const seconds = (now() - startedMs) / 1000;
    standing.outcome = {
      embedded: made,
      fresh: standing.counts.embedded - made,
      failed: pass.failed.length,
      seconds,
      facesPerSecond: seconds > 0 ? made / seconds : 0,
      engine: engine.info,
      failures: pass.failed,
    };
    tellFailures(pass.failed, onLog);
  } finally {
    engine.release();
  }
};

/** No workspace is embedded yet. `parts` are asked for at work only. */
export const createEmbeddings = (parts: () => Parts): Embeddings => {
  const standings = new Map<string, Standing>();
  const standingOf = (folder: string, request: EmbeddingRequest): Standing => {
    const id = idOf(folder, request);
    const known = standings.get(id);
    if (known !== undefined) return known;
    const standing: Standing = {
      request,
      ...{ asked: 0, answered: 0, counts: NO_COUNTS, outcome: null, working: null },
      ...{ waiting: 0, isOrdered: false },
    };
    standings.set(id, standing);
    return standing;
  };

  const work = async (folder: string, standing: Standing, hooks: JobHooks): Promise<void> => {
    standing.outcome = null;
    const held = await parts().workspaces.hold(folder);
    try {
      await embedAll(parts(), held.workspace, standing, hooks);
    } finally {
      await held.release();
    }
  };

  const job = (folder: string, request: EmbeddingRequest, counts?: VectorCounts): JobSpec => {
    const standing = standingOf(folder, request);
    if (counts !== undefined) standing.counts = counts;
    const { model, isFlipped, isKept } = request;
    return {
      id: idOf(folder, request),
      title: `Embed ${basename(folder)}`,
      output: folder,
      isKept,
      detail: () => ({
        kind: 'embed-workspace',
        workspace: folder,
        model: model.manifest.id,
        isFlipped,
        counts: standing.counts,
        report: summaryOf(standing.outcome),
      }),
      async work(hooks) {
        const working = work(folder, standing, hooks);
        standing.working = working.catch(() => undefined);
        try {
          await working;
        } finally {
          standing.working = null;
        }
      },
    };
  };

  return {
    job,
    start(folder, request) {
      const { jobs } = parts();
      const standing = standingOf(folder, request);
      standing.request = request;
      standing.asked += 1;
      const spec = job(folder, request);
      jobs.add(spec);
      return spec.id;
    },
    standing: standingOf,
  };
};

const summaryOf = (outcome: EmbeddingOutcome | null): EmbeddingSummary | null => {
  if (outcome === null) return null;
  const { embedded, fresh, failed, seconds, facesPerSecond, engine } = outcome;
  return { embedded, fresh, failed, seconds, facesPerSecond, engine };
};
