import type { AlignReport, Job, JobState } from '../../contract/studio.ts';
import { advance, startProgress, viewProgress, type ProgressState } from '../../core/jobs/progress.ts';
import { isEnded, transition, type Move } from '../../core/jobs/transition.ts';
import { isFailure, notFound } from '../failure.ts';
import type { PhotoIndex } from '../photos/photo-index.ts';
import { createSignal, type Signal } from '../streams.ts';

/** Ended jobs that are remembered. */
const MOST_ENDED_JOBS = 50;

export type JobHooks = {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
  readonly onLimit: (limitedBy: string | null) => void;
};

export type JobSpec = {
  readonly id: string;
  readonly title: string;
  readonly source: string | null;
  /** The folder that it writes to. */
  readonly output: string;
  readonly index: PhotoIndex;
  readonly work: (hooks: JobHooks) => Promise<AlignReport>;
};

/** The jobs of the service: one runs, the others wait their turn. */
export type Jobs = {
  readonly changes: Signal;
  /**
   * Queues a job, or notes one that an earlier process left unfinished. One of the same id that waits or runs is left as it is when it
   * writes to the same folder; else it is cancelled and this one takes its place.
   */
  add(spec: JobSpec, state?: 'queued' | 'interrupted'): void;
  list(): readonly Job[];
  get(id: string): Job;
  /** What ended the job, when it failed. */
  error(id: string): unknown;
  /** Cancels a job that waits or runs; an ended one is left as it is. */
  cancel(id: string): void;
  /** Queues an ended job again. A job that waits, runs or succeeded is left as it is. */
  resume(id: string): void;
};

type Entry = {
  readonly spec: JobSpec;
  state: JobState;
  revision: number;
  progress: ProgressState;
  limitedBy: string | null;
  error: unknown;
  report: AlignReport | null;
  abort: AbortController;
};

const NO_SENTENCE = 'An unexpected error ended it: ';

const sentenceOf = (error: unknown): string => {
  if (isFailure(error)) return error.data.message;
  return NO_SENTENCE + (error instanceof Error ? error.message : String(error));
};

type Clock = () => number;

const jobOf = (entry: Entry, now: Clock): Job => ({
  id: entry.spec.id,
  kind: 'align',
  title: entry.spec.title,
  source: entry.spec.source,
  state: entry.state,
  revision: entry.revision,
  progress: viewProgress(entry.progress, now()),
  counts: entry.spec.index.counts(),
  limitedBy: entry.state === 'running' ? entry.limitedBy : null,
  failure: entry.state === 'failed' ? sentenceOf(entry.error) : null,
  report: entry.report,
});

/** Moves a job where that is legal, and tells. */
const move = (entry: Entry, by: Move, touch: (entry: Entry) => void): void => {
  const next = transition(entry.state, by);
  if (next === null) return;
  entry.state = next;
  touch(entry);
};

/** Runs a queued job to its end; what ends it is noted in it. Gives the error when it is a bug. */
const run = async (entry: Entry, now: Clock, touch: (entry: Entry) => void): Promise<unknown> => {
  entry.progress = startProgress(null, now());
  move(entry, 'start', touch);
  try {
    entry.report = await entry.spec.work({
      signal: entry.abort.signal,
      onProgress(done, total) {
        if (entry.progress.total === null) entry.progress = startProgress(total, now());
        entry.progress = advance(entry.progress, done, now());
        touch(entry);
      },
      onLimit(limitedBy) {
        entry.limitedBy = limitedBy;
        touch(entry);
      },
    });
    move(entry, 'succeed', touch);
    return null;
  } catch (error) {
    if (entry.abort.signal.aborted) {
      move(entry, 'cancel', touch);
      return null;
    }
    entry.error = error;
    move(entry, 'fail', touch);
    return isFailure(error) ? null : error;
  }
};

/** Jobs that nobody has queued yet. `report` gets errors that are bugs. */
export const createJobs = (now: Clock, report: (error: unknown) => void): Jobs => {
  const changes = createSignal();
  const entries = new Map<string, Entry>();
  let isBusy = false;

  const touch = (entry: Entry): void => {
    entry.revision += 1;
    changes.notify();
  };

  const forgetOld = (): void => {
    const ended = [...entries.values()].filter(({ state }) => isEnded(state));
    for (const entry of ended.slice(0, Math.max(0, ended.length - MOST_ENDED_JOBS)))
      entries.delete(entry.spec.id);
  };

  const runQueued = async (): Promise<void> => {
    if (isBusy) return;
    isBusy = true;
    for (;;) {
      const next = [...entries.values()].find(({ state }) => state === 'queued');
      if (next === undefined) break;
      const bug = await run(next, now, touch);
      if (bug !== null) report(bug);
      forgetOld();
    }
    isBusy = false;
  };

  const entryOf = (id: string): Entry => {
    const entry = entries.get(id);
    if (entry === undefined) throw notFound('That job is no longer known.');
    return entry;
  };

  const cancel = (entry: Entry): void => {
    if (isEnded(entry.state)) return;
    entry.abort.abort();
    // A running job is cancelled when its work has ended.
    if (entry.state === 'queued') move(entry, 'cancel', touch);
  };

  return {
    changes,
    add(spec, state = 'queued') {
      const before = entries.get(spec.id);
      if (before !== undefined && !isEnded(before.state)) {
        if (before.spec.output === spec.output && !before.abort.signal.aborted) return;
        cancel(before);
      }
      entries.delete(spec.id);
      entries.set(spec.id, {
        spec,
        state,
        revision: now(),
        progress: startProgress(null, now()),
        limitedBy: null,
        error: null,
        report: null,
        abort: new AbortController(),
      });
      changes.notify();
      void runQueued();
    },
    list: () => [...entries.values()].map((entry) => jobOf(entry, now)),
    get: (id) => jobOf(entryOf(id), now),
    error: (id) => entryOf(id).error,
    cancel(id) {
      cancel(entryOf(id));
    },
    resume(id) {
      const entry = entryOf(id);
      if (transition(entry.state, 'resume') === null) return;
      entry.abort = new AbortController();
      entry.error = null;
      entry.report = null;
      move(entry, 'resume', touch);
      void runQueued();
    },
  };
};
