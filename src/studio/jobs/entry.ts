import type { Job, JobAction, JobLogEntry, JobState } from '../../contract/jobs.ts';
import { startProgress, viewProgress, type ProgressState } from '../../core/jobs/progress.ts';
import { isEnded, transition, type Move } from '../../core/jobs/transition.ts';
import { isFailure } from '../failure.ts';
import type { JobDetail, JobSpec } from './job-spec.ts';

/** Lines of a job's log that are kept. */
const MOST_LOG_ENTRIES = 50;

/** A job and how it stands. */
export type JobEntry = {
  readonly spec: JobSpec;
  state: JobState;
  revision: number;
  progress: ProgressState;
  limitedBy: string | null;
  error: unknown;
  /** The sentence that ended it, when it failed. */
  failure: string | null;
  log: readonly JobLogEntry[];
  startedAtMs: number | null;
  endedAtMs: number | null;
  /** What it showed when an earlier process kept it; null once it ran in this one. */
  kept: JobDetail | null;
  abort: AbortController;
  /** Why its work was told to stop. */
  ending: 'pause' | 'cancel' | null;
  /** Somebody resumed it before its work had stopped. */
  isWantedAgain: boolean;
};

/** A job that did not run yet. */
export const createEntry = (spec: JobSpec, state: JobState, nowMs: number): JobEntry => ({
  spec,
  state,
  revision: nowMs,
  progress: startProgress(null, nowMs),
  limitedBy: null,
  error: null,
  failure: null,
  log: [],
  startedAtMs: null,
  endedAtMs: null,
  kept: null,
  abort: new AbortController(),
  ending: null,
  isWantedAgain: false,
});

/** A job as an earlier process left it; what ran then was interrupted. */
export const restoreEntry = (spec: JobSpec, job: Job): JobEntry => {
  const wasAlive = job.state === 'running' || job.state === 'queued';
  const { done, total } = job.progress;
  return {
    ...createEntry(spec, wasAlive ? 'interrupted' : job.state, job.endedAtMs ?? job.startedAtMs ?? 0),
    progress: { total, done, samples: [] },
    failure: job.failure,
    log: job.log,
    startedAtMs: job.startedAtMs,
    endedAtMs: job.endedAtMs,
    revision: job.revision + 1,
    // The photos of a source know better what was done than what was kept when it began.
    kept: wasAlive && job.kind === 'align' ? null : job,
  };
};

const NO_SENTENCE = 'An unexpected error ended it: ';

/** What ended a job, as a sentence. */
export const sentenceOf = (error: unknown): string => {
  if (isFailure(error)) return error.data.message;
  return NO_SENTENCE + (error instanceof Error ? error.message : String(error));
};

const ACTIONS: readonly JobAction[] = ['pause', 'resume', 'cancel'];

const actionsOf = ({ state, spec, ending }: JobEntry): JobAction[] =>
  ACTIONS.filter((action) => {
    if (action === 'resume' && spec.work === null) return false;
    // It is stopping already.
    if (state === 'running' && ending === 'cancel') return false;
    if (state === 'running' && ending === 'pause') return action !== 'pause';
    return transition(state, action) !== null;
  });

const detailOf = (detail: JobDetail): JobDetail => {
  switch (detail.kind) {
    case 'align': {
      const { kind, source, counts, report } = detail;
      return { kind, source, counts, report };
    }
    case 'align-workspace': {
      const { kind, workspace, counts, report } = detail;
      return { kind, workspace, counts, report };
    }
    case 'embed-workspace': {
      const { kind, workspace, model, isFlipped, counts, report } = detail;
      return { kind, workspace, model, isFlipped, counts, report };
    }
    case 'train': {
      const { kind, run, workspace, stage, numbers, report } = detail;
      return { kind, run, workspace, stage, numbers, report };
    }
  }
};

/** What is told of a job. */
export const jobOf = (entry: JobEntry, nowMs: number): Job => ({
  ...detailOf(entry.kept ?? entry.spec.detail()),
  id: entry.spec.id,
  title: entry.spec.title,
  state: entry.state,
  revision: entry.revision,
  progress:
    entry.state === 'running'
      ? viewProgress(entry.progress, nowMs)
      : { done: entry.progress.done, total: entry.progress.total, ratePerSecond: null, secondsLeft: null },
  limitedBy: entry.state === 'running' ? entry.limitedBy : null,
  failure: entry.state === 'failed' ? entry.failure : null,
  actions: actionsOf(entry),
  log: [...entry.log],
  startedAtMs: entry.startedAtMs,
  endedAtMs: entry.endedAtMs,
});

/** Adds a line to a job's log. */
export const note = (entry: JobEntry, message: string, atMs: number): void => {
  entry.log = [...entry.log, { atMs, message }].slice(-MOST_LOG_ENTRIES);
};

const SAID: Readonly<Partial<Record<Move, string>>> = {
  start: 'Started.',
  succeed: 'Done.',
  interrupt: 'Interrupted.',
  cancel: 'Cancelled. What was done is kept.',
  pause: 'Paused. What was done is kept.',
  resume: 'Resumed.',
};

/** Moves a job where that is legal, and notes it. Whether it moved. */
export const moveEntry = (entry: JobEntry, by: Move, nowMs: number): boolean => {
  const next = transition(entry.state, by);
  if (next === null) return false;
  entry.state = next;
  if (isEnded(next)) entry.endedAtMs = nowMs;
  const said = by === 'fail' ? entry.failure : SAID[by];
  if (said !== null && said !== undefined) note(entry, said, nowMs);
  return true;
};

/** Queues a job again that is paused or ended. */
export const queueEntry = (entry: JobEntry, nowMs: number): void => {
  entry.abort = new AbortController();
  entry.ending = null;
  entry.isWantedAgain = false;
  entry.error = null;
  entry.failure = null;
  moveEntry(entry, 'resume', nowMs);
};
