import type { Job } from '../../contract/jobs.ts';
import { advance, startProgress } from '../../core/jobs/progress.ts';
import { isEnded, transition } from '../../core/jobs/transition.ts';
import { isFailure, notFound, unusable } from '../failure.ts';
import { createSignal, type Signal } from '../streams.ts';
import {
  createEntry,
  jobOf,
  moveEntry,
  note,
  queueEntry,
  restoreEntry,
  sentenceOf,
  type JobEntry,
} from './entry.ts';
import type { JobSpec } from './job-spec.ts';

/** Ended jobs that are remembered. */
export const MOST_ENDED_JOBS = 50;

/** How far a job is, is remembered this often while it runs. */
const KEPT_EVERY_MS = 10_000;

/** The jobs of the service: of each lane one runs, the others wait their turn. */
export type Jobs = {
  readonly changes: Signal;
  /**
   * Queues a job, or notes one that an earlier process left unfinished. One of the same id that waits, runs or is paused is left as it is when
   * it writes to the same folder; else it is cancelled and this one takes its place.
   */
  add(spec: JobSpec, state?: 'queued' | 'interrupted'): void;
  /** Lists jobs of an earlier process before all others; one whose id is known here already is left out. */
  restore(jobs: readonly { readonly job: Job; readonly spec: JobSpec }[]): void;
  list(): readonly Job[];
  /** Those that are to be remembered. */
  kept(): readonly Job[];
  get(id: string): Job;
  /** What ended the job, when it failed. */
  error(id: string): unknown;
  /** Cancels a job that waits, runs or is paused; an ended one is left as it is. */
  cancel(id: string): void;
  /** Stops a job that waits or runs until it is resumed. */
  pause(id: string): void;
  /** Queues a job again that is paused or ended. One that waits, runs or succeeded is left as it is. @throws UNUSABLE when its subject is gone */
  resume(id: string): void;
};

export type JobsOptions = {
  readonly now: () => number;
  /** Gets errors that are bugs. */
  readonly report: (error: unknown) => void;
  /** Called when a job that is kept came into another state, and from time to time while it runs. */
  readonly onKept?: (() => void) | undefined;
};

type Context = { readonly now: () => number; readonly touch: (entry: JobEntry) => void };

/** Runs a queued job to its end; what ends it is noted in it. Gives the error when it is a bug. */
const run = async (entry: JobEntry, { now, touch }: Context): Promise<unknown> => {
  const { work } = entry.spec;
  if (work === null) throw new Error('A job without work was queued.');
  entry.progress = startProgress(null, now());
  entry.startedAtMs = now();
  entry.endedAtMs = null;
  entry.kept = null;
  moveEntry(entry, 'start', now());
  touch(entry);
  try {
    await work({
      signal: entry.abort.signal,
      onProgress(done, total) {
        if (entry.progress.total === null) entry.progress = startProgress(total, now());
        // Files that arrive while it runs make the total grow.
        else if (total > entry.progress.total) entry.progress = { ...entry.progress, total };
        entry.progress = advance(entry.progress, done, now());
        touch(entry);
      },
      onStage(done, total) {
        entry.progress = startProgress(total, now(), done);
        touch(entry);
      },
      onLimit(limitedBy) {
        entry.limitedBy = limitedBy;
        touch(entry);
      },
      onLog(message) {
        note(entry, message, now());
        touch(entry);
      },
    });
    moveEntry(entry, 'succeed', now());
    touch(entry);
    return null;
  } catch (error) {
    if (entry.ending !== null) {
      moveEntry(entry, entry.ending, now());
      touch(entry);
      return null;
    }
    entry.error = error;
    entry.failure = sentenceOf(error);
    moveEntry(entry, 'fail', now());
    touch(entry);
    return isFailure(error) ? null : error;
  }
};

const forgetOld = (entries: Map<string, JobEntry>): void => {
  const ended = [...entries.values()].filter(({ state }) => isEnded(state));
  for (const entry of ended.slice(0, Math.max(0, ended.length - MOST_ENDED_JOBS)))
    entries.delete(entry.spec.id);
};

/** Calls `onKept` when something is to be remembered: a new state, or progress that was not told for a while. */
const createKeeping = (now: () => number, onKept: () => void) => {
  const states = new WeakMap<JobEntry, JobEntry['state']>();
  let keptMs = 0;
  return {
    /** What the disk tells anew at each start need not be kept. */
    leaveOut: (entry: JobEntry) => states.set(entry, entry.state),
    look(entry: JobEntry): void {
      const isNew = states.get(entry) !== entry.state;
      const isOld = entry.state === 'running' && now() >= keptMs + KEPT_EVERY_MS;
      if (!entry.spec.isKept || (!isNew && !isOld)) return;
      states.set(entry, entry.state);
      keptMs = now();
      onKept();
    },
  };
};

/** Puts jobs of earlier before all others, but for those that are known. */
const putBefore = (
  entries: Map<string, JobEntry>,
  jobs: readonly { readonly job: Job; readonly spec: JobSpec }[],
): void => {
  const known = [...entries];
  entries.clear();
  for (const { job, spec } of jobs) entries.set(spec.id, restoreEntry(spec, job));
  for (const [id, entry] of known) {
    entries.delete(id);
    entries.set(id, entry);
  }
};

/** Jobs that nobody has queued yet. */
export const createJobs = ({ now, report, onKept = () => undefined }: JobsOptions): Jobs => {
  const changes = createSignal();
  const entries = new Map<string, JobEntry>();
  const keeping = createKeeping(now, onKept);
  const busy = new Set<JobSpec['lane']>();

  const touch = (entry: JobEntry): void => {
    entry.revision += 1;
    changes.notify();
    keeping.look(entry);
  };

  const queueAgain = (entry: JobEntry): void => {
    queueEntry(entry, now());
    touch(entry);
  };

  const runLane = async (lane: JobSpec['lane']): Promise<void> => {
    if (busy.has(lane)) return;
    busy.add(lane);
    for (;;) {
      const next = [...entries.values()].find(({ state, spec }) => state === 'queued' && spec.lane === lane);
      if (next === undefined) break;
      const bug = await run(next, { now, touch });
      if (bug !== null) report(bug);
      if (next.isWantedAgain && transition(next.state, 'resume') !== null) queueAgain(next);
      forgetOld(entries);
    }
    busy.delete(lane);
  };

  const entryOf = (id: string): JobEntry => {
    const entry = entries.get(id);
    if (entry === undefined) throw notFound('That job is no longer known.');
    return entry;
  };

  /** A running job moves when its work has ended. */
  const end = (entry: JobEntry, by: 'pause' | 'cancel'): void => {
    if (transition(entry.state, by) === null) return;
    entry.isWantedAgain = false;
    if (entry.state !== 'running') moveEntry(entry, by, now());
    else if (entry.ending !== 'cancel') {
      entry.ending = by;
      entry.abort.abort();
    }
    touch(entry);
  };

  return {
    changes,
    add(spec, state = 'queued') {
      const before = entries.get(spec.id);
      if (before !== undefined && !isEnded(before.state)) {
        if (before.spec.output === spec.output && before.ending !== 'cancel') return;
        end(before, 'cancel');
      }
      entries.delete(spec.id);
      const entry = createEntry(spec, state, now());
      entries.set(spec.id, entry);
      if (state === 'interrupted') keeping.leaveOut(entry);
      touch(entry);
      void runLane(spec.lane);
    },
    restore(jobs) {
      putBefore(entries, jobs);
      changes.notify();
    },
    list: () => [...entries.values()].map((entry) => jobOf(entry, now())),
    kept: () => [...entries.values()].filter(({ spec }) => spec.isKept).map((entry) => jobOf(entry, now())),
    get: (id) => jobOf(entryOf(id), now()),
    error: (id) => entryOf(id).error,
    cancel(id) {
      end(entryOf(id), 'cancel');
    },
    pause(id) {
      end(entryOf(id), 'pause');
    },
    resume(id) {
      const entry = entryOf(id);
      if (entry.state === 'running' && entry.ending !== null) {
        entry.isWantedAgain = true;
        return;
      }
      if (transition(entry.state, 'resume') === null) return;
      if (entry.spec.work === null)
        throw unusable(`${entry.spec.title}: what it worked on is not open any more. Open it again.`);
      queueAgain(entry);
      void runLane(entry.spec.lane);
    },
  };
};
