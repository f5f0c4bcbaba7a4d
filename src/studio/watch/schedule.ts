import { createHintSet, type Hints, type HintSet } from './hints.ts';
import type { PathKey } from './paths.ts';

/** When a source is looked at; milliseconds. */
export type WatchTiming = {
  /** Quiet after a hint before it is followed, so that what belongs together is seen together. */
  readonly debounceMs: number;
  /** A hint waits no longer than this, however much goes on. */
  readonly mostDebounceMs: number;
  /** A file must look the same for so long before it is reported. */
  readonly restMs: number;
  /** Between looks at everything while every folder is watched: a net for events that were lost unseen. */
  readonly scanEveryMs: number;
  /** The same while some folder is not, or cannot be, watched. */
  readonly scanUnwatchedEveryMs: number;
  /** Between looks at whether the watched folder itself is there. */
  readonly rootEveryMs: number;
  /** Between questions to a folder on a network drive. */
  readonly pollEveryMs: number;
};

export const USUAL_TIMING: WatchTiming = {
  debounceMs: 200,
  mostDebounceMs: 2000,
  restMs: 1000,
  scanEveryMs: 600_000,
  scanUnwatchedEveryMs: 60_000,
  rootEveryMs: 5000,
  pollEveryMs: 5000,
};

/** Looking takes at most one part in so many of the time: a look that took long is repeated later. */
const HINT_REST_SHARE = 2;
const SCAN_REST_SHARE = 10;

/** What is due. `everything`: a look at everything; `part`: at some entries; `root`: whether the watched folder is there. */
export type Due =
  | { readonly kind: 'everything' }
  | { readonly kind: 'part'; readonly scope: readonly PathKey[] }
  | { readonly kind: 'root' }
  | { readonly kind: 'wait'; readonly untilMs: number };

/** Decides when to look where. */
export type Schedule = {
  hint(path: PathKey): void;
  hintEverywhere(): void;
  /** A file is to be looked at again when it may have come to rest. */
  lookAgain(path: PathKey): void;
  /** Everything is to be looked at, at once. */
  demandEverything(): void;
  /** What to do now; what it names counts as done. */
  next(): Due;
  /** A look at a part began at `startedMs` and has ended now. */
  endedPart(startedMs: number): void;
  /** The same of a look at everything. `isWatched`: changes are noticed without another one. */
  endedEverything(startedMs: number, isWatched: boolean): void;
};

/** A schedule by which everything is due at once. `onSooner` is called when something became due earlier than was told. */
export const createSchedule = (timing: WatchTiming, nowMs: () => number, onSooner: () => void): Schedule => {
  const hints = createHintSet();
  const young = createHintSet();
  let firstHintMs = 0;
  let lastHintMs = 0;
  let youngDueMs = 0;
  let notBeforeMs = 0;
  let everythingDueMs = Number.NEGATIVE_INFINITY;
  let rootDueMs = 0;

  const gather = (add: () => void): void => {
    const isFirst = hints.isEmpty();
    add();
    lastHintMs = nowMs();
    if (!isFirst) return;
    firstHintMs = lastHintMs;
    onSooner();
  };
  const hintsDueMs = (): number => {
    if (hints.isEmpty()) return Number.POSITIVE_INFINITY;
    const quietMs = Math.min(lastHintMs + timing.debounceMs, firstHintMs + timing.mostDebounceMs);
    return Math.max(quietMs, notBeforeMs);
  };
  const youngDue = (): number =>
    young.isEmpty() ? Number.POSITIVE_INFINITY : Math.max(youngDueMs, notBeforeMs);
  const everything = (): Due => {
    hints.take();
    young.take();
    everythingDueMs = Number.POSITIVE_INFINITY;
    return { kind: 'everything' };
  };
  const takeDue = (now: number): Hints => {
    const due: [HintSet, number][] = [
      [hints, hintsDueMs()],
      [young, youngDue()],
    ];
    const taken = due.filter(([, dueMs]) => dueMs <= now).map(([set]) => set.take());
    return taken.includes(null) ? null : taken.flatMap((paths) => paths ?? []);
  };

  const endedPart = (startedMs: number): void => {
    const now = nowMs();
    notBeforeMs = now + (now - startedMs) * HINT_REST_SHARE;
  };

  return {
    hint: (path) => gather(() => hints.add(path)),
    hintEverywhere: () => gather(() => hints.addEverywhere()),
    lookAgain(path) {
      young.add(path);
      youngDueMs = nowMs() + timing.restMs;
    },
    demandEverything() {
      everythingDueMs = Number.NEGATIVE_INFINITY;
      onSooner();
    },
    next() {
      const now = nowMs();
      if (everythingDueMs <= now) return everything();
      const scope = takeDue(now);
      if (scope === null) return everything();
      if (scope.length > 0) return { kind: 'part', scope };
      if (rootDueMs <= now) {
        rootDueMs = now + timing.rootEveryMs;
        return { kind: 'root' };
      }
      return { kind: 'wait', untilMs: Math.min(everythingDueMs, hintsDueMs(), youngDue(), rootDueMs) };
    },
    endedPart,
    endedEverything(startedMs, isWatched) {
      endedPart(startedMs);
      const now = nowMs();
      const everyMs = isWatched ? timing.scanEveryMs : timing.scanUnwatchedEveryMs;
      const dueMs = now + Math.max(everyMs, (now - startedMs) * SCAN_REST_SHARE);
      everythingDueMs = Math.min(everythingDueMs, dueMs);
    },
  };
};
