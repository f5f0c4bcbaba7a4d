import { stat } from 'node:fs/promises';
import type { Change } from './change.ts';
import { deliver, type Receiver } from './deliver.ts';
import { createEyes, type WatchMode } from './eyes.ts';
import type { EventQueue } from './event-queue.ts';
import type { KnownFiles } from './known.ts';
import { unreadable } from './look.ts';
import type { WatchNotice } from './notices.ts';
import type { PathKey } from './paths.ts';
import { reconcile, type ReconcileProgress } from './reconcile.ts';
import { createRestKeeper } from './rest.ts';
import type { Schedule, WatchTiming } from './schedule.ts';

/** Time as a parameter, so that tests need not wait. */
export type Clock = {
  readonly nowMs: () => number;
  /** Resolves after a time, or at once when the signal is aborted. */
  readonly pause: (timeMs: number, signal: AbortSignal) => Promise<void>;
};

export type SourceWatcherOptions = {
  /** Absolute. */
  readonly root: string;
  readonly known: KnownFiles;
  /** That of the process: all its watchers share one. */
  readonly queue: EventQueue;
  /**
   * Gets changes in batches, one after the other. When it has returned, or its promise has resolved, `known` must give what is known now.
   * `unsettled` and `uncertain` never come; `unreadable`, `offline` and `emptied` come again with each look at everything, until they are
   * true no longer; `complete` says that such a look ended.
   */
  readonly onChanges: (changes: readonly Change[]) => Promise<void> | void;
  readonly onNotice: (notice: WatchNotice) => void;
  /** What `known` or `onChanges` threw. Everything is looked at again later. */
  readonly onError: (error: unknown) => void;
  /** Called after each look at everything: whether every change is noticed without another one. */
  readonly onLooked?: (isWatching: boolean) => void;
  /** Has each look wait its turn, where others look at the same source; looks are taken at once without it. */
  readonly inTurn?: (look: () => Promise<void>) => Promise<void>;
  readonly onProgress?: (progress: ReconcileProgress) => void;
  /** `auto`, the default, polls file systems that other machines may change. */
  readonly mode?: WatchMode | 'auto';
  readonly includeOthers?: boolean;
  readonly timing?: Partial<WatchTiming>;
  readonly clock?: Clock;
};

/** Looks at a source, wide or narrow, and what they leave behind: watches, and what is to be looked at again. */
export type Looks = {
  lookEverywhere(): Promise<void>;
  lookAtPart(scope: readonly PathKey[]): Promise<void>;
  /** Whether the watched folder came, went or was exchanged since the last look everywhere. */
  isRootAnother(): Promise<boolean>;
  /** The next look everywhere reports what is missing as removed. */
  confirmRemoval(): void;
  close(): Promise<void>;
};

const markOf = async (root: string): Promise<string> => {
  try {
    const { dev, ino } = await stat(root, { bigint: true });
    return `${String(dev)}:${String(ino)}`;
  } catch (error) {
    return unreadable(error).code;
  }
};

/** No look was taken yet. `options.root` is absolute. */
export const createLooks = (
  options: SourceWatcherOptions,
  timing: WatchTiming,
  { schedule, clock, signal }: { schedule: Schedule; clock: Clock; signal: AbortSignal },
): Looks => {
  const { root, queue } = options;
  let isRemovalConfirmed = false;
  let rootMark = '';
  let hasStableInodes = true;

  const rest = createRestKeeper(timing.restMs, clock.nowMs);
  const eyes = createEyes({
    root,
    queue,
    mode: options.mode ?? 'auto',
    pollEveryMs: timing.pollEveryMs,
    listener: {
      onHint: (path) => schedule.hint(path),
      onHintEverywhere: () => schedule.hintEverywhere(),
      onNotice: options.onNotice,
    },
  });
  const receiver: Receiver = {
    onChanges: options.onChanges,
    onUnsettled: (path) => schedule.lookAgain(path),
    onUncertain: () => schedule.hintEverywhere(),
  };

  const look = (scope: readonly PathKey[] | undefined): AsyncIterable<Change> =>
    reconcile(root, options.known, {
      scope,
      hasStableInodes,
      includeOthers: options.includeOthers ?? false,
      isRemovalConfirmed: isRemovalConfirmed && scope === undefined,
      isAtRest: (path, file) => rest.isAtRest(path, file),
      onFolder: (folder, mark) => eyes.enter(folder, mark),
      onNoFolder: (path) => eyes.leave(path),
      onProgress: options.onProgress ?? (() => undefined),
      signal,
    });

  return {
    async lookEverywhere() {
      const startedMs = clock.nowMs();
      let isWatched = false;
      try {
        rootMark = await markOf(root);
        ({ hasStableInodes } = await eyes.begin());
        const files = await deliver(look(undefined), receiver);
        if (files !== null) isRemovalConfirmed = false;
        rest.forgetBefore(startedMs);
        await eyes.end(files);
        isWatched = eyes.isWatching();
      } finally {
        schedule.endedEverything(startedMs, isWatched);
      }
      options.onLooked?.(isWatched);
    },
    async lookAtPart(scope) {
      const startedMs = clock.nowMs();
      try {
        await deliver(look(scope), receiver);
      } catch (error) {
        schedule.hintEverywhere();
        throw error;
      } finally {
        schedule.endedPart(startedMs);
      }
    },
    isRootAnother: async () => (await markOf(root)) !== rootMark,
    confirmRemoval() {
      isRemovalConfirmed = true;
    },
    close: () => eyes.close(),
  };
};
