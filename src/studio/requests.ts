import { randomBytes } from 'node:crypto';
import type { EngineChoice, EngineInfo } from '../contract/engine.ts';
import type { AlignSettings, DetectSettings } from '../contract/faces.ts';
import type { EngineState, FolderJob, Job, Progress } from '../contract/studio.ts';
import { advance, startProgress, viewProgress } from '../core/jobs/progress.ts';
import { isEnded } from '../core/jobs/transition.ts';
import { alignJob, cancelIfKnown } from './align-jobs.ts';
import { AUTO_ENGINE } from './engine/connection.ts';
import { checkRequest, type AlignRequest } from './align/run.ts';
import { detectFaces, type DetectedImage } from './detect/detect.ts';
import { isFailure } from './failure.ts';
import { createPhotoIndex } from './photos/photo-index.ts';
import { follow } from './streams.ts';
import type { Studio } from './studio.ts';

const JOB_SPACING_MS = 100;
const PROGRESS_SPACING_MS = 200;

/** What `align.run` is asked. */
export type AlignInput = {
  readonly input: string;
  readonly output: string;
  readonly settings: AlignSettings;
  readonly engine: EngineChoice;
  readonly order: 'sorted' | 'random';
  readonly gpuMemoryFraction: number;
};

/** Aligns a folder as a job: its snapshots, the last one final. Ending the stream cancels it. @throws UNUSABLE */
export async function* streamAlign(
  studio: Studio,
  input: AlignInput,
  signal?: AbortSignal,
): AsyncGenerator<FolderJob, void, void> {
  const { jobs } = studio;
  const engine = { choice: input.engine, gpuMemoryFraction: input.gpuMemoryFraction };
  const request: AlignRequest = { ...input, engine };
  await checkRequest(request);
  const id = `align-${randomBytes(6).toString('hex')}`;
  jobs.add(alignJob(studio, request, { id, source: null, index: createPhotoIndex() }));
  try {
    for await (const job of follow(jobs.changes, () => jobs.get(id), { spacingMs: JOB_SPACING_MS, signal })) {
      const error = jobs.error(id);
      if (job.state === 'failed' && isFailure(error) && error.code === 'UNUSABLE') throw error;
      if (job.kind !== 'align') throw new Error(`The job ${id} aligns no folder.`);
      yield job;
      if (isEnded(job.state)) return;
    }
  } finally {
    cancelIfKnown(jobs, id);
  }
}

/** What `detect.run` is asked. */
export type DetectInput = {
  readonly paths: readonly string[];
  readonly detect: DetectSettings;
  readonly engine: EngineChoice;
};
type DetectEvent =
  | DetectedImage
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'engine'; readonly engine: EngineInfo };

/** Finds faces: each photo in the order given, with progress between them, and the engine at the end. */
export async function* streamDetect(
  { host, now }: Studio,
  input: DetectInput,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<DetectEvent, void, void> {
  const lease = await host.acquire({ choice: input.engine, gpuMemoryFraction: 1 }, signal);
  try {
    let progress = startProgress(null, now());
    let done = 0;
    let saidMs = 0;
    for await (const event of detectFaces(input, lease, signal)) {
      const nowMs = now();
      if (event.kind === 'total') progress = startProgress(event.total, nowMs);
      else yield event;
      if (event.kind === 'image') progress = advance(progress, (done += 1), nowMs);
      if (event.kind === 'engine' || nowMs - saidMs < PROGRESS_SPACING_MS) continue;
      saidMs = nowMs;
      yield { kind: 'progress', progress: viewProgress(progress, nowMs) };
    }
  } finally {
    lease.release();
  }
}

/** The engine's state and its changes. Starts the default engine when nothing is known of one; why that fails is told by the state. */
export async function* streamEngine(
  { host }: Studio,
  signal?: AbortSignal,
): AsyncGenerator<EngineState, void, void> {
  if (host.isIdle() && host.state().state !== 'ready') {
    host.acquire(AUTO_ENGINE).then(
      (lease) => lease.release(),
      () => undefined,
    );
  }
  yield* follow(host.changes, () => host.state(), { spacingMs: JOB_SPACING_MS, signal });
}

/** Every job at once, then each that changes. */
export async function* streamJobs({ jobs }: Studio, signal?: AbortSignal): AsyncGenerator<Job, void, void> {
  const sent = new Map<string, number>();
  for await (const all of follow(jobs.changes, () => jobs.list(), { spacingMs: JOB_SPACING_MS, signal })) {
    for (const job of all) {
      if (sent.get(job.id) === job.revision) continue;
      sent.set(job.id, job.revision);
      yield job;
    }
  }
}
